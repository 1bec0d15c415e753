import type { Range } from '../text/text.ts';
import type { Action } from '../yaml/mask.ts';
import { maskTemplates } from '../yaml/mask.ts';
import type { Node, Pair } from '../yaml/node.ts';
import { relocate } from '../yaml/patch.ts';
import { Value } from '../yaml/value.ts';
import type { Resource } from './manifest.ts';
import { readResource } from './manifest.ts';
import type { SourceFile } from './project.ts';
import type { Lookup, Result } from './template-values.ts';
import { evaluate, expressionOf, isEmpty, none, plainScalar, sourceOf } from './template-values.ts';

/** Where a chart's default stands. */
export interface Default {
  /** Path below `.Values`, e.g. `image.tag`. */
  readonly path: string;
  readonly uri: string;
  /** In the first document of that file. */
  readonly range: Range;
}

/** Defaults of a chart: its own values, and those that the charts around it set for it. */
export interface Chart {
  readonly dir: string;
  /** Values files, the weightiest first, each with the place in it that the chart's values start at. */
  readonly sources: readonly { readonly uri: string; readonly root: Value }[];
  readonly about: Value;
}

/** Values files of a chart that stands in a folder: its own, and behind `charts/` those of the chart around. */
export function readChart(dir: string, files: ReadonlyMap<string, SourceFile>): Chart {
  const rootOf = (uri: string): Value =>
    Value.root(files.get(uri)?.documents.find(({ manifest }) => manifest.root)?.manifest.root);
  const about = rootOf(`${dir}/Chart.yaml`);
  const own = [{ uri: `${dir}/values.yaml`, root: rootOf(`${dir}/values.yaml`) }];
  const outer = /^(.*)\/charts\/[^/]+$/.exec(dir)?.[1];
  const name = about.at('name').text();
  if (outer === undefined || name === undefined || !files.has(`${outer}/Chart.yaml`))
    return { dir, sources: own, about };
  const above = readChart(outer, files).sources.map(({ uri, root }) => ({ uri, root: root.at(name) }));
  return { dir, sources: [...above, ...own], about };
}

/** A default that a template's text was replaced by, and where in the template. */
export interface Use extends Range {
  readonly defaults: readonly Default[];
}

/** An object with the chart's defaults filled in. */
export interface Filled {
  readonly resource: Resource;
  readonly uses: readonly Use[];
}

/** Keys whose values name or select objects: those are compared with others as they are written. */
const naming = /^(?:metadata|selector|labelSelector|matchLabels|matchExpressions|name|kind|apiVersion|[a-zA-Z]*Name)$/;

/** Documents with more actions are left alone: each value is looked for among all of them. */
const mostActions = 2000;

/** An object of a chart as its defaults make it, as far as they are certain; the object itself where none is. */
export function fillDefaults(resource: Resource, text: string, chart: Chart): Filled {
  const { tree } = resource.value;
  const { actions } = maskTemplates(text);
  if (!tree || actions.length === 0 || actions.length > mostActions) return { resource, uses: [] };
  const blocks = readBlocks(text, actions);
  const uses: Use[] = [];
  const fill = (node: Node, from: number, keyEnd: number): Node => {
    switch (node.kind) {
      case 'map': {
        const pairs = node.pairs.map((pair): Pair => {
          const value =
            naming.test(pair.key) || pair.shared ? pair.value : fill(pair.value, pair.keyStart, pair.keyEnd);
          return value === pair.value ? pair : { ...pair, value };
        });
        return pairs.every((pair, index) => pair === node.pairs[index]) ? node : { ...node, pairs };
      }
      case 'seq': {
        const items = node.items.map((item, index) => (node.shared.has(index) ? item : fill(item, item.start, -1)));
        return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
      }
      case 'scalar':
        return node;
      case 'unknown': {
        const defaults: Default[] = [];
        const filled = substitute(node, text, actions, { start: from, end: keyEnd }, { blocks, chart, defaults });
        if (!filled) return node;
        uses.push({ start: from, end: node.end, defaults });
        return filled;
      }
    }
  };
  const filled = fill(tree, 0, 0);
  if (filled === tree) return { resource, uses: [] };
  return { resource: readResource(resource.value.over(filled), resource.apiVersion, resource.kind), uses };
}

interface Scope {
  readonly blocks: readonly Block[];
  readonly chart: Chart;
  /** Notes what was looked up. */
  readonly defaults: Default[];
}

/** What stands in a template's place; undefined when that is not certain. */
function substitute(node: Node, text: string, actions: readonly Action[], key: Range, scope: Scope): Node | undefined {
  const inside = actions.filter(({ start, end }) => start >= node.start && end <= node.end);
  if (inside.length === 0 || inside.some(({ role }) => role === 'control')) return undefined;
  const lookup = lookupAt(node.start, scope);
  if (!lookup) return undefined;
  const [only] = inside;
  const written = text
    .slice(node.start, node.end)
    .replace(node.start === key.end ? /^\s*:/ : /^/, '')
    .trim();
  if (inside.length === 1 && only && written === text.slice(only.start, only.end)) {
    const expression = expressionOf(written);
    const result = evaluate(expression, lookup);
    if (result === none || result === undefined) return undefined;
    if (typeof result === 'object' && result.kind !== 'scalar')
      return /\btoYaml\b/.test(expression) ? relocate(result, node.start === key.end ? key : node) : undefined;
    return scalarNode(only, result, /\bs?quote\b/.test(expression));
  }
  return substituteText(node, text, inside, lookup);
}

function scalarNode({ start, end }: Range, result: Result, quoted: boolean): Node | undefined {
  const source = sourceOf(result);
  if (source === undefined) return undefined;
  if (quoted) return { kind: 'scalar', start, end, source, style: 'double', value: source };
  const plain = plainScalar(source);
  return plain && { kind: 'scalar', start, end, style: 'plain', ...plain };
}

/** Text with actions in it, quoted or not. */
function substituteText(
  { start, end }: Node,
  text: string,
  inside: readonly Action[],
  lookup: Lookup,
): Node | undefined {
  let rendered = '';
  let at = start;
  for (const action of inside) {
    const result = evaluate(expressionOf(text.slice(action.start, action.end)), lookup);
    const source = result === none ? undefined : sourceOf(result);
    if (source === undefined || /\bs?quote\b/.test(text.slice(action.start, action.end))) return undefined;
    rendered += text.slice(at, action.start) + source;
    at = action.end;
  }
  rendered += text.slice(at, end);
  const quoted = /^(["'])(.*)\1$/s.exec(rendered);
  if (quoted) {
    const source = quoted[2] ?? '';
    return /["'\\]/.test(source) ? undefined : { kind: 'scalar', start, end, source, style: 'double', value: source };
  }
  const plain = plainScalar(rendered);
  return plain && { kind: 'scalar', start, end, style: 'plain', ...plain };
}

/** A part of a template that is rendered on a condition, once for each item, or with another `.`. */
interface Block extends Range {
  readonly word: string;
  readonly expression: string;
  /** Behind `else`. */
  readonly negated: boolean;
}

/** The blocks of a text, each with what decides about it; one that the text does not close goes to its end. */
function readBlocks(text: string, actions: readonly Action[]): Block[] {
  const blocks: Block[] = [];
  const open: { word: string; expression: string; start: number; negated: boolean }[] = [];
  const close = (end: number): void => {
    const block = open.pop();
    if (block) blocks.push({ ...block, end });
  };
  for (const action of actions) {
    const [, word = '', expression = ''] =
      /^(\w+)\s*(.*)$/s.exec(expressionOf(text.slice(action.start, action.end))) ?? [];
    if (word === 'end') close(action.start);
    else if (word === 'else') {
      const before = open.at(-1);
      close(action.start);
      // What `else if` asks hangs on all before it: left undecided.
      open.push({
        word: expression === '' && before?.word === 'if' && !before.negated ? 'if' : 'else',
        expression: before?.expression ?? '',
        start: action.end,
        negated: true,
      });
    } else if (['if', 'with', 'range', 'define', 'block'].includes(word))
      open.push({ word, expression, start: action.end, negated: false });
  }
  while (open.length > 0) close(text.length);
  return blocks;
}

/** What names stand for at a place; undefined where it is not rendered by default, or that cannot be told. */
function lookupAt(offset: number, { blocks, chart, defaults }: Scope): Lookup | undefined {
  const around = blocks.filter(({ start, end }) => start <= offset && offset < end).sort((a, b) => a.start - b.start);
  let dot: string | undefined = '';
  for (const { word, expression, negated } of around) {
    const quiet = lookupIn(chart, dot, []);
    if (word === 'range' || word === 'define' || word === 'block' || word === 'else') return undefined;
    const result = evaluate(expression, quiet);
    const empty = result === none ? none : isEmpty(result);
    if (empty === none || empty !== negated) return undefined;
    if (word === 'with') dot = /^\$?\.Values((?:\.\w+)+)$/.exec(expression)?.[1]?.slice(1);
  }
  return lookupIn(chart, dot, defaults);
}

/** @param dot path of values that `.` stands for: empty for the root, undefined when it cannot be told */
function lookupIn({ sources, about }: Chart, dot: string | undefined, defaults: Default[]): Lookup {
  const values = (path: string): Result | typeof none => {
    for (const { uri, root } of sources) {
      const value = root.at(...path.split('.'));
      if (value.unknown) return none;
      if (value.missing || !value.tree) continue;
      if (sources.length > 1 && value.isMap) return none;
      defaults.push({ path, uri, range: value.highlight });
      return value.tree;
    }
    // Nobody says that it is absent: it may be meant to be set.
    return undefined;
  };
  return (name) => {
    const plain = name.startsWith('$') ? name.slice(1) : name;
    if (!name.startsWith('$') && dot === undefined) return none;
    if (!name.startsWith('$') && dot !== undefined && dot !== '')
      return plain === '.' ? values(dot) : values(`${dot}${plain}`);
    const path = /^\.Values\.(.+)$/.exec(plain)?.[1];
    if (path !== undefined) return values(path);
    const field = /^\.Chart\.(Name|Version|AppVersion)$/.exec(plain)?.[1];
    return field === undefined ? none : (about.at((field[0] ?? '').toLowerCase() + field.slice(1)).rawText() ?? none);
  };
}
