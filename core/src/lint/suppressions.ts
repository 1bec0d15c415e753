import type { ForeignReader, ForeignSuppression } from './foreign-suppressions.ts';
import { nearest } from '../text/nearest.ts';
import type { Range } from '../text/text.ts';
import type { Manifest, Resource } from '../workspace/manifest.ts';
import type { SourceDocument, SourceFile } from '../workspace/project.ts';
import type { Value } from '../yaml/value.ts';
import type { Finding } from './findings.ts';

/** One rule id in one suppression, with the span it silences. */
interface Suppression {
  readonly id: string;
  readonly at: Range;
  readonly document: SourceDocument;
  /** Span within the document; absent: the whole file. */
  readonly covers: Range | undefined;
}

/** Annotation that silences rules for an object or a pod template; `selfheal.dev/ignore.<container>` for one container. */
const annotation = 'selfheal.dev/ignore';

/**
 * Drops the findings that comments and annotations silence, and reports those suppressions that name no rule or
 * silence nothing. `active` tells whether a rule ran at all: one that is off leaves its suppressions in peace.
 */
export function applySuppressions(
  file: SourceFile,
  all: readonly Finding[],
  ruleIds: ReadonlySet<string>,
  foreign: ForeignReader,
  active: (rule: string) => boolean,
): Finding[] {
  const findings = withoutForeign(file, all, foreign);
  const suppressions = file.documents.flatMap(readSuppressions);
  if (suppressions.length === 0) return [...findings];
  const index = new SuppressionIndex(suppressions);
  const used = new Set<Suppression>();
  const kept = findings.filter((finding) => {
    const silencing = index.of(finding);
    for (const suppression of silencing) used.add(suppression);
    return silencing.length === 0;
  });
  const suggestions = new Map<string, string>();
  for (const suppression of suppressions) {
    const { id, at, document } = suppression;
    if (!ruleIds.has(id)) {
      // Who has so many of them has not mistyped them.
      const suggestion = suggestions.get(id) ?? (suggestions.size < 100 ? nearest(id, ruleIds) : undefined) ?? '-';
      suggestions.set(id, suggestion);
      kept.push(engineFinding('suppression-unknown', document, at, { rule: id, suggestion }));
    } else if (!used.has(suppression) && active(id))
      kept.push(engineFinding('suppression-unused', document, at, { rule: id }));
  }
  return kept;
}

/** Drops what the suppressions of other linters silence. */
function withoutForeign(file: SourceFile, findings: readonly Finding[], read: ForeignReader): readonly Finding[] {
  const everywhere: ForeignSuppression[] = [];
  const within = new Map<SourceDocument, ForeignSuppression[]>();
  for (const document of file.documents)
    for (const suppression of read(document.manifest))
      if (suppression.covers) entry(within, document, () => []).push(suppression);
      else everywhere.push(suppression);
  if (everywhere.length === 0 && within.size === 0) return findings;
  const names = ({ rules }: ForeignSuppression, rule: string): boolean => rules === 'all' || rules.includes(rule);
  return findings.filter(({ rule, document, range }) => {
    // Mistakes in suppressions and broken YAML are told whatever another linter was told.
    if (rule === 'yaml-syntax') return true;
    if (everywhere.some((suppression) => names(suppression, rule))) return false;
    const silences = (suppression: ForeignSuppression): boolean =>
      range.start <= (suppression.covers?.end ?? 0) &&
      (suppression.covers?.start ?? 0) <= range.end &&
      names(suppression, rule);
    return !within.get(document)?.some(silences);
  });
}

/** Suppressions with the same rule and span, in order of their spans. */
interface Group {
  readonly covers: Range;
  readonly members: Suppression[];
  /** Largest end of this and all earlier spans: where a search from the left may begin. */
  reach: number;
}

/** Finds the suppressions of a finding without asking each: a file may hold thousands of both. */
class SuppressionIndex {
  private readonly wholeFile = new Map<string, Suppression[]>();
  private readonly spans = new Map<SourceDocument, Map<string, Group[]>>();

  constructor(suppressions: readonly Suppression[]) {
    const known = new Map<SourceDocument, Map<string, Group>>();
    for (const suppression of suppressions) {
      const { id, covers, document } = suppression;
      if (!covers) {
        entry(this.wholeFile, id, () => []).push(suppression);
        continue;
      }
      const groups = entry(known, document, () => new Map<string, Group>());
      const group = entry(groups, `${covers.start} ${covers.end} ${id}`, (): Group => {
        const created: Group = { covers, members: [], reach: 0 };
        entry(
          entry(this.spans, document, () => new Map<string, Group[]>()),
          id,
          () => [],
        ).push(created);
        return created;
      });
      group.members.push(suppression);
    }
    for (const rules of this.spans.values()) for (const groups of rules.values()) order(groups);
  }

  of({ rule, document, range }: Finding): Suppression[] {
    const found = [...(this.wholeFile.get(rule) ?? [])];
    const groups = this.spans.get(document)?.get(rule) ?? [];
    let low = 0;
    let high = groups.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((groups[middle]?.reach ?? 0) < range.start) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < groups.length; i++) {
      const group = groups[i];
      if (!group || group.covers.start > range.end) break;
      if (range.start <= group.covers.end) found.push(...group.members);
    }
    return found;
  }
}

function order(groups: Group[]): void {
  groups.sort((a, b) => a.covers.start - b.covers.start);
  let reach = 0;
  for (const group of groups) group.reach = reach = Math.max(reach, group.covers.end);
}

function entry<Key, Item>(map: Map<Key, Item>, key: Key, create: () => Item): Item {
  let item = map.get(key);
  if (item === undefined) map.set(key, (item = create()));
  return item;
}

const engineFinding = (
  rule: 'suppression-unknown' | 'suppression-unused',
  document: SourceDocument,
  range: Range,
  data: Finding['data'],
): Finding => ({
  rule,
  message: 'found',
  data,
  severity: rule === 'suppression-unknown' ? 'warning' : 'info',
  document,
  range,
  related: [],
  fixes: [],
});

/** Documents without suppressions: nearly all, so they are not searched again at each change of their file. */
const without = new WeakSet<Manifest>();

function readSuppressions(document: SourceDocument): Suppression[] {
  const { manifest } = document;
  if (without.has(manifest)) return [];
  const found = [
    ...fromComments(document, manifest),
    ...(manifest.problem ? [] : manifest.resources.flatMap((resource) => fromAnnotations(document, resource))),
  ];
  if (found.length === 0) without.add(manifest);
  return found;
}

function fromComments(document: SourceDocument, { suppressions, text }: Manifest): Suppression[] {
  return suppressions.flatMap(({ rules, scope, covers }) =>
    rules.map(({ id, range }) => ({
      id,
      at: range,
      document,
      covers: scope === 'file' ? undefined : scope === 'resource' ? { start: 0, end: text.length } : covers,
    })),
  );
}

function fromAnnotations(document: SourceDocument, { value, pod }: Resource): Suppression[] {
  let ranges: Map<string | undefined, Range> | undefined;
  const container = (name: string): Range | undefined => {
    ranges ??= new Map(pod?.containers.map((candidate) => [candidate.name, candidate.value.range]));
    return ranges.get(name);
  };
  const found = readAnnotations(document, value.at('metadata', 'annotations'), value.range, container);
  // A Pod is its own template.
  if (!pod || pod.value.path.length === value.path.length) return found;
  return [...found, ...readAnnotations(document, pod.value.at('metadata', 'annotations'), pod.value.range, container)];
}

function readAnnotations(
  document: SourceDocument,
  annotations: Value,
  whole: Range,
  container: (name: string) => Range | undefined,
): Suppression[] {
  return annotations.entries().flatMap(({ key, value }) => {
    if (key !== annotation && !key.startsWith(`${annotation}.`)) return [];
    const covers = key === annotation ? whole : container(key.slice(annotation.length + 1));
    if (!covers) return [];
    const ids = (value.text() ?? '').split(/[\s,]+/).filter((id) => id !== '');
    return ids.map((id) => ({ id, at: value.highlight, document, covers }));
  });
}
