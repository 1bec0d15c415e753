import { Scalar, stringify } from 'yaml';
import type { TextEdit } from '../text/text.ts';
import { lineBreak, lineEnd, lineStart, nextLine } from '../text/text.ts';
import type { MapNode, Node, Pair, SeqNode } from './node.ts';
import { resolvePlain } from './scalar.ts';
import type { Path } from './value.ts';

/** Plain data that a fix writes; a string made by `tabStop` becomes a place to fill in. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * One structured change to a document, lowered to the fewest text edits that make it.
 * - `set` writes a value at a path and creates the parents that are missing.
 * - `append` adds an item to the sequence at a path (created when missing).
 * - `remove` takes a key away, with its line; or an item of a sequence, which must not be its only one.
 * - `rename` changes a key's name.
 * - `document` adds a document of its own behind this one, where that is written in block style.
 */
export type Operation =
  | { readonly op: 'set'; readonly path: Path; readonly value: Plain; readonly after?: string }
  | { readonly op: 'append'; readonly path: Path; readonly value: Plain }
  | { readonly op: 'remove'; readonly path: Path }
  | { readonly op: 'rename'; readonly path: Path; readonly key: string }
  | { readonly op: 'document'; readonly value: Plain };

const stopMark = /SELFHEAL(\d+)STOP([0-9a-f]*)END/g;

/** A place the user fills in: number of the tab stop, and the text proposed there. */
export function tabStop(index: number, text: string | number): string {
  const hex = Array.from(String(text), (char) => (char.codePointAt(0) ?? 32).toString(16).padStart(6, '0')).join('');
  return `SELFHEAL${index}STOP${hex}END`;
}

const decodeStop = (hex: string): string =>
  (hex.match(/.{6}/g) ?? []).map((code) => String.fromCodePoint(Number.parseInt(code, 16))).join('');

/** Text with its tab stops as the proposed text (for clients without snippets) . */
export const withoutStops = (text: string): string => text.replace(stopMark, (_, __, hex: string) => decodeStop(hex));

/** Text as an LSP snippet. */
export const asSnippet = (text: string): string =>
  text
    .split(/(SELFHEAL\d+STOP[0-9a-f]*END)/)
    .map((part) => {
      const stop = /^SELFHEAL(\d+)STOP([0-9a-f]*)END$/.exec(part);
      if (!stop) return part.replace(/[\\$}]/g, String.raw`\$&`);
      return `\${${stop[1]}:${decodeStop(stop[2] ?? '').replace(/[\\$}]/g, String.raw`\$&`)}}`;
    })
    .join('');

/**
 * Lowers operations to minimal edits of one document's text, in offsets of that document.
 * Undefined when a path leads through an alias or a node that one repeats, template text or something that is no map: then no fix is offered.
 */
export function lower(text: string, root: Node, operations: readonly Operation[]): TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const operation of operations) {
    const edit = lowerOne({ text, eol: lineBreak(text), step: indentStep(text) }, root, operation);
    if (!edit) return undefined;
    edits.push(...edit);
  }
  return mergeInsertions(edits);
}

interface Source {
  readonly text: string;
  readonly eol: string;
  /** Columns per level, as the document has them. */
  readonly step: number;
}

/**
 * Several insertions at one place become one: what is indented deeper belongs to what stands before, so it comes first;
 * else in the order they were asked for. A new document comes last.
 */
function mergeInsertions(edits: readonly TextEdit[]): TextEdit[] {
  const merged: TextEdit[] = [];
  for (const edit of [...edits].sort((a, b) => columnOf(b) - columnOf(a))) {
    const same = merged.findIndex(
      ({ range }) => range.start === edit.range.start && range.end === range.start && edit.range.end === range.start,
    );
    const earlier = merged[same];
    if (earlier) merged[same] = { range: earlier.range, newText: earlier.newText + edit.newText };
    else merged.push(edit);
  }
  return merged;
}

const columnOf = ({ newText }: TextEdit): number =>
  /^\s*---\s/.test(newText) ? -1 : (/^[\r\n]*( *)/.exec(newText)?.[1]?.length ?? 0);

function lowerOne(source: Source, root: Node, operation: Operation): TextEdit[] | undefined {
  if (operation.op === 'document') return addDocument(source, root, operation.value);
  const { path } = operation;
  const found = walk(root, path);
  if (!found) return undefined;
  const { node, pair, parent, rest } = found;
  switch (operation.op) {
    case 'set': {
      if (rest.length > 0) return insertAt(source, found, rest, operation.value, operation.after);
      return replace(source, node, pair, parent, operation.value);
    }
    case 'append': {
      if (rest.length > 0) return insertAt(source, found, rest, [operation.value], undefined);
      if (node.kind !== 'seq') return pair ? insertAt(source, found, [], [operation.value], undefined) : undefined;
      return [appendItem(source, node, operation.value)];
    }
    case 'remove': {
      if (rest.length > 0 || holdsAnchors(node)) return undefined;
      if (parent?.kind === 'seq') return removeItem(source, parent, node);
      if (!pair || parent?.kind !== 'map') return undefined;
      return [removePair(source, parent, pair)];
    }
    case 'rename': {
      if (rest.length > 0 || !pair) return undefined;
      const quote = /["']/.exec(source.text[pair.keyStart] ?? '')?.[0] ?? '';
      return [{ range: { start: pair.keyStart, end: pair.keyEnd }, newText: quote + operation.key + quote }];
    }
  }
}

/** Whether a node holds another that an alias repeats elsewhere, and that must not go away. */
function holdsAnchors(node: Node): boolean {
  if (node.aliased) return true;
  if (node.kind === 'map') return node.pairs.some((pair) => !pair.shared && holdsAnchors(pair.value));
  return node.kind === 'seq' && node.items.some((item, index) => !node.shared.has(index) && holdsAnchors(item));
}

function addDocument(source: Source, root: Node, value: Plain): TextEdit[] | undefined {
  const { text, eol } = source;
  // Behind an explicit end, or in a JSON file, another document would not be read.
  if ((root.kind === 'map' && root.flow) || /^\.\.\.[ \t]*(?:#.*)?\r?\n?$/m.test(text)) return undefined;
  const separate = text.endsWith('\n') || text === '' ? '' : eol;
  return [
    {
      range: { start: text.length, end: text.length },
      newText: `${separate}---${eol}${block(source, value, 0)}${eol}`,
    },
  ];
}

interface Found {
  readonly node: Node;
  /** Pair that holds the node, where its parent is a map. */
  readonly pair: Pair | undefined;
  readonly parent: Node | undefined;
  /** Steps of the path that do not exist yet. */
  readonly rest: Path;
}

function walk(root: Node, path: Path): Found | undefined {
  let node = root;
  let pair: Pair | undefined;
  let parent: Node | undefined;
  for (let i = 0; i < path.length; i++) {
    const step = path[i];
    if (node.aliased) return undefined;
    if (node.kind === 'map') {
      const next = node.pairs.find(({ key }) => key === String(step));
      if (!next) return { node, pair, parent, rest: path.slice(i) };
      if (next.shared) return undefined;
      [parent, pair, node] = [node, next, next.value];
    } else if (node.kind === 'seq' && typeof step === 'number') {
      const item = node.items[step];
      if (!item || node.shared.has(step)) return undefined;
      [parent, pair, node] = [node, undefined, item];
    } else if (node.kind === 'scalar' && node.value === null && pair) {
      return { node, pair, parent, rest: path.slice(i) };
    } else return undefined;
  }
  return node.aliased ? undefined : { node, pair, parent, rest: [] };
}

/** Wraps a value in the maps of the path steps that are missing. */
function nest(rest: Path, value: Plain): Plain {
  return rest.reduceRight<Plain>((inner, step) => ({ [String(step)]: inner }), value);
}

function insertAt(
  source: Source,
  found: Found,
  rest: Path,
  value: Plain,
  after: string | undefined,
): TextEdit[] | undefined {
  const { node, pair, parent } = found;
  if (rest.some((step) => typeof step === 'number')) return undefined;
  if (node.kind === 'map') {
    const [key, ...inner] = rest;
    const edit = insertPair(source, node, String(key), nest(inner, value), after, pair);
    return edit && [edit];
  }
  if (node.kind === 'scalar' && node.value === null && pair) return fillNull(source, pair, parent, nest(rest, value));
  return undefined;
}

/** Offset of the colon behind a key; undefined where a `?` announces the key or a flow map leaves the colon out. */
function colonOf({ text }: Source, pair: Pair): number | undefined {
  let at = pair.keyEnd;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return text[at] === ':' ? at : undefined;
}

/** Column of a key that stands behind nothing but indentation and dashes; undefined behind `?`, an anchor or a tag. */
function columnOfKey({ text }: Source, pair: Pair): number | undefined {
  const line = lineStart(text, pair.keyStart);
  return /^ *(?:- +)*$/.test(text.slice(line, pair.keyStart)) ? pair.keyStart - line : undefined;
}

/** Writes the value of a key that has none yet. */
function fillNull(source: Source, pair: Pair, parent: Node | undefined, value: Plain): TextEdit[] | undefined {
  const colon = colonOf(source, pair);
  if (colon === undefined) return undefined;
  const { value: written } = pair;
  // An anchor or a tag of nothing would come to stand behind the value.
  if (written.end === written.start && /^[ \t]*[&!]/.test(source.text.slice(colon + 1, lineEnd(source.text, colon))))
    return undefined;
  const range =
    written.end > written.start ? { start: colon + 1, end: written.end } : { start: colon + 1, end: colon + 1 };
  if (parent?.kind === 'map' && parent.flow) return [{ range, newText: ` ${flow(value)}` }];
  if (isLeaf(value)) return [{ range, newText: ` ${inline(value)}` }];
  const column = columnOfKey(source, pair);
  if (column === undefined) return undefined;
  // A comment behind the key stays on the key's line.
  const end = written.end > written.start ? written.end : lineEnd(source.text, colon);
  const start = written.end > written.start ? range.start : end;
  return [{ range: { start, end }, newText: below(source, value, column + source.step) }];
}

function replace(
  source: Source,
  node: Node,
  pair: Pair | undefined,
  parent: Node | undefined,
  value: Plain,
): TextEdit[] | undefined {
  if (node.kind === 'unknown') return undefined;
  if (node.kind === 'scalar' && node.start === node.end)
    return pair ? fillNull(source, pair, parent, value) : undefined;
  const range = { start: node.start, end: beforeBreak(source.text, node.end) };
  if (node.kind === 'scalar' && node.style !== 'block' && isLeaf(value))
    return [{ range, newText: requote(node.style, value) }];
  if (node.kind !== 'scalar' && !node.flow) {
    if (node.open) return undefined;
    if (pair) return replaceBlock(source, node, pair, value);
    return [
      {
        range: { start: node.start, end: beforeBreak(source.text, contentEnd(source.text, node)) },
        newText: flow(value),
      },
    ];
  }
  return [{ range, newText: flow(value) }];
}

/** The end of a block may be the start of the next line; what replaces it must leave that line break. */
function beforeBreak(text: string, end: number): number {
  if (text[end - 1] !== '\n') return end;
  return text[end - 2] === '\r' ? end - 2 : end - 1;
}

/** A block collection is replaced from its key's colon, so that the lines before and after stay as they are. */
function replaceBlock(source: Source, node: MapNode | SeqNode, pair: Pair, value: Plain): TextEdit[] | undefined {
  const colon = colonOf(source, pair);
  const column = columnOfKey(source, pair);
  if (colon === undefined || column === undefined) return undefined;
  const range = { start: colon + 1, end: beforeBreak(source.text, contentEnd(source.text, node)) };
  return [{ range, newText: isLeaf(value) ? ` ${inline(value)}` : below(source, value, column + source.step) }];
}

function insertPair(
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

const ownPairs = (map: MapNode): Pair[] => map.pairs.filter((pair) => !isMerged(map, pair));

const isMerged = (map: MapNode, pair: Pair): boolean =>
  pair.keyStart < map.start || pair.keyStart >= Math.max(map.end, map.start + 1);

/** Inserts lines behind the line that holds `end`, which may already be the start of the next line (block scalars). */
function insertBehind({ text, eol }: Source, end: number, lines: string, column: number): TextEdit {
  const pad = ' '.repeat(column);
  if (end > 0 && text[end - 1] === '\n') return { range: { start: end, end }, newText: pad + lines + eol };
  const at = lineEnd(text, end);
  return { range: { start: at, end: at }, newText: eol + pad + lines };
}

/** End of a pair's content; a value that stands elsewhere (alias) or nowhere (null) ends with its line. */
function pairEnd(text: string, pair: Pair): number {
  if (pair.shared || pair.value.start < pair.keyEnd) return lineEnd(text, pair.keyEnd);
  return contentEnd(text, pair.value);
}

/** End of what a node wrote: of its deepest last value, since a block collection's own range may run on over comments. */
function contentEnd(text: string, node: Node): number {
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

/** Offset behind the last character before `at` that is no white space. */
function lastBefore(text: string, at: number): number {
  let end = at;
  while (end > 0 && /\s/.test(text[end - 1] ?? '')) end--;
  return end;
}

function appendItem(source: Source, seq: SeqNode, value: Plain): TextEdit {
  const { text } = source;
  const last = seq.items.at(-1);
  if (seq.flow || !last) {
    if (!last) return { range: { start: seq.start, end: seq.end }, newText: flow([value]) };
    return { range: { start: last.end, end: last.end }, newText: `, ${flow(value)}` };
  }
  const column = seq.start - lineStart(text, seq.start);
  return insertBehind(source, contentEnd(text, last), block(source, [value], column), column);
}

function removePair(source: Source, map: MapNode, pair: Pair): TextEdit {
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
function removeItem(source: Source, seq: SeqNode, item: Node): TextEdit[] | undefined {
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

const isLeaf = (value: Plain): boolean =>
  value === null ||
  typeof value !== 'object' ||
  (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0);

/** On one line; text with line breaks would become a block scalar. */
/** JSON text; a tab stop that proposes a number stands without quotes, as it does in YAML. */
const json = (value: Plain): string => JSON.stringify(value).replace(/"(SELFHEAL\d+STOP(?:00003\d)+END)"/g, '$1');

const inline = (value: Plain): string =>
  typeof value === 'string' && /[\r\n]/.test(value) ? JSON.stringify(value) : write(value, {});

const flow = (value: Plain): string =>
  typeof value === 'object' && value !== null ? write(value, { collectionStyle: 'flow' }) : inline(value);

const write = (value: Plain, options: { readonly collectionStyle?: 'flow'; readonly indent?: number }): string =>
  stringify(value, quoteStops, { lineWidth: 0, version: '1.1', indentSeq: true, ...options }).trimEnd();

/**
 * Quotes what only kubectl would read as something else, since it knows more forms of numbers than the library.
 * A tab stop is written plain, so quotes that its proposed text needs are put around it here. */
function quoteStops(_key: unknown, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (!value.includes('SELFHEAL'))
    return resolvePlain(value) === value && !awkward.test(value) ? value : doubleQuoted(value);
  const proposed = withoutStops(value);
  if (
    proposed === value ||
    /^\d+$/.test(proposed) ||
    stringify(proposed, { lineWidth: 0, version: '1.1' }).trimEnd() === proposed
  )
    return value;
  return doubleQuoted(
    value.replace(stopMark, (_, index: string, hex: string) =>
      tabStop(Number(index), JSON.stringify(decodeStop(hex)).slice(1, -1)),
    ),
  );
}

/** Text that the library writes in a form that does not fit everywhere: markers, and what is blank or invisible. */
const awkward = /^(?:---|\.\.\.)|[^\n\x20-\x7e\xa1-\u167f\u1681-\u1fff\u2030-\u205e\u2070-\u2fff\u3001-\ufefe]/;

function doubleQuoted(value: string): Scalar {
  const quoted = new Scalar(value);
  quoted.type = Scalar.QUOTE_DOUBLE;
  return quoted;
}

/** Keeps the quotes that stand there. */
function requote(style: 'plain' | 'single' | 'double' | 'block', value: Plain): string {
  if (typeof value !== 'string') return inline(value);
  if (style === 'double') return JSON.stringify(value);
  if (style === 'single' && /^[\x20-\x7e\xa0-\ud7ff]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return inline(value);
}

/** Block lines of a value at a column; the first line has no indentation of its own. */
function block(source: Source, value: Plain, column: number): string {
  const text = write(value, { indent: source.step });
  return text.split('\n').join(source.eol + ' '.repeat(column));
}

/** Block lines below a key. */
const below = (source: Source, value: Plain, column: number): string =>
  source.eol + ' '.repeat(column) + block(source, value, column);

/** Columns per level: the first step down in the document, 2 where there is none. */
function indentStep(text: string): number {
  const step = /^( *)(?:- )?[^\s#-][^\r\n]*:[ \t]*(?:#[^\r\n]*)?\r?\n\1( {1,8})[^\s#-]/m.exec(text)?.[2]?.length;
  return step && step >= 2 ? step : 2;
}
