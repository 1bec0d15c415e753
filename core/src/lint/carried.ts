/** Findings of what a tool built, in a file that may have changed since. */
import type { SourceFile } from '../workspace/project.ts';
import type { Finding } from './findings.ts';
import { compareFindings } from './findings.ts';
import type { ForeignReader } from './foreign-suppressions.ts';
import { Said } from './rendered.ts';
import type { RenderedFindings } from './rendered.ts';
import { applySuppressions } from './suppressions.ts';

/**
 * A file's own findings with those of what was built from it, in the order of reports. Where the file has changed since,
 * the latter move with their lines, and are dropped with a line that is no more what it was. What the file says itself
 * or silences is not told, and a suppression that only what is built has a use for is used.
 * @param rendered of each build, as the file was then
 */
export function withRendered(
  file: SourceFile,
  own: readonly Finding[],
  rendered: readonly RenderedFindings[],
  foreign: ForeignReader,
): readonly Finding[] {
  if (rendered.length === 0) return own;
  const found: Finding[] = [];
  const said = new Said(own);
  for (const each of rendered) {
    const fresh = carried(each, file).filter((finding) => !said.has(finding));
    for (const finding of fresh) {
      said.add(finding);
      found.push(finding);
    }
  }
  const kept = new Set(applySuppressions(file, found, new Set(), foreign, () => false));
  const used = new Set(rendered.flatMap(({ silenced }) => [...silenced]));
  for (const finding of found) if (!kept.has(finding)) used.add(finding.rule);
  const needed = own.filter(({ rule, data }) => rule !== 'suppression-unused' || !used.has(String(data['rule'])));
  return [...needed, ...found.filter((finding) => kept.has(finding))].sort(compareFindings);
}

/** Findings in a file as it is now: those whose first line is there still. */
function carried({ file: then, findings }: RenderedFindings, now: SourceFile): readonly Finding[] {
  if (then === now || findings.length === 0) return findings;
  const before = textOf(then);
  const after = textOf(now);
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < least - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return findings.flatMap((finding) => {
    const start = finding.document.start + finding.range.start;
    const lineStart = before.lastIndexOf('\n', start - 1) + 1;
    const lineEnd = endOf(before, start);
    const shift = lineEnd <= head ? 0 : lineStart >= before.length - tail ? after.length - before.length : undefined;
    if (shift === undefined) return [];
    // What was typed at the line's beginning or end belongs to it as well.
    const at = lineStart + shift;
    if ((at > 0 && after[at - 1] !== '\n') || endOf(after, at) !== lineEnd + shift) return [];
    const document = now.documents.findLast((each) => each.start <= start + shift);
    if (!document) return [];
    const end = Math.min(finding.document.start + finding.range.end, Math.max(lineEnd, start));
    const range = { start: start + shift - document.start, end: end + shift - document.start };
    return [{ ...finding, document, range }];
  });
}

/** Where the line of an offset ends, its break left out. */
function endOf(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

const textOf = ({ documents }: SourceFile): string => documents.map(({ manifest }) => manifest.text).join('');
