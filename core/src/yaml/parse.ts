import type { CST, Document, ParsedNode } from 'yaml';
import { Composer, isAlias, isMap, isScalar, isSeq, Parser } from 'yaml';
import type { Range } from '../text/text.ts';
import type { ActionIndex } from './actions.ts';
import { indexActions } from './actions.ts';
import { parseBlocks } from './block-parser.ts';
import { tooDeep } from './depth.ts';
import { maskTemplates } from './mask.ts';
import type { MapNode, Node, Pair, ScalarNode, ScalarStyle, SeqNode } from './node.ts';
import { resolvePlain } from './scalar.ts';

/** Why a document could not be read; the first cause only, since the rest follow from it. */
export interface SyntaxProblem extends Range {
  /** Code of the parser, e.g. `BAD_INDENT`, or our own `TOO_DEEP`. */
  readonly code: string;
  readonly message: string;
}

export interface ParsedDocument {
  /** Absent for an empty document. */
  readonly root: Node | undefined;
  readonly problem: SyntaxProblem | undefined;
  /** Whether the text holds template actions. */
  readonly templated: boolean;
}

/** Reads one YAML document. Any text is valid input: never throws, and gives at most one problem. */
export function parseDocument(text: string): ParsedDocument {
  const masked = maskTemplates(text);
  const templated = masked.actions.length > 0;
  const deep = tooDeep(masked.text);
  if (deep !== undefined) return { root: undefined, problem: problem(deep, deep + 1, 'TOO_DEEP', ''), templated };
  const root = templated ? undefined : parseBlocks(text);
  return root ? { root, problem: undefined, templated } : parseWithAuthority(text, masked);
}

/** Reads a document with the `yaml` package, which decides what is YAML; our own reader knows the common forms only. */
export function parseWithAuthority(text: string, masked = maskTemplates(text)): ParsedDocument {
  const templated = masked.actions.length > 0;
  try {
    const document = withoutStacks(() => compose(masked.text));
    const error = document?.errors[0];
    const found = error ? problem(error.pos[0], error.pos[1], error.code, error.message) : undefined;
    const converter = new Converter(indexActions(text, masked), text.length);
    const root = document?.contents ? converter.convert(document.contents, 0) : undefined;
    return { root, problem: found ?? (templated ? undefined : converter.duplicate), templated };
  } catch (error) {
    // A stack overflow or a bug of the parser: the document is unreadable, the rest of the file is not.
    return { root: undefined, problem: problem(0, 1, 'UNREADABLE', String(error)), templated };
  }
}

/** The parser's tree of the first document; tokens behind the first one that fits nowhere are not read. */
function compose(text: string): Document.Parsed | undefined {
  const composer = new Composer({
    schema: 'failsafe',
    prettyErrors: false,
    strict: true,
    uniqueKeys: false,
    keepSourceTokens: false,
  });
  for (const document of composer.compose(untilError(new Parser().parse(text)), true, text.length)) return document;
  return undefined;
}

function* untilError(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    yield token;
    if (token.type === 'error') return;
  }
}

/**
 * The parser makes an Error of everything that is wrong. Stack traces of thousands of them take seconds and nobody
 * reads them, so engines that let them be switched off (V8) do without while it runs.
 */
function withoutStacks<Result>(run: () => Result): Result {
  const engine = Error as ErrorConstructor & { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  try {
    if (limit !== undefined) engine.stackTraceLimit = 0;
    return run();
  } finally {
    if (limit !== undefined) engine.stackTraceLimit = limit;
  }
}

const problem = (start: number, end: number, code: string, message: string): SyntaxProblem => ({
  start,
  end: Math.max(end, start + 1),
  code,
  message: message.split('\n')[0] ?? '',
});

/** Turns the parser's tree into ours: aliases resolved, merge keys applied, template text made unknown. */
class Converter {
  duplicate: SyntaxProblem | undefined;
  private readonly anchors = new Map<string, Node>();
  private readonly actions: ActionIndex;
  /** Pairs that merge keys may still bring: a few lines can ask for millions of them. */
  private mergeBudget: number;

  constructor(actions: ActionIndex, length: number) {
    this.actions = actions;
    this.mergeBudget = 1000 + length / 10;
  }

  /** @param from where lines that belong to the node may begin: behind the key that owns it */
  convert(node: ParsedNode | null, from: number): Node {
    if (!node) return { kind: 'unknown', start: from, end: from };
    const converted = this.convertPlain(node, from);
    if (!isAlias(node) && node.anchor) this.anchors.set(node.anchor, converted);
    return converted;
  }

  private convertPlain(node: ParsedNode, from: number): Node {
    const [start, end] = node.range;
    // Registered after its content, an anchor cannot contain itself: a cyclic alias stays unknown.
    if (isAlias(node)) return this.target(node.source) ?? { kind: 'unknown', start, end };
    if (isMap(node)) return this.map(node, start, end, from);
    if (isSeq(node)) return this.seq(node, start, end, from);
    if (isScalar(node)) return this.scalar(node, start, end);
    return { kind: 'unknown', start, end };
  }

  /** Node an alias repeats, marked as such. */
  private target(anchor: string): Node | undefined {
    const node: { aliased?: true } | undefined = this.anchors.get(anchor);
    if (node) node.aliased = true;
    return this.anchors.get(anchor);
  }

  private map(node: { flow?: boolean; items: readonly YamlPair[] }, start: number, end: number, from: number): MapNode {
    const pairs: Pair[] = [];
    const merged: Pair[] = [];
    const seen = new Set<string>();
    const flow = node.flow === true;
    const column = this.actions.column(start);
    let open = false;
    // A block map ends with its last value; the parser's own end runs on over comments and blank lines.
    let last: number | undefined;
    for (const { key, value } of node.items) {
      const name = key ? this.convert(key, key.range[0]) : undefined;
      if (!key || name?.kind !== 'scalar') {
        last = undefined;
        open = true;
        if (value) this.convert(value, value.range[0]);
        continue;
      }
      const keyEnd = key.range[1];
      let converted = value ? this.convert(value, keyEnd) : this.nothing(keyEnd);
      const goesOn = flow ? undefined : mayGoOn(value, converted);
      const writtenTo = goesOn && this.actions.writesValue(keyEnd, column, goesOn === 'nothing');
      if (writtenTo !== undefined)
        converted = {
          kind: 'unknown',
          start: Math.max(keyEnd, converted.start),
          end: Math.max(converted.end, writtenTo),
        };
      last = value && isAlias(value) ? value.range[1] : Math.max(keyEnd, converted.end);
      if (name.source === '<<' && name.style === 'plain') {
        open = this.merge(converted, merged) || open;
        continue;
      }
      if (seen.has(name.source)) this.duplicate ??= problem(key.range[0], keyEnd, 'DUPLICATE_KEY', name.source);
      else {
        const shared = value !== null && isAlias(value);
        pairs.push({ key: name.source, keyStart: key.range[0], keyEnd, value: converted, shared });
      }
      seen.add(name.source);
    }
    for (const pair of merged) if (!seen.has(pair.key) && seen.add(pair.key)) pairs.push(pair);
    const writtenTo = this.actions.writesInto({ from: flow ? start : from, end, column, kind: flow ? 'flow' : 'map' });
    return {
      kind: 'map',
      start,
      end: Math.max(flow ? end : (last ?? end), writtenTo ?? 0),
      flow,
      pairs,
      open: open || writtenTo !== undefined,
    };
  }

  /** Adds what `<<` brings; returns whether unseen keys may come with it. */
  private merge(source: Node, into: Pair[]): boolean {
    if (source.kind === 'seq') return source.items.map((item) => this.merge(item, into)).includes(true) || source.open;
    if (source.kind !== 'map') return true;
    this.mergeBudget -= source.pairs.length;
    if (this.mergeBudget < 0) return true;
    for (const pair of source.pairs) into.push({ ...pair, shared: true });
    return source.open;
  }

  private seq(
    node: { flow?: boolean; items: readonly (ParsedNode | null)[] },
    start: number,
    end: number,
    from: number,
  ): SeqNode {
    const shared = new Set<number>();
    const items = node.items.map((item, index) => {
      if (item && isAlias(item)) shared.add(index);
      return item ? this.convert(item, item.range[0]) : this.nothing(start);
    });
    const flow = node.flow === true;
    const writtenTo = this.actions.writesInto({
      from: flow ? start : from,
      end,
      column: this.actions.column(start),
      kind: flow ? 'flow' : 'seq',
    });
    const open = writtenTo !== undefined;
    const final = node.items.at(-1);
    const last = final && isAlias(final) ? final.range[1] : items.at(-1)?.end;
    return {
      kind: 'seq',
      start,
      end: Math.max(flow ? end : (last ?? end), writtenTo ?? 0),
      flow,
      items,
      shared: shared.size > 0 ? shared : noneShared,
      open,
    };
  }

  private scalar(node: YamlScalar, start: number, end: number): Node {
    const style = styles[node.type ?? 'PLAIN'] ?? 'plain';
    if (this.actions.fills(start, end)) return { kind: 'unknown', start, end };
    const source = typeof node.value === 'string' ? node.value : '';
    return { kind: 'scalar', start, end, source, style, value: resolve(source, style, node.tag) };
  }

  private nothing(at: number): ScalarNode {
    return { kind: 'scalar', start: at, end: at, source: '', style: 'plain', value: null };
  }
}

/** One set for the many sequences without aliases. */
const noneShared: ReadonlySet<number> = new Set();

/** A value that lines below its key may write or go on with. */
function mayGoOn(value: ParsedNode | null, converted: Node): 'nothing' | 'block' | undefined {
  if (converted.kind === 'scalar' && converted.value === null && converted.source === '') return 'nothing';
  return isScalar(value) && styles[value.type ?? 'PLAIN'] === 'block' ? 'block' : undefined;
}

interface YamlPair {
  readonly key: ParsedNode | null;
  readonly value: ParsedNode | null;
}

interface YamlScalar {
  readonly value: unknown;
  readonly type?: string;
  readonly tag?: string;
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

function resolve(source: string, style: ScalarStyle, tag: string | undefined): ScalarNode['value'] {
  if (style !== 'plain' || tag?.endsWith(':str') || tag === '!') return source;
  return resolvePlain(source);
}
