import type { TextEdit } from '../text/text.ts';
import { lineBreak, lineEnd } from '../text/text.ts';
import { beforeBreak, contentEnd } from './ends.ts';
import { appendItem, columnOfKey, insertPair } from './insertion.ts';
import type { MapNode, Node, Pair, SeqNode } from './node.ts';
import type { Plain } from './plain.ts';
import { removeItem, removePair } from './removal.ts';
import type { Path } from './value.ts';
import type { Source } from './write.ts';
import { below, block, flow, indentStep, inline, isLeaf, requote } from './write.ts';

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

/** A block collection is replaced from its key's colon, so that the lines before and after stay as they are. */
function replaceBlock(source: Source, node: MapNode | SeqNode, pair: Pair, value: Plain): TextEdit[] | undefined {
  const colon = colonOf(source, pair);
  const column = columnOfKey(source, pair);
  if (colon === undefined || column === undefined) return undefined;
  const range = { start: colon + 1, end: beforeBreak(source.text, contentEnd(source.text, node)) };
  return [{ range, newText: isLeaf(value) ? ` ${inline(value)}` : below(source, value, column + source.step) }];
}
