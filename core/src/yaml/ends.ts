/** Where what was written ends, which is not always where the parser says that a node does. */
import { lineEnd } from '../text/text.ts';
import type { MapNode, Node, Pair } from './node.ts';

/** The end of a block may be the start of the next line; what replaces it must leave that line break. */
export function beforeBreak(text: string, end: number): number {
  if (text[end - 1] !== '\n') return end;
  return text[end - 2] === '\r' ? end - 2 : end - 1;
}

/** Pairs that a map itself holds, without those of a merge key. */
export const ownPairs = (map: MapNode): Pair[] => map.pairs.filter((pair) => !isMerged(map, pair));

const isMerged = (map: MapNode, pair: Pair): boolean =>
  pair.keyStart < map.start || pair.keyStart >= Math.max(map.end, map.start + 1);

/** End of a pair's content; a value that stands elsewhere (alias) or nowhere (null) ends with its line. */
export function pairEnd(text: string, pair: Pair): number {
  if (pair.shared || pair.value.start < pair.keyEnd) return lineEnd(text, pair.keyEnd);
  return contentEnd(text, pair.value);
}

/** End of what a node wrote: of its deepest last value, since a block collection's own range may run on over comments. */
export function contentEnd(text: string, node: Node): number {
  if (node.kind === 'map' && !node.flow) {
    const last = ownPairs(node).at(-1);
    const end = last ? pairEnd(text, last) : node.end;
    return node.open ? Math.max(end, node.end) : end;
  }
  if (node.kind === 'seq' && !node.flow) {
    const index = node.items.length - 1;
    const last = node.items[index];
    if (!last || node.open || node.shared.has(index) || last.start < node.start) return node.end;
    return Math.max(contentEnd(text, last), last.start);
  }
  return node.end;
}

/** Offset behind the last character before `at` that is no white space. */
export function lastBefore(text: string, at: number): number {
  let end = at;
  while (end > 0 && /\s/.test(text[end - 1] ?? '')) end--;
  return end;
}
