import type { Range } from '../text/text.ts';
import { lineEnd, lineStart, nextLine } from '../text/text.ts';
import type { Node } from '../yaml/node.ts';

/**
 * A comment that silences rules: `# selfheal-ignore rule-id[, rule-id] -- reason`.
 * On a line with content it speaks of that line, on a line of its own of the next line with content; above
 * `apiVersion` (the document's first content) of the whole resource; `selfheal-ignore-file` of the whole file.
 */
export interface SuppressionComment extends Range {
  readonly scope: 'line' | 'resource' | 'file';
  readonly rules: readonly { readonly id: string; readonly range: Range }[];
  readonly reason: string | undefined;
  /** Span whose findings it silences, for `line`. */
  readonly covers: Range;
}

const marker = /#[ \t]*selfheal-ignore(-file)?(?=[ \t:]|$)[ \t:]*([^\r\n]*)/g;

/** Finds the suppression comments of a document's text; those inside scalars are text, not comments. */
export function readSuppressionComments(text: string, root: Node | undefined): SuppressionComment[] {
  if (!text.includes('selfheal-ignore')) return [];
  const comments: SuppressionComment[] = [];
  const scalars = scalarSpans(root);
  const first = firstContent(text);
  let covers: Range = { start: -1, end: -1 };
  for (const match of text.matchAll(marker)) {
    const start = match.index;
    if (isInside(scalars, start)) continue;
    const [list = '', reason] = (match[2] ?? '').split(/\s--\s?/, 2);
    const listStart = start + match[0].length - (match[2] ?? '').length;
    // Comments stacked above one line share it; what comes before the line that was found last needs no new search.
    if (covers.start <= start) covers = coverage(text, start);
    const scope = match[1] ? 'file' : covers.start <= first ? 'resource' : 'line';
    const end = start + match[0].length;
    comments.push({ start, end, scope, rules: readIds(list, listStart), reason: reason?.trim() || undefined, covers });
  }
  return comments;
}

/** More ids than anyone lists; what follows is no list. */
const maxIds = 100;

function readIds(list: string, offset: number): { id: string; range: Range }[] {
  const ids = new Map<string, Range>();
  for (const match of list.matchAll(/[^\s,]+/g)) {
    const start = offset + match.index;
    if (!ids.has(match[0])) ids.set(match[0], { start, end: start + match[0].length });
    if (ids.size === maxIds) break;
  }
  return Array.from(ids, ([id, range]) => ({ id, range }));
}

/** The line that the comment speaks of: its own where it holds content, else the next one that does. */
function coverage(text: string, comment: number): Range {
  let start = lineStart(text, comment);
  if (text.slice(start, comment).trim() === '') {
    do start = nextLine(text, start);
    while (start < text.length && holdsNothing(text, start));
  }
  return { start, end: lineEnd(text, start) };
}

/** Whether a line is blank or only a comment. */
function holdsNothing(text: string, start: number): boolean {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at >= text.length || text[at] === '#' || text[at] === '\r' || text[at] === '\n';
}

/** Start of the first line that holds content: no comment, marker or directive. */
function firstContent(text: string): number {
  let start = 0;
  while (start < text.length && (holdsNothing(text, start) || isPreamble(text, start))) start = nextLine(text, start);
  return start;
}

/** Whether a line is a document's marker without content behind it, or a directive. */
function isPreamble(text: string, start: number): boolean {
  if (text[start] === '%') return true;
  return text.startsWith('---', start) && holdsNothing(text, start + 3);
}

/** Starts and ends of all scalars as written, in order. */
function scalarSpans(root: Node | undefined): Range[] {
  const spans: Range[] = [];
  const collect = (node: Node): void => {
    if (node.kind === 'map') {
      for (const pair of node.pairs) if (!pair.shared) collect(pair.value);
    } else if (node.kind === 'seq') {
      for (const [index, item] of node.items.entries()) if (!node.shared.has(index)) collect(item);
    } else if (node.kind === 'scalar' && node.end > node.start) spans.push(node);
  };
  if (root) collect(root);
  return spans.sort((a, b) => a.start - b.start);
}

function isInside(spans: readonly Range[], offset: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return (spans[low]?.start ?? Infinity) < offset;
}
