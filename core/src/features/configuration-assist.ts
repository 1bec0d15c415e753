/**
 * Completion and hover for selfheal.yaml and for suppression comments. They read lines, not a tree: a file that is
 * being typed rarely parses.
 */
import { presets } from '../lint/presets.ts';
import type { Rule } from '../lint/rule.ts';
import type { Range } from '../text/text.ts';
import { lineEnd, lineStart } from '../text/text.ts';

/** What can be written at a place. */
export interface Suggestion {
  readonly label: string;
  /** One line beside the label. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** Text that replaces `replaces`. */
  readonly insert: string;
  readonly kind: 'key' | 'value';
}

/** Suggestions with the span they replace: the word at the cursor. */
export interface Suggestions {
  readonly replaces: Range;
  readonly items: readonly Suggestion[];
}

/** Keys of each level, with what they are for. */
const keys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    extends:
      'Rules that run where nothing below says otherwise: minimal, recommended or strict, or those of kube-linter, kube-score or Polaris.',
    rules: 'Level and options of single rules.',
    overrides: 'Other levels for some files or objects; later ones win.',
    kubernetes: 'Kubernetes version the manifests are meant for.',
    ignore: 'Globs of files that are not checked.',
    known: "What exists outside the workspace or is someone else's business.",
    podTemplates: 'Kinds of custom resources that make pods, so that these are judged like those of a Deployment.',
  },
  known: {
    containers: 'Containers that others inject or own; rules about containers leave them alone.',
    storageClasses: 'Storage classes that exist in the cluster.',
    namespaces: 'Namespaces that availability rules leave alone.',
    selectors: 'Label keys whose pods an operator makes.',
    objects:
      'Names of ConfigMaps, Secrets, ServiceAccounts and PriorityClasses that exist elsewhere; * stands for any text.',
  },
  podTemplates: {
    group: 'API group of the kind, without a version.',
    kind: 'Name of the kind.',
    template: 'Path of what holds metadata and spec of the pods.',
    replicas: 'Path of the number of pods; without it, nothing is said about how many there are.',
    selector: 'Path of the label selector that finds the pods; fixes copy it.',
  },
  overrides: {
    files: 'Globs of files, relative to this one.',
    kinds: 'Kinds of objects.',
    namespaces: 'Namespaces of objects.',
    names: 'Names of objects.',
    rules: 'Level and options of single rules, for these.',
  },
};

const values: Readonly<Record<string, readonly string[]>> = {
  extends: presets,
  kubernetes: ['"1.34"', '"1.35"', '"1.36"'],
};

/** Places where custom resources commonly keep what `podTemplates` asks for. */
const commonPaths: Readonly<Record<string, readonly string[]>> = {
  template: ['spec.template', 'spec.podTemplate'],
  replicas: ['spec.replicas', 'spec.size'],
  selector: ['spec.selector'],
};

const levels = ['error', 'warning', 'info', 'hint', 'off'] as const;

/** What can be written at an offset of a selfheal.yaml. */
export function completeConfiguration(text: string, offset: number, rules: readonly Rule[]): Suggestions {
  const line = text.slice(lineStart(text, offset), offset);
  const word = /[\w."-]*$/.exec(line)?.[0] ?? '';
  const replaces = { start: offset - word.length, end: offset };
  const path = parentKeys(text, offset);
  const value = /^[\s-]*([\w.-]+):\s+["\w.-]*$/.exec(line);
  if (value) return { replaces, items: valueItems(value[1] ?? '', path, rules) };
  return { replaces, items: keyItems(path, rules) };
}

function valueItems(key: string, path: readonly string[], rules: readonly Rule[]): Suggestion[] {
  const inRules = path.at(-1) === 'rules';
  const common = path.at(-1) === 'podTemplates' ? commonPaths : values;
  const names = inRules || key === 'level' ? levels : (common[key] ?? []);
  const rule = rules.find(({ id }) => id === key);
  return names.map((name) => ({
    label: name,
    insert: name,
    kind: 'value',
    ...(rule && name === rule.severity && { detail: 'the level it has by itself' }),
  }));
}

function keyItems(path: readonly string[], rules: readonly Rule[]): Suggestion[] {
  const last = path.at(-1) ?? '';
  if (last === 'rules') {
    return rules.map((rule) => ({
      label: rule.id,
      detail: `${rule.severity} · ${rule.capability}`,
      documentation: rule.docs.summary,
      insert: `${rule.id}: `,
      kind: 'key',
    }));
  }
  const rule = path.at(-2) === 'rules' ? rules.find(({ id }) => id === last) : undefined;
  if (rule) {
    const options = Object.entries(rule.options ?? {}).map(([name, option]): Suggestion => ({
      label: name,
      detail: `default ${JSON.stringify(option.default)}`,
      documentation: option.description,
      insert: `${name}: `,
      kind: 'key',
    }));
    return [{ label: 'level', insert: 'level: ', kind: 'key', detail: levels.join(', ') }, ...options];
  }
  return Object.entries(keys[last] ?? {}).map(([label, documentation]) => ({
    label,
    documentation,
    insert: `${label}: `,
    kind: 'key',
  }));
}

/** Keys that enclose an offset, outermost first, by indentation. */
function parentKeys(text: string, offset: number): string[] {
  const start = lineStart(text, offset);
  const own = text.slice(start, offset);
  let indent = own.search(/[^\s]/);
  if (indent < 0) indent = own.length;
  // Behind a dash, the keys are indented by the dash.
  if (/^\s*- /.test(own)) indent += 1;
  const path: string[] = [];
  for (let at = start; at > 0 && indent > 0;) {
    at = lineStart(text, at - 1);
    const line = text.slice(at, lineEnd(text, at));
    const match = /^(\s*)(?:- )?([\w.-]+):\s*(?:#.*)?$/.exec(line);
    if (!match || (match[1] ?? '').length >= indent) continue;
    path.unshift(match[2] ?? '');
    indent = (match[1] ?? '').length;
  }
  return path;
}

/** Rule ids that can be written in a suppression comment; undefined when the offset is in none. */
export function completeSuppression(text: string, offset: number, rules: readonly Rule[]): Suggestions | undefined {
  const line = text.slice(lineStart(text, offset), offset);
  const comment = /#\s*selfheal-ignore(?:-file)?\s+(?:[\w-]+\s*,\s*)*([\w-]*)$/.exec(line);
  if (!comment) return undefined;
  const word = comment[1] ?? '';
  return {
    replaces: { start: offset - word.length, end: offset },
    items: rules.map(({ id, docs }) => ({ label: id, documentation: docs.summary, insert: id, kind: 'value' })),
  };
}

/** What a rule id under the cursor means (in selfheal.yaml or a suppression comment), as Markdown, with the span of the id. */
export function describeRule(
  text: string,
  offset: number,
  rules: readonly Rule[],
): { readonly range: Range; readonly markdown: string } | undefined {
  const from = lineStart(text, offset);
  for (const match of text.slice(from, lineEnd(text, offset)).matchAll(/[a-z][a-z0-9-]+/g)) {
    const range = { start: from + match.index, end: from + match.index + match[0].length };
    if (offset < range.start || offset > range.end) continue;
    const rule = rules.find(({ id }) => id === match[0]);
    if (rule) return { range, markdown: ruleMarkdown(rule) };
    return keyMarkdown(text, range, match[0]);
  }
  return undefined;
}

const ruleMarkdown = ({ id, severity, docs }: Rule): string =>
  `**${id}** (${severity})\n\n${docs.summary}\n\n${docs.why}`;

function keyMarkdown(text: string, range: Range, word: string): { range: Range; markdown: string } | undefined {
  if (!/^\s*:/.test(text.slice(range.end))) return undefined;
  const documentation = keys[parentKeys(text, range.start).at(-1) ?? '']?.[word];
  return documentation ? { range, markdown: documentation } : undefined;
}
