/**
 * What a document is kept as: a compact tree with offsets relative to the document's first character, so that an
 * unchanged document that moves within its file keeps its tree. A `yaml` Document would cost several times the memory.
 */
export type Node = MapNode | SeqNode | ScalarNode | UnknownNode;

interface Spanned {
  readonly start: number;
  readonly end: number;
  /** An alias elsewhere repeats this node, so an edit of it would change more than one place. */
  readonly aliased?: true;
}

export interface MapNode extends Spanned {
  readonly kind: 'map';
  readonly flow: boolean;
  readonly pairs: readonly Pair[];
  /** More keys may exist than are seen here (template text adds some), so absence cannot be claimed. */
  readonly open: boolean;
  readonly written?: Written;
}

export interface Pair {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Node;
  /** The value stands elsewhere, behind an alias, or came by a merge key: it must not be edited through this path. */
  readonly shared: boolean;
}

export interface SeqNode extends Spanned {
  readonly kind: 'seq';
  readonly flow: boolean;
  readonly items: readonly Node[];
  /** Indexes of items that are aliases. */
  readonly shared: ReadonlySet<number>;
  readonly open: boolean;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

export interface ScalarNode extends Spanned {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Text as written, unquoted and unescaped. */
  readonly source: string;
  readonly style: ScalarStyle;
}

/** Template text, an unresolvable alias or a broken node: nothing may be concluded from it. */
export interface UnknownNode extends Spanned {
  readonly kind: 'unknown';
  /** Stands for the text that comes of it: where two of one template's renderings have the same, they are equal. */
  readonly token?: string;
  readonly written?: Written;
}

/** What template text writes into a map of labels. */
export interface Written {
  /** Tokens of whole sets of labels. */
  readonly sets: readonly string[];
  /** Keys that a condition decides about. */
  readonly doubtful: ReadonlySet<string>;
  /** Whether that is all: with the pairs that are seen, everything is accounted for. */
  readonly complete: boolean;
}
