import type { Range } from '../text/text.ts';
import type { Action } from '../yaml/mask.ts';
import type { MapNode, Node, Pair } from '../yaml/node.ts';
import { relocate } from '../yaml/patch.ts';
import { Value } from '../yaml/value.ts';
import type { Resource } from './manifest.ts';
import { remade } from './manifest.ts';
import type { SourceFile } from './project.ts';
import type { Block, Template } from './template-blocks.ts';
import { blocksAround } from './template-blocks.ts';
import { withToken, writtenInto } from './template-tokens.ts';
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
  /** Whether the charts around it have it by default; undefined where that cannot be told. */
  readonly enabled: boolean | undefined;
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
    return { dir, sources: own, about, enabled: true };
  const parent = readChart(outer, files);
  const dependency = parent.about
    .at('dependencies')
    .items()
    .find((each) => each.at('name').text() === name);
  const key = dependency?.at('alias').text() ?? name;
  const above = parent.sources.map(({ uri, root }) => ({ uri, root: root.at(key) }));
  const enabled = parent.enabled === true ? isEnabled(dependency, parent) : parent.enabled;
  return { dir, sources: [...above, ...own], about, enabled };
}

/** Whether a chart has one of its charts: the first of its conditions that is set decides, else its tags. */
function isEnabled(dependency: Value | undefined, { sources }: Chart): boolean | undefined {
  const read = (path: readonly string[]): Value | undefined =>
    sources.map(({ root }) => root.at(...path)).find((value) => !value.missing);
  for (const path of dependency?.at('condition').text()?.split(',') ?? []) {
    const value = read(path.trim().split('.'));
    if (value) return value.boolean();
  }
  const tags = (dependency?.at('tags').items() ?? []).flatMap((tag) => read(['tags', tag.text() ?? '']) ?? []);
  if (tags.some((tag) => tag.boolean() === undefined)) return undefined;
  return tags.length === 0 || tags.some((tag) => tag.boolean() === true);
}

/** A default that a template's text was replaced by, and where in the template. */
export interface Use extends Range {
  readonly defaults: readonly Default[];
}

/** An object with the chart's defaults filled in. */
export interface Filled {
  readonly resource: Resource;
  readonly uses: readonly Use[];
  /** Whether it is there by default; undefined where that cannot be told. */
  readonly rendered: boolean | undefined;
}

/** Keys whose values name or select objects: those are compared with others as they are written. */
const naming = /^(?:metadata|selector|labelSelector|matchLabels|matchExpressions|name|kind|apiVersion|[a-zA-Z]*Name)$/;

/** Keys of maps that labels stand in. */
const labelling = /^(?:labels|matchLabels|selector)$/;

/** Documents with more actions are left alone: each value is looked for among all of them. */
const mostActions = 2000;

/**
 * An object of a chart as its defaults make it, as far as they are certain, with tokens where its names and selectors
 * are template text; the object itself where there is neither.
 */
export function fillDefaults(resource: Resource, template: Template, chart: Chart): Filled {
  const { tree } = resource.value;
  const { length } = template.actions;
  if (!tree || length === 0 || length > mostActions) return { resource, uses: [], rendered: true };
  const rendered = isRendered(tree.start, template, chart);
  if (rendered === false) return { resource, uses: [], rendered };
  const uses: Use[] = [];
  const filled = fill(tree, { start: 0, end: 0 }, { template, chart, uses, named: false });
  return {
    resource: filled === tree ? resource : remade(resource, filled),
    uses,
    rendered,
  };
}

interface Filling {
  readonly template: Template;
  readonly chart: Chart;
  readonly uses: Use[];
  /** Inside of what names or selects. */
  readonly named: boolean;
}

/** @param key the key that the node belongs to; its end is negative for items of lists */
function fill(node: Node, key: Range, filling: Filling): Node {
  switch (node.kind) {
    case 'map':
      return fillMap(node, filling);
    case 'seq': {
      const items = node.items.map((item, index) =>
        node.shared.has(index) ? item : fill(item, { start: item.start, end: -1 }, filling),
      );
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
    }
    case 'scalar':
      return node;
    case 'unknown': {
      const { template, chart, uses, named } = filling;
      if (named) return withToken(node, template, chart.dir);
      const defaults: Default[] = [];
      const filled = substitute(node, key, { template, chart, defaults });
      if (!filled) return node;
      uses.push({ start: key.start, end: node.end, defaults });
      return filled;
    }
  }
}

function fillMap(node: MapNode, filling: Filling): MapNode {
  const { template, chart } = filling;
  const pairs = node.pairs.map((pair): Pair => {
    const { key, keyStart, keyEnd, value } = pair;
    if (pair.shared) return pair;
    // Another branch may write the same key: what is not there by default is left open.
    if (isRendered(keyStart, template, chart) === false)
      return { ...pair, value: { kind: 'unknown', start: value.start, end: value.end } };
    const named = filling.named || naming.test(key);
    const filled = fill(value, { start: keyStart, end: keyEnd }, { ...filling, named });
    if (labelling.test(key) && (filled.kind === 'unknown' || filled.kind === 'map'))
      return { ...pair, value: { ...filled, written: writtenInto(value, keyEnd, template, chart.dir) } };
    return filled === value ? pair : { ...pair, value: filled };
  });
  return pairs.every((pair, index) => pair === node.pairs[index]) ? node : { ...node, pairs };
}

interface Scope {
  readonly template: Template;
  readonly chart: Chart;
  /** Notes what was looked up. */
  readonly defaults: Default[];
}

/** What stands in a template's place; undefined when that is not certain. */
function substitute(node: Node, key: Range, scope: Scope): Node | undefined {
  const { text, actions } = scope.template;
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

/** What names stand for at a place; undefined where it is not rendered by default, or that cannot be told. */
function lookupAt(offset: number, { template, chart, defaults }: Scope): Lookup | undefined {
  let dot: string | undefined = '';
  for (const block of blocksAround(template, offset)) {
    if (!isTaken(block, chart, dot)) return undefined;
    if (block.word === 'with') dot = /^\$?\.Values((?:\.\w+)+)$/.exec(block.expression)?.[1]?.slice(1);
  }
  return lookupIn(chart, dot, defaults);
}

/** Whether what stands at a place is rendered by default; undefined where that cannot be told. */
function isRendered(offset: number, template: Template, chart: Chart): boolean | undefined {
  let dot: string | undefined = '';
  let rendered: boolean | undefined = true;
  for (const block of blocksAround(template, offset)) {
    const taken = isTaken(block, chart, dot);
    if (taken === false) return false;
    if (taken === undefined) rendered = undefined;
    dot = block.word === 'if' ? dot : undefined;
  }
  return rendered;
}

function isTaken({ word, expression, negated }: Block, chart: Chart, dot: string | undefined): boolean | undefined {
  if (word !== 'if' && word !== 'with') return undefined;
  const result = evaluate(expression, lookupIn(chart, dot, []));
  const empty = result === none ? none : isEmpty(result);
  return empty === none ? undefined : empty === negated;
}

/** @param dot path of values that `.` stands for: empty for the root, undefined when it cannot be told */
function lookupIn({ sources, about }: Chart, dot: string | undefined, defaults: Default[]): Lookup {
  const seen = about.exists || sources.some(({ root }) => root.exists);
  const values = (path: string): Result | typeof none => {
    for (const { uri, root } of sources) {
      const value = root.at(...path.split('.'));
      if (value.unknown) return none;
      if (value.missing || !value.tree) continue;
      if (sources.length > 1 && value.isMap) return none;
      defaults.push({ path, uri, range: value.highlight });
      return value.tree;
    }
    // Nobody says that it is absent: it may be meant to be set. Without a file of values nobody can say anything.
    return seen ? undefined : none;
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
