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
  findings: readonly Finding[],
  ruleIds: ReadonlySet<string>,
  active: (rule: string) => boolean,
): Finding[] {
  const suppressions = file.documents.flatMap(readSuppressions);
  if (suppressions.length === 0) return [...findings];
  const used = new Set<Suppression>();
  const kept = findings.filter((finding) => {
    const silencing = suppressions.filter((suppression) => silences(suppression, finding));
    for (const suppression of silencing) used.add(suppression);
    return silencing.length === 0;
  });
  for (const suppression of suppressions) {
    const { id, at, document } = suppression;
    if (!ruleIds.has(id)) kept.push(engineFinding('suppression-unknown', document, at, { rule: id, suggestion: nearest(id, ruleIds) ?? '-' }));
    else if (!used.has(suppression) && active(id)) kept.push(engineFinding('suppression-unused', document, at, { rule: id }));
  }
  return kept;
}

const engineFinding = (rule: 'suppression-unknown' | 'suppression-unused', document: SourceDocument, range: Range, data: Finding['data']): Finding => ({
  rule,
  message: 'found',
  data,
  severity: rule === 'suppression-unknown' ? 'warning' : 'info',
  document,
  range,
  related: [],
  fixes: [],
});

function silences({ id, covers, document }: Suppression, finding: Finding): boolean {
  if (finding.rule !== id) return false;
  if (!covers) return true;
  if (finding.document !== document) return false;
  return finding.range.start <= covers.end && covers.start <= finding.range.end;
}

function readSuppressions(document: SourceDocument): Suppression[] {
  const { manifest } = document;
  return [...fromComments(document, manifest), ...manifest.resources.flatMap((resource) => fromAnnotations(document, resource))];
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
  const container = (name: string): Range | undefined => pod?.containers.find((candidate) => candidate.name === name)?.value.range;
  const found = readAnnotations(document, value.at('metadata', 'annotations'), value.range, container);
  // A Pod is its own template.
  if (!pod || pod.value.path.length === value.path.length) return found;
  return [...found, ...readAnnotations(document, pod.value.at('metadata', 'annotations'), pod.value.range, container)];
}

function readAnnotations(document: SourceDocument, annotations: Value, whole: Range, container: (name: string) => Range | undefined): Suppression[] {
  return annotations.entries().flatMap(({ key, value }) => {
    if (key !== annotation && !key.startsWith(`${annotation}.`)) return [];
    const covers = key === annotation ? whole : container(key.slice(annotation.length + 1));
    if (!covers) return [];
    const ids = (value.text() ?? '').split(/[\s,]+/).filter((id) => id !== '');
    return ids.map((id) => ({ id, at: value.highlight, document, covers }));
  });
}
