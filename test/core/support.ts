import picomatch from 'picomatch';
import type { Configuration } from '../../core/src/lint/configuration.ts';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import type { Linter } from '../../core/src/lint/engine.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import type { Finding } from '../../core/src/lint/findings.ts';
import type { Rule } from '../../core/src/lint/rule.ts';
import { defineRule } from '../../core/src/lint/rule.ts';
import { rules as catalogue } from '../../core/src/rules/registry.ts';
import type { Located } from '../../core/src/workspace/project.ts';
import { Project } from '../../core/src/workspace/project.ts';
import type { Node } from '../../core/src/yaml/node.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

/** Folder that the tests' files stand in. */
export const root = 'file:///work/';

const shared = {
  capability: 'container-restarts',
  tier: 1,
  confidence: 'certain',
  since: '0.1.0',
  explains: [],
  aliases: [],
  docs: { summary: 's', why: 'w', links: [] },
} as const;

/** Says that a container has no liveness probe, on its name. */
export const probeRule = defineRule({
  ...shared,
  id: 'test-probe',
  severity: 'warning',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  options: { limit: { default: 3, description: 'count' }, names: { default: [], description: 'list' } },
  messages: { missing: 'no probe in {{name}}' },
  visit: {
    container({ value, name }, { report }) {
      if (value.at('livenessProbe').missing)
        report({ message: 'missing', at: value.at('name'), data: { name: name ?? '?' } });
    },
  },
});

/** Says how many workloads a Service selects in its unit and how many in the workspace. */
export const serviceRule = defineRule({
  ...shared,
  id: 'test-service',
  severity: 'info',
  scope: 'unit',
  kinds: ['/Service'],
  needs: 'any',
  messages: { counted: '{{unit}} of {{all}} in {{namespace}}' },
  visit: {
    resource(located, { around, report }) {
      const data = {
        unit: around.workloads(located, 'unit').length,
        all: around.workloads(located, 'workspace').length,
        namespace: around.namespaceOf(located),
      };
      report({ message: 'counted', at: located.resource.value.at('metadata', 'name'), data });
    },
  },
});

export const testRules: readonly Rule[] = [probeRule, serviceRule];

export interface LintSetup {
  readonly rules?: readonly Rule[];
  readonly configuration?: Configuration;
}

/** A linter whose rules may not throw. */
export function linter({ rules = catalogue, configuration = defaultConfiguration }: LintSetup = {}): Linter {
  return createLinter({
    rules,
    configuration,
    relative: (uri) => uri.slice(root.length),
    glob: (glob, path) => picomatch.isMatch(path, glob),
    onRuleError: (_rule, _uri, error) => {
      throw error;
    },
  });
}

/** Project of texts by path. */
export const projectOf = (files: Readonly<Record<string, string>>): Project =>
  Project.from(Object.entries(files).map(([path, text]) => [root + path, text] as const));

/** First object of a file with its place. */
export function locatedIn(project: Project, path: string): Located {
  const file = project.files.get(root + path);
  const document = file?.documents[0];
  const resource = document?.manifest.resources[0];
  if (!file || !document || !resource) throw new Error(`no object in ${path}`);
  return { file, document, resource };
}

/** Findings of one file of a project. */
export const lintFiles = (
  files: Readonly<Record<string, string>>,
  path: string,
  setup?: LintSetup,
): readonly Finding[] => linter(setup).lint(projectOf(files), root + path);

/** Findings of a text alone. */
export const lintText = (text: string, setup?: LintSetup): readonly Finding[] =>
  lintFiles({ 'a.yaml': text }, 'a.yaml', setup);

/** A finding as rule, message, place in the file, and data: all that a reader of a report sees. */
export const shown = (findings: readonly Finding[]): unknown[] =>
  findings.map(({ rule, message, severity, data, document, range, related, fixes }) => ({
    rule,
    message,
    severity,
    data,
    start: document.start + range.start,
    end: document.start + range.end,
    related: related.map((place) => [place.uri, place.document.start + place.range.start, place.message]),
    fixes: fixes.map(({ title, operations }) => [title, operations]),
  }));

/** Root view of a text that is one document. */
export const valueOf = (text: string): Value => Value.root(parseDocument(text).root);

/** Plain JSON of a node; template text gives `?`. */
export function toJson(node: Node | undefined): unknown {
  if (!node) return null;
  if (node.kind === 'unknown') return '?';
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'seq') return node.items.map(toJson);
  return Object.fromEntries(node.pairs.map(({ key, value }) => [key, toJson(value)]));
}
