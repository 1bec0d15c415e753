/**
 * Suppressions that people wrote for other linters: annotations and comments that name one of their checks silence
 * our rules for the same thing. They are never reported as unknown or unused, since another tool may still need them.
 */
import type { Range } from '../text/text.ts';
import { lineEnd, lineStart, nextLine } from '../text/text.ts';
import type { Manifest, Resource } from '../workspace/manifest.ts';
import type { Value } from '../yaml/value.ts';
import type { Rule } from './rule.ts';

/** One suppression of another linter, by what it silences of ours. */
export interface ForeignSuppression {
  /** Rules it silences; `all` where it exempts the object from everything. */
  readonly rules: readonly string[] | 'all';
  /** Span of the document that it speaks of; absent: the whole file. */
  readonly covers: Range | undefined;
  /** Where it is written: the comment, or the annotation's key. */
  readonly at: Range;
  readonly reason: string | undefined;
  /** The annotation's key and where it stands, for annotations. */
  readonly annotation: { readonly path: readonly (string | number)[]; readonly key: string } | undefined;
}

/** Our rules by another linter's check, `tool:check` in lower case. */
type Aliases = ReadonlyMap<string, readonly string[]>;

/** Collects what the rules declare. */
function collectAliases(rules: readonly Rule[]): Aliases {
  const aliases = new Map<string, string[]>();
  for (const { id, aliases: names } of rules) {
    for (const name of names) {
      const key = name.toLowerCase();
      aliases.set(key, [...(aliases.get(key) ?? []), id]);
    }
  }
  return aliases;
}

/** Reads the suppressions of other linters in a document; an unchanged document is read once. */
export type ForeignReader = (manifest: Manifest) => readonly ForeignSuppression[];

/** Makes the reader for a set of rules. */
export function foreignReader(rules: readonly Rule[]): ForeignReader {
  const aliases = collectAliases(rules);
  const known = new WeakMap<Manifest, readonly ForeignSuppression[]>();
  return (manifest) => {
    let found = known.get(manifest);
    if (!found) known.set(manifest, (found = readForeignSuppressions(manifest, aliases)));
    return found;
  };
}

function readForeignSuppressions(manifest: Manifest, aliases: Aliases): ForeignSuppression[] {
  const found = fromComments(manifest, aliases);
  for (const resource of manifest.resources) found.push(...fromResource(resource, aliases));
  return found;
}

const ours = (aliases: Aliases, tool: string, checks: readonly string[]): string[] =>
  checks.flatMap((check) => aliases.get(`${tool}:${check.trim().toLowerCase()}`) ?? []);

function fromResource({ value, pod }: Resource, aliases: Aliases): ForeignSuppression[] {
  const found = annotationsOf(value.at('metadata', 'annotations'), value.range, aliases);
  if (!pod || pod.value.path.length === value.path.length) return found;
  return [...found, ...annotationsOf(pod.value.at('metadata', 'annotations'), pod.value.range, aliases)];
}

function annotationsOf(annotations: Value, covers: Range, aliases: Aliases): ForeignSuppression[] {
  return annotations.entries().flatMap(({ key, keyRange, value }): ForeignSuppression[] => {
    const text = value.rawText() ?? '';
    const rules = annotationRules(key, text, aliases);
    if (rules.length === 0) return [];
    const reason =
      /^[\w-]+=(.+)$/.exec(text)?.[1] ??
      (key.startsWith('ignore-check.') || key.startsWith('datree.skip/') ? text : undefined);
    return [
      { rules, covers, at: keyRange, reason: reason?.trim() || undefined, annotation: { path: annotations.path, key } },
    ];
  });
}

/** What an annotation silences, by the conventions of each linter. */
function annotationRules(key: string, text: string, aliases: Aliases): readonly string[] | 'all' {
  const kubeLinter = /^ignore-check\.kube-linter\.io\/(.+)$/.exec(key)?.[1];
  if (kubeLinter) return ours(aliases, 'kube-linter', [kubeLinter]);
  if (key === 'kube-linter.io/ignore-all') return 'all';
  if (key === 'kube-score/ignore') return ours(aliases, 'kube-score', text.split(','));
  if (key === 'polaris.fairwinds.com/exempt') return text === 'true' ? 'all' : [];
  const polaris = /^polaris\.fairwinds\.com\/(.+)-exempt$/.exec(key)?.[1];
  if (polaris) return text === 'true' ? ours(aliases, 'polaris', [polaris]) : [];
  if (key.includes('checkov.io/skip')) return ours(aliases, 'checkov', [text.split('=')[0] ?? '']);
  const datree = /^datree\.skip\/(.+)$/.exec(key)?.[1];
  if (datree) return ours(aliases, 'datree', [datree]);
  const monokle = /^monokle\.io\/suppress\.(.+)$/.exec(key)?.[1];
  if (monokle) return ours(aliases, 'monokle', [monokle, monokle.split('.').at(-1) ?? '']);
  return [];
}

const marker = /#[ \t]*(checkov:skip=|trivy:ignore:|kics-scan[ \t]+)([^\r\n]*)/g;

function fromComments({ text }: Manifest, aliases: Aliases): ForeignSuppression[] {
  if (!/checkov:skip=|trivy:ignore:|kics-scan/.test(text)) return [];
  const whole = { start: 0, end: text.length };
  const found: ForeignSuppression[] = [];
  for (const match of text.matchAll(marker)) {
    const at = { start: match.index, end: match.index + match[0].trimEnd().length };
    const body = match[2] ?? '';
    const add = (rules: readonly string[] | 'all', covers: Range | undefined, reason?: string): void => {
      if (rules.length > 0)
        found.push({ rules, covers, at, reason: reason?.trim() || undefined, annotation: undefined });
    };
    if (match[1] === 'checkov:skip=') {
      const [check = '', reason] = body.split(/:(.*)/s);
      add(ours(aliases, 'checkov', [check]), whole, reason);
    } else if (match[1] === 'trivy:ignore:') {
      add(ours(aliases, 'trivy', body.split(/[\s:]/, 1)), blockBelow(text, at.start));
    } else if (body.startsWith('ignore-line')) add('all', lineBelow(text, at.start));
    else if (body.startsWith('ignore-block')) add('all', blockBelow(text, at.start));
    else if (body.startsWith('ignore')) add('all', undefined);
    else if (body.startsWith('disable='))
      add(ours(aliases, 'kics', body.slice('disable='.length).split(',')), undefined);
  }
  return found;
}

/** The line a comment speaks of: its own where it stands behind content, else the next one. */
function lineBelow(text: string, comment: number): Range {
  const own = lineStart(text, comment);
  const start = text.slice(own, comment).trim() === '' ? nextLine(text, comment) : own;
  return { start, end: lineEnd(text, start) };
}

/** The line a comment speaks of with the lines that are indented deeper below it; the whole document above its first key. */
function blockBelow(text: string, comment: number): Range {
  const { start } = lineBelow(text, comment);
  const indent = text.slice(start, lineEnd(text, start)).search(/[^\s]/);
  if (indent === 0 && /^(?:\s*(?:#[^\n]*)?\n|---[^\n]*\n)*$/.test(text.slice(0, start)))
    return { start: 0, end: text.length };
  let end = lineEnd(text, start);
  for (let at = nextLine(text, start); at < text.length; at = nextLine(text, at)) {
    const line = text.slice(at, lineEnd(text, at));
    const depth = line.search(/[^\s]/);
    if (depth >= 0 && depth <= indent) break;
    end = at + line.length;
  }
  return { start, end };
}
