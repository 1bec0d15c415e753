/**
 * A fast reader of the YAML that people write: block mappings and sequences, scalars and flow collections on one line,
 * literal blocks. One pass with exact offsets, and no errors: whatever it does not know for sure (anchors, tags, folded
 * or multi-line scalars, escapes, tabs, mistakes) gives undefined, and the `yaml` package decides.
 * A property test holds the two against each other.
 */
import { FlowParser } from './flow-parser.ts';
import type { MapNode, Node, Pair, ScalarNode, SeqNode } from './node.ts';
import {
  closingQuote,
  colon,
  dash,
  giveUp,
  hash,
  isBreak,
  newline,
  none,
  noteKey,
  scalar,
  space,
  startsPlain,
  unsure,
} from './tokens.ts';

/** Reads a document; undefined when it holds anything beyond the common forms. */
export function parseBlocks(text: string): Node | undefined {
  if (text.includes('\r') || text.charCodeAt(0) === 0xfeff) return undefined;
  try {
    return new BlockParser(text).document();
  } catch (error) {
    if (error === unsure) return undefined;
    throw error;
  }
}

class BlockParser {
  private readonly text: string;
  /** Start of the next token's line, and its column; `column` is -1 at the end. */
  private at = 0;
  private column = -1;

  constructor(text: string) {
    this.text = text;
  }

  document(): Node | undefined {
    this.toContent(0);
    if (this.column === 0 && this.text.startsWith('---', this.at)) {
      const end = this.lineEnd(this.at);
      if (this.text.slice(this.at + 3, end).trim() !== '') giveUp();
      this.toContent(end + 1);
    }
    if (this.column < 0) giveUp();
    const root = this.block(this.column);
    if (this.column >= 0) giveUp();
    return root;
  }

  /** Moves to the first character of content at or behind a line's start. */
  private toContent(from: number): void {
    const { text } = this;
    for (let line = from; line < text.length;) {
      let i = line;
      while (text.charCodeAt(i) === space) i++;
      const code = text.charCodeAt(i);
      if (code === newline) line = i + 1;
      else if (code === hash) line = this.lineEnd(i) + 1;
      else if (i >= text.length) break;
      else {
        // Tabs may indent nothing, and markers end what this reader was given.
        if (
          code === 9 ||
          (i === line && (code === 37 || text.startsWith('...', i) || (i > 0 && text.startsWith('---', i) && from > 0)))
        ) {
          if (!(code === dash && from === 0)) giveUp();
        }
        this.at = i;
        this.column = i - line;
        return;
      }
    }
    this.at = text.length;
    this.column = -1;
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end < 0 ? this.text.length : end;
  }

  /** A block collection that starts at the current content, which stands at `column`. */
  private block(column: number): Node {
    if (this.isDash(this.at)) return this.seq(column);
    return this.map(column, this.at);
  }

  private isDash(at: number): boolean {
    if (this.text.charCodeAt(at) !== dash) return false;
    const next = this.text.charCodeAt(at + 1);
    return next === space || next === newline || Number.isNaN(next);
  }

  /** Lists that grew hold room for more; what is kept is copied to the size it has. */
  private map(column: number, start: number): MapNode {
    const pairs: Pair[] = [];
    let seen: Set<string> | undefined;
    let end = start;
    do {
      const { key, keyStart, keyEnd } = this.key(this.at);
      seen = noteKey(seen, pairs, key);
      const value = this.value(keyEnd + 1, column, keyEnd);
      pairs.push({ key, keyStart, keyEnd, value, shared: false });
      end = Math.max(keyEnd, value.end);
    } while (this.column === column && !this.isDash(this.at));
    if (this.column > column) giveUp();
    return { kind: 'map', start, end, flow: false, pairs: pairs.slice(), open: false };
  }

  /** Key at an offset, up to its colon. */
  private key(start: number): { key: string; keyStart: number; keyEnd: number } {
    const { text } = this;
    const first = text[start] ?? '';
    if (first === '"' || first === "'") {
      const end = closingQuote(text, start, this.lineEnd(start));
      if (text.charCodeAt(end) !== colon || !isBreak(text.charCodeAt(end + 1))) giveUp();
      return { key: text.slice(start + 1, end - 1), keyStart: start, keyEnd: end };
    }
    const end = this.plainKeyEnd(start);
    if (end === undefined) giveUp();
    const key = text.slice(start, end);
    if (key === '<<') giveUp();
    return { key, keyStart: start, keyEnd: end };
  }

  /** Offset of the colon that ends a plain key; undefined where the line holds none. */
  private plainKeyEnd(start: number): number | undefined {
    const { text } = this;
    if (!startsPlain(text, start)) giveUp();
    for (let i = start; ; i++) {
      const code = text.charCodeAt(i);
      if (code === newline || Number.isNaN(code)) return undefined;
      if (code === hash && text.charCodeAt(i - 1) === space) return undefined;
      if (code === 9) giveUp();
      if (code !== colon || !isBreak(text.charCodeAt(i + 1))) continue;
      if (i === start || text.charCodeAt(i - 1) === space) giveUp();
      return i;
    }
  }

  /**
   * Value behind a key's colon or an item's dash; leaves the reader at the content that follows.
   * @param column of the collection that owns the value
   * @param keyEnd end of the key; undefined for an item
   */
  private value(from: number, column: number, keyEnd: number | undefined): Node {
    const { text } = this;
    let at = from;
    while (text.charCodeAt(at) === space) at++;
    const code = text.charCodeAt(at);
    const commented = code === hash && at > from;
    if (code === newline || Number.isNaN(code) || commented) {
      this.toContent(this.lineEnd(at) + 1);
      if (this.column > column || (keyEnd !== undefined && this.column === column && this.isDash(this.at)))
        return this.block(this.column);
      if (keyEnd === undefined) giveUp();
      return { kind: 'scalar', start: at, end: at, source: '', style: 'plain', value: null };
    }
    const node = this.inline(at, column);
    if (this.column > column) giveUp();
    return node;
  }

  /** A value that starts on its key's line. */
  private inline(at: number, column: number): Node {
    const { text } = this;
    const first = text[at];
    if (first === '|') return this.literal(at, column);
    const end = this.lineEnd(at);
    let node: Node;
    let after: number;
    if (first === '"' || first === "'") {
      after = closingQuote(text, at, end);
      node = scalar(at, after, text.slice(at + 1, after - 1), first === '"' ? 'double' : 'single');
    } else if (first === '[' || first === '{') {
      const flow = new FlowParser(text, at, end);
      node = flow.collection();
      after = flow.at;
    } else {
      after = this.plainEnd(at, end);
      node = scalar(at, after, text.slice(at, after), 'plain');
    }
    let rest = after;
    while (text.charCodeAt(rest) === space) rest++;
    if (rest < end && !(text.charCodeAt(rest) === hash && rest > after)) giveUp();
    this.toContent(end + 1);
    return node;
  }

  /** End of a plain scalar on its line, before a comment and trailing blanks. */
  private plainEnd(start: number, lineEnd: number): number {
    const { text } = this;
    if (!startsPlain(text, start)) giveUp();
    let end = start;
    for (let i = start; i < lineEnd; i++) {
      const code = text.charCodeAt(i);
      if (code === hash && text.charCodeAt(i - 1) === space) break;
      if (code === 9 || (code === colon && isBreak(text.charCodeAt(i + 1)))) giveUp();
      if (code !== space) end = i + 1;
    }
    return end;
  }

  private seq(column: number): SeqNode {
    const items: Node[] = [];
    const start = this.at;
    let end = start;
    do {
      const item = this.item(this.at + 1, column);
      items.push(item);
      end = item.end;
    } while (this.column === column && this.isDash(this.at));
    if (this.column > column) giveUp();
    return { kind: 'seq', start, end, flow: false, items: items.slice(), shared: none, open: false };
  }

  /** What stands behind a dash. */
  private item(from: number, column: number): Node {
    const { text } = this;
    let at = from;
    while (text.charCodeAt(at) === space) at++;
    const code = text.charCodeAt(at);
    if (code === newline || Number.isNaN(code) || code === hash) return this.value(from, column, undefined);
    const inner = column + (at - from) + 1;
    if (this.isDash(at)) {
      this.at = at;
      return this.seq(inner);
    }
    if (this.startsKey(at)) {
      this.at = at;
      return this.map(inner, at);
    }
    return this.value(from, column, undefined);
  }

  private startsKey(at: number): boolean {
    const first = this.text[at];
    if (first === '"' || first === "'") {
      const end = closingQuote(this.text, at, this.lineEnd(at));
      return this.text.charCodeAt(end) === colon && isBreak(this.text.charCodeAt(end + 1));
    }
    if (first === '|' || first === '[' || first === '{') return false;
    return this.plainKeyEnd(at) !== undefined;
  }

  /** A literal block; its lines are indented deeper than the collection that owns it. */
  private literal(start: number, column: number): ScalarNode {
    const { text } = this;
    const header = this.lineEnd(start);
    const chomp = text.slice(start + 1, header);
    if (chomp !== '' && chomp !== '-') giveUp();
    let indent = -1;
    let end = header;
    const lines: string[] = [];
    let blanks = 0;
    let line = header + 1;
    for (; line < text.length;) {
      const lineEnd = this.lineEnd(line);
      let i = line;
      while (i < lineEnd && text.charCodeAt(i) === space) i++;
      const own = i - line;
      if (i === lineEnd) {
        // Blanks that are longer than the content's indentation would be content.
        if (own > 0 && (indent < 0 || own > indent)) giveUp();
        blanks++;
      } else {
        if (text.charCodeAt(i) === 9) giveUp();
        if (indent < 0) indent = own > column ? own : giveUp();
        if (own < indent) break;
        for (; blanks > 0; blanks--) lines.push('');
        lines.push(text.slice(line + indent, lineEnd));
        end = lineEnd;
      }
      line = lineEnd + 1;
    }
    // What follows an empty block, and where one ends without a final line break, is for the other parser to say.
    if (lines.length === 0 || end >= text.length) giveUp();
    this.toContent(line);
    if (this.column > column) giveUp();
    const body = lines.join('\n');
    return scalar(start, end + 1, chomp === '' ? `${body}\n` : body, 'block');
  }
}
