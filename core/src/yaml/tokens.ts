/** What block and flow collections are made of, where it stands on one line. */
import type { Pair, ScalarNode, ScalarStyle } from './node.ts';
import { resolvePlain } from './scalar.ts';

/** Thrown to leave the recursion; never seen outside of this reader. */
export const unsure = Symbol('unsure');

/** Leaves the document to the `yaml` package. */
export function giveUp(): never {
  // oxlint-disable-next-line no-throw-literal, only-throw-error -- a symbol costs no stack trace
  throw unsure;
}

/** No item of a sequence is an alias: aliases are not read here. */
export const none: ReadonlySet<number> = new Set();
export const newline = 10;
export const space = 32;
export const hash = 35;
export const colon = 58;
export const dash = 45;

/** From so many keys on a set of them is worth its price. */
const manyKeys = 16;

/** Gives up at a key that a map has already. Few keys are compared one by one; of many a set is kept and given back. */
export function noteKey(seen: Set<string> | undefined, pairs: readonly Pair[], key: string): Set<string> | undefined {
  if (!seen && pairs.length < manyKeys) {
    for (const pair of pairs) if (pair.key === key) giveUp();
    return undefined;
  }
  const keys = seen ?? new Set(pairs.map((pair) => pair.key));
  if (keys.has(key)) giveUp();
  return keys.add(key);
}

/** Whether a colon or a dash before this character code separates. */
export const isBreak = (code: number): boolean => code === space || code === newline || Number.isNaN(code);

/** Whether a plain scalar can start here; indicators and what only looks like one are for the other parser. */
export function startsPlain(text: string, at: number): boolean {
  const first = text[at] ?? '\n';
  if (first === '-') return !/[\s,[\]{}]/.test(text[at + 1] ?? '\n');
  return !/[\s?:,[\]{}#&*!|>'"%@`]/.test(first);
}

/** Offset behind the quote that closes the one at `start`, before `lineEnd`; gives up at escapes. */
export function closingQuote(text: string, start: number, lineEnd: number): number {
  const quote = text[start] ?? '"';
  const end = text.indexOf(quote, start + 1);
  if (end < 0 || end >= lineEnd) giveUp();
  if (quote === '"' ? text.lastIndexOf('\\', end) > start : text[end + 1] === "'") giveUp();
  if (text.slice(start, end).includes('\t')) giveUp();
  return end + 1;
}

/** A scalar that stands on one line, or is a literal block. */
export const scalar = (start: number, end: number, source: string, style: ScalarStyle): ScalarNode => ({
  kind: 'scalar',
  start,
  end,
  source,
  style,
  value: style === 'plain' ? resolvePlain(source) : source,
});
