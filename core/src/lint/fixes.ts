import type { TextEdit } from '../text/text.ts';
import { applyEdits, conflicts } from '../text/text.ts';
import { lower } from '../yaml/edit.ts';
import { withoutStops } from '../yaml/plain.ts';
import type { Resource } from '../workspace/manifest.ts';
import type { Finding } from './findings.ts';
import type { Fix } from './rule.ts';

/** Edits of one file, in offsets of that file; tab stops are still marked in their texts. */
export interface FileEdits {
  /** Absent: the file of the finding. */
  readonly uri: string | undefined;
  readonly edits: readonly TextEdit[];
}

/** Lowers a fix to text edits; undefined when the place cannot be edited (behind an alias, in template text). */
export function fixEdits(finding: Finding, fix: Fix): FileEdits | undefined {
  const document = fix.target?.document ?? finding.document;
  const { root, text } = document.manifest;
  const edits = root && lower(text, root, fix.operations);
  if (!edits || edits.length === 0) return undefined;
  return {
    uri: fix.target?.file.uri,
    edits: edits.map(({ range, newText }) => ({
      range: { start: range.start + document.start, end: range.end + document.start },
      newText,
    })),
  };
}

/** The same edits with the proposed text in place of every tab stop. */
export const plainEdits = (edits: readonly TextEdit[]): TextEdit[] =>
  edits.map(({ range, newText }) => ({ range, newText: withoutStops(newText) }));

/**
 * Edits of all safe fixes of a file's findings that fit together; of two that touch the same place, the first wins and
 * the other waits for the next round.
 */
export function safeEdits(findings: readonly Finding[], only?: (finding: Finding) => boolean): TextEdit[] {
  const chosen: TextEdit[] = [];
  for (const finding of findings) {
    if (only && !only(finding)) continue;
    const fix = finding.fixes.find((candidate) => candidate.class === 'safe');
    const lowered = fix && !fix.target ? fixEdits(finding, fix) : undefined;
    if (!lowered) continue;
    if (lowered.edits.some((edit) => chosen.some((other) => conflicts(edit, other)))) continue;
    chosen.push(...plainEdits(lowered.edits));
  }
  return chosen;
}

/** Rounds after which fixing stops: a safe fix ends its own finding, so more would mean that two fixes disagree. */
const maxRounds = 10;

/**
 * Applies all safe fixes to a text, again until none is left.
 * @param findingsOf lints a text of this file
 */
export function fixAll(
  text: string,
  findingsOf: (text: string) => readonly Finding[],
  only?: (finding: Finding) => boolean,
): string {
  let fixed = text;
  for (let round = 0; round < maxRounds; round++) {
    const edits = safeEdits(findingsOf(fixed), only);
    const next = edits.length === 0 ? fixed : applyEdits(fixed, edits);
    if (next === fixed) break;
    fixed = next;
  }
  return fixed;
}

/** How many workloads the safe fixes of findings would roll out: a changed pod template replaces all its pods. */
export function countRollouts(findings: readonly Finding[]): number {
  const rolled = new Set<Resource>();
  for (const { document, subject, fixes } of findings) {
    const safe = fixes.find((fix) => fix.class === 'safe' && !fix.target);
    const resource = document.manifest.resources.find(
      ({ kind, name }) => kind === subject?.kind && name === subject.name,
    );
    const template = resource?.pod?.value.path;
    // A Pod is its own template, and a Job's pods are not replaced.
    if (!safe || !resource || resource.lifetime !== 'long' || !template || template.length === 0) continue;
    if (
      safe.operations.some(
        (operation) => 'path' in operation && template.every((step, index) => operation.path[index] === step),
      )
    )
      rolled.add(resource);
  }
  return rolled.size;
}
