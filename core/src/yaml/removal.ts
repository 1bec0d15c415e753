/** Edits that take a key or an item away. */
import type { TextEdit } from '../text/text.ts';
import { lineEnd, lineStart, nextLine } from '../text/text.ts';
import { beforeBreak, contentEnd, ownPairs, pairEnd } from './ends.ts';
import type { MapNode, Node, Pair, SeqNode } from './node.ts';
import type { Source } from './write.ts';

/** Takes a key away with its lines; a comment that speaks of its value stays. */
export function removePair(source: Source, map: MapNode, pair: Pair): TextEdit {
  const { text } = source;
  const own = ownPairs(map);
  const index = own.indexOf(pair);
  const [previous, next] = [own[index - 1], own[index + 1]];
  const end = pairEnd(text, pair);
  if (map.pairs.length === 1)
    return { range: { start: map.start, end: map.flow ? map.end : beforeBreak(text, end) }, newText: '{}' };
  if (map.flow) {
    const ownLines =
      next &&
      text.slice(lineStart(text, pair.keyStart), pair.keyStart).trim() === '' &&
      lineStart(text, next.keyStart) > pair.keyStart;
    if (ownLines)
      return { range: { start: lineStart(text, pair.keyStart), end: lineStart(text, next.keyStart) }, newText: '' };
    if (next) return { range: { start: pair.keyStart, end: next.keyStart }, newText: '' };
    return { range: { start: previous?.value.end ?? pair.keyStart, end: Math.max(end, pair.value.end) }, newText: '' };
  }
  const line = lineStart(text, pair.keyStart);
  const alone = text.slice(line, pair.keyStart).trim() === '';
  // Behind a dash, the next key moves up to the dash's line.
  if (!alone && next) return { range: { start: pair.keyStart, end: next.keyStart }, newText: '' };
  // A comment behind a value stays, on a line of its own.
  const comment =
    pair.value.kind === 'scalar' && end <= lineEnd(text, line) ? text.slice(end, lineEnd(text, end)).indexOf('#') : -1;
  if (comment >= 0) return { range: { start: pair.keyStart, end: end + comment }, newText: '' };
  const after = end > 0 && text[end - 1] === '\n' ? end : nextLine(text, end);
  if (after === end && previous)
    return { range: { start: lineEnd(text, pairEnd(text, previous)), end: lineEnd(text, end) }, newText: '' };
  return { range: { start: line, end: after }, newText: '' };
}

/** Takes the lines of an item away, or its part of a line in flow style; undefined where a dash does not open its line. */
export function removeItem(source: Source, seq: SeqNode, item: Node): TextEdit[] | undefined {
  const { text } = source;
  const index = seq.items.indexOf(item);
  const [previous, next] = [seq.items[index - 1], seq.items[index + 1]];
  if (seq.open || (!previous && !next)) return undefined;
  if (seq.flow) {
    const range = next ? { start: item.start, end: next.start } : { start: previous?.end ?? item.start, end: item.end };
    return [{ range, newText: '' }];
  }
  const line = lineStart(text, item.start);
  if (!/^ *- +$/.test(text.slice(line, item.start))) return undefined;
  const end = contentEnd(text, item);
  const after = end > 0 && text[end - 1] === '\n' ? end : nextLine(text, end);
  if (after > end || !previous) return [{ range: { start: line, end: after }, newText: '' }];
  return [{ range: { start: lineEnd(text, contentEnd(text, previous)), end: lineEnd(text, end) }, newText: '' }];
}
