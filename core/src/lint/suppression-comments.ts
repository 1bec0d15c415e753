import type { Range } from '../text/text.ts';
import { lineEnd, lineStart } from '../text/text.ts';
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
  for (const match of text.matchAll(marker)) {
    const start = match.index;
    const end = lineEnd(text, start);
    if (root && insideScalar(root, start)) continue;
    const [list = '', reason] = (match[2] ?? '').split(/\s--\s?/, 2);
    const listStart = start + match[0].length - (match[2] ?? '').length;
    const covers = coverage(text, start);
    const scope = match[1] ? 'file' : isFirstContent(text, covers.start) ? 'resource' : 'line';
    comments.push({ start, end, scope, rules: readIds(list, listStart), reason: reason?.trim() || undefined, covers });
  }
  return comments;
}

function readIds(list: string, offset: number): { id: string; range: Range }[] {
  return [...list.matchAll(/[^\s,]+/g)].map((match) => ({
    id: match[0],
    range: { start: offset + match.index, end: offset + match.index + match[0].length },
  }));
}

/** The line that the comment speaks of: its own where it holds content, else the next one that does. */
function coverage(text: string, comment: number): Range {
  let start = lineStart(text, comment);
  if (text.slice(start, comment).trim() === '') {
    do start = Math.min(text.length, lineEnd(text, start) + 1);
    while (start < text.length && /^[ \t\r]*(?:#[^\n]*)?$/.test(text.slice(start, lineEnd(text, start))));
  }
  return { start, end: lineEnd(text, start) };
}

/** Whether a line is the first of its document that holds content. */
const isFirstContent = (text: string, start: number): boolean =>
  /^(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)|---[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)|%[^\n]*\n)*$/.test(text.slice(0, start));

function insideScalar(node: Node, offset: number): boolean {
  if (node.kind === 'map') return node.pairs.some((pair) => !pair.shared && insideScalar(pair.value, offset));
  if (node.kind === 'seq') return node.items.some((item, index) => !node.shared.has(index) && insideScalar(item, offset));
  return node.kind === 'scalar' && node.start < offset && offset < node.end;
}
