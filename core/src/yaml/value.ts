import type { Range } from '../text/text.ts';
import type { MapNode, Node, Pair } from './node.ts';

/** Keys and indexes from a document's root to a value. */
export type Path = readonly (string | number)[];

/** A key of a map with the place it is written at. */
export interface Entry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: Value;
}

/**
 * Read-only view of one place in a document. Asking for what is not there never throws: it gives a view that is
 * `missing` (certainly absent), or `unknown` (template text, or a map whose keys are not all seen).
 * Its range is then that of the nearest existing parent.
 */
export class Value {
  private readonly node: Node | undefined;
  private readonly uncertain: boolean;
  /** The place this one was reached from, and the last step; most paths and places are never asked for. */
  private readonly from: Value | undefined;
  private readonly step: string | number;
  private place: Range | Pair | Node | undefined;
  private way: Path | undefined;

  private constructor(
    node: Node | undefined,
    from: Value | undefined,
    step: string | number,
    place: Range | Pair | Node | undefined,
    uncertain = false,
  ) {
    this.node = node;
    this.from = from;
    this.step = step;
    this.place = place;
    this.uncertain = uncertain;
    this.way = undefined;
  }

  static root(node: Node | undefined): Value {
    const root = new Value(node, undefined, '', node ?? { start: 0, end: 0 });
    root.way = [];
    return root;
  }

  get path(): Path {
    return (this.way ??= [...(this.from?.path ?? []), this.step]);
  }

  /** What a finding underlines: a scalar itself, a collection's key or its first line. */
  get highlight(): Range {
    const { place } = this;
    if (place === undefined) return this.from?.highlight ?? { start: 0, end: 0 };
    if ('keyStart' in place) return (this.place = highlightOf(place));
    return 'kind' in place ? (this.place = headOf(place)) : place;
  }

  /** The tree below this place; undefined where nothing is written. */
  get tree(): Node | undefined {
    return this.node;
  }

  /** View of another tree in the same place. */
  over(node: Node): Value {
    const view = new Value(node, this.from, this.step, this.highlight);
    view.way = this.path;
    return view;
  }

  /** Certainly absent; null counts as absent, as the API server drops it. */
  get missing(): boolean {
    return !this.uncertain && (this.node === undefined || (this.node.kind === 'scalar' && this.node.value === null));
  }

  /** Nothing may be concluded: template text, or a place whose presence cannot be decided. */
  get unknown(): boolean {
    return this.uncertain || this.node?.kind === 'unknown';
  }

  /** Present with a value that can be read. */
  get exists(): boolean {
    return !this.missing && !this.unknown;
  }

  get isMap(): boolean {
    return this.node?.kind === 'map';
  }

  get isSeq(): boolean {
    return this.node?.kind === 'seq';
  }

  /** A collection that may hold more than is seen here, because template text adds to it. */
  get open(): boolean {
    return this.unknown || ((this.node?.kind === 'map' || this.node?.kind === 'seq') && this.node.open);
  }

  /** Whole span of the value; of the nearest existing parent's highlight when it is missing. */
  get range(): Range {
    return this.node ? { start: this.node.start, end: this.node.end } : this.highlight;
  }

  at(...path: Path): Value {
    if (path.length === 0) return this;
    let value = this.next(path[0] ?? '');
    for (let i = 1; i < path.length; i++) value = value.next(path[i] ?? '');
    return value;
  }

  private next(step: string | number): Value {
    const node = this.node;
    if (this.unknown) return new Value(undefined, this, step, undefined, true);
    if (node?.kind === 'map') {
      const pair = find(node, String(step));
      return pair ? new Value(pair.value, this, step, pair) : new Value(undefined, this, step, undefined, node.open);
    }
    if (node?.kind === 'seq' && typeof step === 'number') {
      const item = node.items[step];
      return item ? new Value(item, this, step, item) : new Value(undefined, this, step, undefined, node.open);
    }
    return new Value(undefined, this, step, undefined);
  }

  /** Range of the key of an existing map entry, else its highlight. */
  keyRange(key: string): Range {
    const pair = this.node?.kind === 'map' ? find(this.node, key) : undefined;
    return pair ? { start: pair.keyStart, end: pair.keyEnd } : this.highlight;
  }

  has(key: string): boolean {
    return this.node?.kind === 'map' && find(this.node, key) !== undefined;
  }

  entries(): Entry[] {
    if (this.node?.kind !== 'map') return [];
    return this.node.pairs.map((pair) => ({
      key: pair.key,
      keyRange: { start: pair.keyStart, end: pair.keyEnd },
      value: new Value(pair.value, this, pair.key, pair),
    }));
  }

  items(): Value[] {
    if (this.node?.kind !== 'seq') return [];
    return this.node.items.map((item, index) => new Value(item, this, index, item));
  }

  /** A string, or a scalar's text as it was written where the field wants a string. Template text gives undefined. */
  text(): string | undefined {
    const node = this.node;
    if (node?.kind !== 'scalar' || node.value === null || holdsVariable(node.source)) return undefined;
    return node.source;
  }

  /** The text, or what stands for it where a chart's template writes it: equal ones are equal once rendered. */
  identity(): string | undefined {
    return this.text() ?? (this.node?.kind === 'unknown' ? this.node.token : undefined);
  }

  /** The text with `${…}` and `$(…)` left in, for commands, arguments and environment. */
  rawText(): string | undefined {
    return this.node?.kind === 'scalar' && this.node.value !== null ? this.node.source : undefined;
  }

  /** A string as the API server decodes it: undefined for numbers, booleans and anything unknown. */
  string(): string | undefined {
    return this.node?.kind === 'scalar' && typeof this.node.value === 'string' ? this.text() : undefined;
  }

  number(): number | undefined {
    return this.node?.kind === 'scalar' && typeof this.node.value === 'number' ? this.node.value : undefined;
  }

  boolean(): boolean | undefined {
    return this.node?.kind === 'scalar' && typeof this.node.value === 'boolean' ? this.node.value : undefined;
  }

  /** A number or a string, as int-or-string fields (ports, percentages) take them. */
  intOrString(): number | string | undefined {
    return this.number() ?? this.string();
  }

  /** Whether this is text that a template or variable fills in. */
  get templated(): boolean {
    return this.unknown || (this.node?.kind === 'scalar' && holdsVariable(this.node.source));
  }

  /** String map such as labels; entries whose value is unknown are left out and make `complete` false. */
  labels(): { readonly labels: Readonly<Record<string, string>>; readonly complete: boolean } {
    const labels: Record<string, string> = {};
    let complete = !this.open;
    for (const { key, value } of this.entries()) {
      const text = value.text();
      if (text === undefined && !value.missing) complete = false;
      else labels[key] = text ?? '';
    }
    return { labels, complete };
  }

  /**
   * String map with what template text writes into it, as identities: only what is certainly there.
   * @returns `complete`: nothing else is
   */
  identities(): { readonly labels: Readonly<Record<string, string>>; readonly complete: boolean } {
    const node = this.node;
    const written = node?.kind === 'map' || node?.kind === 'unknown' ? node.written : undefined;
    const labels: Record<string, string> = {};
    let complete = written ? written.complete : !this.open;
    for (const { key, value } of this.entries()) {
      const identity = value.missing ? '' : value.identity();
      if (identity === undefined || written?.doubtful.has(key)) complete = false;
      else labels[key] = identity;
    }
    for (const set of written?.sets ?? []) labels[set] = '';
    return { labels, complete };
  }

  /** Plain JSON of a small value; undefined when any of it is unknown. Meant for handlers and the like, not for whole documents. */
  json(): unknown {
    return toJson(this.node, { left: 2000 });
  }
}

const holdsVariable = (text: string): boolean => text.includes('${') || text.includes('$(') || text.includes('{{');

/** Pairs of large maps by key; most maps are small, and there a pass is cheaper. */
const indexes = new WeakMap<MapNode, Map<string, Pair>>();

function find(map: MapNode, key: string): Pair | undefined {
  if (map.pairs.length < 32) {
    for (const pair of map.pairs) if (pair.key === key) return pair;
    return undefined;
  }
  let index = indexes.get(map);
  if (!index) indexes.set(map, (index = new Map(map.pairs.map((pair) => [pair.key, pair]))));
  return index.get(key);
}

/** A scalar is underlined itself, a collection at the key that names it. */
export function highlightOf(pair: Pair): Range {
  const { value } = pair;
  const inPlace = !pair.shared && value.end > value.start && value.start >= pair.keyEnd;
  if (inPlace && (value.kind === 'scalar' || value.kind === 'unknown')) return { start: value.start, end: value.end };
  return { start: pair.keyStart, end: pair.keyEnd };
}

/** First pair of a map, first item of a sequence: what stands on a collection's first line. */
export function headOf(node: Node): Range {
  if (node.kind === 'map') {
    const first = node.pairs[0];
    if (first) return { start: first.keyStart, end: Math.max(first.keyEnd, highlightOf(first).end) };
  }
  if (node.kind === 'seq') {
    const first = node.items[0];
    if (first) return headOf(first);
  }
  return { start: node.start, end: node.end };
}

function toJson(node: Node | undefined, budget: { left: number }): unknown {
  if (!node || node.kind === 'unknown' || --budget.left < 0) return undefined;
  if (node.kind === 'scalar') return holdsVariable(node.source) ? undefined : node.value;
  if (node.open) return undefined;
  if (node.kind === 'seq') {
    const items = node.items.map((item) => toJson(item, budget));
    return items.includes(undefined) ? undefined : items;
  }
  const result: Record<string, unknown> = {};
  for (const pair of node.pairs) {
    const value = toJson(pair.value, budget);
    if (value === undefined) return undefined;
    result[pair.key] = value;
  }
  return result;
}
