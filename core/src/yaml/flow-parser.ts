import type { MapNode, Node, Pair, SeqNode } from './node.ts';
import { closingQuote, colon, giveUp, none, noteKey, scalar, space, startsPlain } from './tokens.ts';

/** Flow collections on one line. */
export class FlowParser {
  private readonly text: string;
  private readonly end: number;
  at: number;

  constructor(text: string, at: number, end: number) {
    this.text = text;
    this.at = at;
    this.end = end;
  }

  collection(): Node {
    return this.text[this.at] === '{' ? this.map() : this.seq();
  }

  private skip(): void {
    while (this.text.charCodeAt(this.at) === space) this.at++;
    if (this.at >= this.end) giveUp();
  }

  private map(): MapNode {
    const start = this.at++;
    const pairs: Pair[] = [];
    let seen: Set<string> | undefined;
    this.skip();
    while (this.text[this.at] !== '}') {
      const keyStart = this.at;
      const quoted = this.text[keyStart] === '"' || this.text[keyStart] === "'";
      const keyEnd = quoted ? closingQuote(this.text, keyStart, this.end) : this.plainEnd();
      const key = quoted ? this.text.slice(keyStart + 1, keyEnd - 1) : this.text.slice(keyStart, keyEnd);
      if (key === '<<') giveUp();
      seen = noteKey(seen, pairs, key);
      if (this.text.charCodeAt(keyEnd) !== colon || this.text.charCodeAt(keyEnd + 1) !== space) giveUp();
      this.at = keyEnd + 1;
      this.skip();
      pairs.push({ key, keyStart, keyEnd, value: this.node(), shared: false });
      this.separator('}');
    }
    this.at++;
    return { kind: 'map', start, end: this.at, flow: true, pairs: pairs.slice(), open: false };
  }

  private seq(): SeqNode {
    const start = this.at++;
    const items: Node[] = [];
    this.skip();
    while (this.text[this.at] !== ']') {
      items.push(this.node());
      this.separator(']');
    }
    this.at++;
    return { kind: 'seq', start, end: this.at, flow: true, items: items.slice(), shared: none, open: false };
  }

  /** Behind an entry: a comma with another entry, or the end. */
  private separator(close: string): void {
    this.skip();
    if (this.text[this.at] === close) return;
    if (this.text[this.at] !== ',') giveUp();
    this.at++;
    this.skip();
    if (this.text[this.at] === close || this.text[this.at] === ',') giveUp();
  }

  private node(): Node {
    const first = this.text[this.at];
    if (first === '{' || first === '[') return this.collection();
    const start = this.at;
    if (first === '"' || first === "'") {
      const end = closingQuote(this.text, start, this.end);
      // A quoted key of a single pair inside a sequence.
      if (this.text.charCodeAt(end) === colon) giveUp();
      this.at = end;
      return scalar(start, end, this.text.slice(start + 1, end - 1), first === '"' ? 'double' : 'single');
    }
    const end = this.plainEnd();
    if (this.text.charCodeAt(end) === colon) giveUp();
    this.at = end;
    return scalar(start, end, this.text.slice(start, end), 'plain');
  }

  /** End of a plain scalar or key: before a colon with a blank, a comma or a bracket. */
  private plainEnd(): number {
    const { text, at } = this;
    if (!startsPlain(text, at)) giveUp();
    let end = at;
    for (let i = at; i < this.end; i++) {
      const char = text[i] ?? '';
      if (char === ',' || char === ']' || char === '}') break;
      if (char === '[' || char === '{' || char === '#' || char === '\t') giveUp();
      if (char === ':' && /[\s,\]}]/.test(text[i + 1] ?? '\n')) {
        if (end !== i || i === at) giveUp();
        return i;
      }
      if (char !== ' ') end = i + 1;
    }
    if (end === at) giveUp();
    return end;
  }
}
