import { presets } from '../../core/src/lint/presets.ts';
import type { Rule } from '../../core/src/lint/rule.ts';

const level = { enum: ['error', 'warning', 'info', 'hint', 'off', false] };
const text = (description: string, pattern: string): object => ({ type: 'string', pattern, description });
const path = (description: string): object => text(description, String.raw`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`);
const strings = { type: 'array', items: { type: 'string' } };

/** JSON schema of selfheal.yaml. */
export function configurationSchema(rules: readonly Rule[]): object {
  const ruleSettings = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSchema(rule)])),
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Selfheal configuration',
    type: 'object',
    additionalProperties: false,
    properties: {
      extends: {
        enum: presets,
        description: 'Rules that run where nothing below says otherwise.',
      },
      rules: { ...ruleSettings, description: 'Level and options of single rules.' },
      overrides: {
        type: 'array',
        description: 'Other levels for some files or objects; later ones win.',
        items: {
          type: 'object',
          additionalProperties: false,
          properties: { files: strings, kinds: strings, namespaces: strings, names: strings, rules: ruleSettings },
        },
      },
      kubernetes: {
        type: 'string',
        pattern: String.raw`^v?\d+\.\d+(\.\d+)?$`,
        description: 'Kubernetes version the manifests are meant for.',
      },
      ignore: { ...strings, description: 'Globs of files that are not checked.' },
      known: {
        type: 'object',
        additionalProperties: false,
        description: "What exists outside the workspace or is someone else's business.",
        properties: {
          containers: strings,
          storageClasses: strings,
          namespaces: strings,
          selectors: strings,
          objects: strings,
        },
      },
      podTemplates: {
        type: 'array',
        description: 'Kinds of custom resources that make pods, so that these are judged like those of a Deployment.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['group', 'kind', 'template'],
          properties: {
            group: text('API group of the kind, without a version.', String.raw`^[a-z0-9-]+(\.[a-z0-9-]+)+$`),
            kind: text('Name of the kind.', '^[A-Z][A-Za-z0-9]*$'),
            template: path('Path of what holds metadata and spec of the pods.'),
            replicas: path('Path of the number of pods; without it, nothing is said about how many there are.'),
            selector: path('Path of the label selector that finds the pods; fixes copy it.'),
          },
        },
      },
    },
  };
}

function ruleSchema(rule: Rule): object {
  const options = Object.entries(rule.options ?? {}).map(([name, option]) => [
    name,
    {
      type: Array.isArray(option.default) ? 'array' : typeof option.default,
      default: option.default,
      description: option.description,
    },
  ]);
  const detailed = {
    type: 'object',
    additionalProperties: false,
    properties: { level, ...Object.fromEntries(options) },
  };
  return { description: rule.docs.summary, anyOf: [level, detailed] };
}
