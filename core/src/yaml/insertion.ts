/** Edits that add a key or an item to a collection. */
import type { TextEdit } from '../text/text.ts';
import { lineEnd, lineStart } from '../text/text.ts';
import { contentEnd, lastBefore, ownPairs, pairEnd } from './ends.ts';
import type { MapNode, Pair, SeqNode } from './node.ts';
import type { Plain } from './plain.ts';
import type { Source } from './write.ts';
import { block, flow, inline, json } from './write.ts';

/** Column of a key that stands behind nothing but indentation and dashes; undefined behind `?`, an anchor or a tag. */
export function columnOfKey({ text }: Source, pair: Pair): number | undefined {
  const line = lineStart(text, pair.keyStart);
  return /^ *(?:- +)*$/.test(text.slice(line, pair.keyStart)) ? pair.keyStart - line : undefined;
}

/** Adds a key to a map, behind the key `after` where there is one; undefined where nothing tells how to indent it. */
export function insertPair(
  source: Source,
  map: MapNode,
  key: string,
  value: Plain,
  after: string | undefined,
  owner: Pair | undefined,
): TextEdit | undefined {
  const { text } = source;
  if (map.flow) return insertFlow(source, map, key, value);
  const own = ownPairs(map);
  const first = own[0];
  const column = first && columnOfKey(source, first);
  // Only merge keys or template text stand here: nothing to align with.
  if (!first || column === undefined) return undefined;
  const anchor = anchorFor(text, own, after, owner);
  return anchor && insertBehind(source, pairEnd(text, anchor), block(source, { [key]: value }, column), column);
}

/**
 * The pair to insert behind: the one asked for, else the last. In a chart only pairs that stand in no more conditional
 * blocks than the map itself, else the new key would depend on a value it has nothing to do with.
 */
function anchorFor(
  text: string,
  own: readonly Pair[],
  after: string | undefined,
  owner: Pair | undefined,
): Pair | undefined {
  const asked = own.find((pair) => pair.key === after) ?? own.at(-1);
  if (!text.includes('{{')) return asked;
  const depthAt = conditionDepth(text);
  const depth = owner ? depthAt(owner.keyStart) : Math.min(...own.map((pair) => depthAt(pair.keyStart)));
  const fits = (pair: Pair): boolean => depthAt(pair.keyStart) === depth && depthAt(pairEnd(text, pair)) === depth;
  return asked && fits(asked) ? asked : own.filter(fits).at(-1);
}

/** How many `if`, `with` and `range` blocks are open at an offset. */
function conditionDepth(text: string): (offset: number) => number {
  const steps = [...text.matchAll(/\{\{-?\s*(if|with|range|define|block|end)\b/g)].map((match) => ({
    at: match.index,
    step: match[1] === 'end' ? -1 : 1,
  }));
  return (offset) => steps.reduce((depth, { at, step }) => (at < offset ? depth + step : depth), 0);
}

/** Inserts lines behind the line that holds `end`, which may already be the start of the next line (block scalars). */
function insertBehind({ text, eol }: Source, end: number, lines: string, column: number): TextEdit {
  const pad = ' '.repeat(column);
  if (end > 0 && text[end - 1] === '\n') return { range: { start: end, end }, newText: pad + lines + eol };
  const at = lineEnd(text, end);
  return { range: { start: at, end: at }, newText: eol + pad + lines };
}

function insertFlow(source: Source, map: MapNode, key: string, value: Plain): TextEdit {
  const { text } = source;
  const quoted = text[map.pairs[0]?.keyStart ?? -1] === '"' || (map.pairs.length === 0 && /^\s*\{\s*"/.test(text));
  const pair = `${quoted ? JSON.stringify(key) : inline(key)}: ${quoted ? json(value) : flow(value)}`;
  const last = map.pairs.at(-1);
  if (!last) return { range: { start: map.start, end: map.end }, newText: quoted ? `{${pair}}` : `{ ${pair} }` };
  const end = last.shared ? lastBefore(text, map.end - 1) : Math.max(last.value.end, last.keyEnd);
  const first = map.pairs[0];
  const multiline = first !== undefined && lineStart(text, first.keyStart) > map.start;
  const pad = multiline ? source.eol + text.slice(lineStart(text, first.keyStart), first.keyStart) : ' ';
  return { range: { start: end, end }, newText: `,${pad}${pair}` };
}

/** Adds an item behind the last one of a sequence. */
export function appendItem(source: Source, seq: SeqNode, value: Plain): TextEdit {
  const { text } = source;
  const last = seq.items.at(-1);
  if (seq.flow || !last) {
    if (!last) return { range: { start: seq.start, end: seq.end }, newText: flow([value]) };
    return { range: { start: last.end, end: last.end }, newText: `, ${flow(value)}` };
  }
  const column = seq.start - lineStart(text, seq.start);
  return insertBehind(source, contentEnd(text, last), block(source, [value], column), column);
}
