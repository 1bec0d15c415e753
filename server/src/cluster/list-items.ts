/**
 * Takes a list apart while it arrives: each item is parsed by itself as soon as it is whole, so that neither the text
 * of a page nor all of its objects are ever in memory at once, and no long list is parsed in one go.
 */
import { parseLean } from './lean.ts';

/** Takes chunks of a list's JSON. */
export interface ItemReader {
  /** @throws SyntaxError for an item that is no JSON, RangeError when one is too long */
  push(chunk: Buffer): void;
  /** The list without its items. @throws SyntaxError when it is not whole */
  end(): unknown;
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** Bytes; no object is as long as this, and no list without its items. */
const longest = 16 * 1024 * 1024;

/** Creates a reader of one list. `onItem` gets the objects in `items`, in their order. */
export function createItemReader(onItem: (item: unknown) => void): ItemReader {
  /** What is outside the items, and the pieces of the item that is not whole yet. */
  const outside: Buffer[] = [];
  let pieces: Buffer[] = [];
  let size = 0;
  let depth = 0;
  let [inText, escaped, inItems] = [false, false, false];

  const keep = (to: Buffer[], piece: Buffer): void => {
    if (piece.length === 0) return;
    to.push(piece);
    size += piece.length;
    if (size > longest) throw new RangeError(`an object is longer than ${longest} bytes`);
  };
  const item = (last: Buffer): void => {
    const whole = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
    pieces = [];
    size = 0;
    onItem(parseLean(whole));
  };
  /** True where the text so far ends with the key of the list's items. */
  const itemsBegin = (last: Buffer): boolean => {
    let tail = last.toString('latin1');
    for (let at = outside.length - 1; at >= 0 && tail.length < 64; at--)
      tail = `${outside[at]?.toString('latin1') ?? ''}${tail}`;
    return /"items"\s*:\s*$/.test(tail.slice(-64));
  };

  return {
    push(chunk) {
      /** Where what is not handed on yet begins; -1 between two items. */
      let start = inItems && depth === 2 ? -1 : 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at];
        if (inText) {
          if (escaped) escaped = false;
          else if (byte === backslash) escaped = true;
          else if (byte === quote) inText = false;
        } else if (byte === quote) inText = true;
        else if (byte === openBrace || byte === openBracket) {
          depth++;
          if (inItems && depth === 3) start = at;
          else if (byte === openBracket && depth === 2 && itemsBegin(chunk.subarray(Math.max(0, start), at))) {
            keep(outside, chunk.subarray(start, at + 1));
            size = 0;
            [inItems, start] = [true, -1];
          }
        } else if (byte === closeBrace || byte === closeBracket) {
          depth--;
          if (inItems && depth === 2) {
            item(chunk.subarray(start, at + 1));
            start = -1;
          } else if (inItems && depth === 1) [inItems, start] = [false, at];
        }
      }
      if (start !== -1) keep(inItems ? pieces : outside, start === 0 ? chunk : chunk.subarray(start));
    },
    end: () => JSON.parse(Buffer.concat(outside).toString()),
  };
}
