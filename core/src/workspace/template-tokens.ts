import type { Range } from '../text/text.ts';
import type { Node, Written } from '../yaml/node.ts';
import type { Template } from './template-blocks.ts';
import { blocksAround } from './template-blocks.ts';
import { expressionOf } from './template-values.ts';

/**
 * What cannot be told can still be the same in two places: a chart's `{{ include "web.fullname" . }}` is one name
 * wherever it is written. A token stands for such text. Tokens of one rendering that are equal are equal texts; two
 * that differ may be equal texts, too.
 */

/** Functions whose result is another one each time. */
const fickle = /\b(?:rand\w*|now|uuidv4|gen\w+|lookup|shuffle|date\w*|htpasswd|bcrypt|derivePassword|encryptAES)\b/;

/** Actions that are no values. */
const statement = /^(?:if|else|end|range|with|define|block|break|continue)\b|^\/\*|^\$\w*\s*(?:,|:?=)/;

/** What changes the form of a value, not what YAML reads. */
const form = /\s*\|\s*(?:s?quote|n?indent \d+)$/;

const lexemes = /"(?:\\.|[^"\\])*"|`[^`]*`|\d+(?:\.\d+)?|\$\w*(?:\.\w+)*|\.\w+(?:\.\w+)*|\w+|\s+|\S/g;

const mostNested = 5;

/**
 * An expression in one form; undefined where the same text may mean another thing elsewhere.
 * @param offset where it stands
 */
function normalize(expression: string, offset: number, template: Template, depth = 0): string | undefined {
  if (expression.length > 500 || depth > mostNested || statement.test(expression) || fickle.test(expression))
    return undefined;
  const atRoot = hasRootDot(template, offset);
  let normal = '';
  for (const [lexeme] of expression.matchAll(lexemes)) {
    if (/^\s/.test(lexeme)) normal += ' ';
    else if (lexeme.startsWith('.')) {
      if (!atRoot) return undefined;
      normal += lexeme;
    } else if (lexeme.startsWith('$')) {
      const [, name = '', fields = ''] = /^\$(\w*)(.*)$/.exec(lexeme) ?? [];
      const value = name === '' ? (fields === '' ? '.' : '') : variable(name, offset, template, depth);
      if (value === undefined) return undefined;
      normal += value + fields;
    } else normal += lexeme === 'template' ? 'include' : lexeme;
  }
  normal = normal.trim();
  for (let plain = normal.replace(form, ''); plain !== normal; plain = normal.replace(form, '')) normal = plain;
  return normal;
}

/** Value of a variable, in parentheses where it is more than one word. */
function variable(name: string, offset: number, template: Template, depth: number): string | undefined {
  const assigned = template.variables.get(name);
  if (!assigned || assigned.at > offset) return undefined;
  const value = normalize(assigned.expression, assigned.at, template, depth + 1);
  return value === undefined || /^[.\w]+$/.test(value) ? value : `(${value})`;
}

/** Whether `.` is the root of the values at a place. */
const hasRootDot = (template: Template, offset: number): boolean =>
  blocksAround(template, offset).every(({ word }) => word === 'if' || word === 'else');

/** Leaves out parentheses around a whole expression. */
const bare = (expression: string): string => /^\(([^()]*)\)$/.exec(expression)?.[1] ?? expression;

/** Token of a chart: those of two charts are never equal. */
const tokenOf = (chart: string, text: string): string => `{{${chart}}}${text}`;

/** A node of template text with the token that stands for it, if any can. */
export function withToken(node: Node, template: Template, chart: string): Node {
  const inside = actionsIn(node, template);
  if (node.kind !== 'unknown' || inside.length === 0) return node;
  let text = '';
  let at = node.start;
  for (const action of inside) {
    const normal = normalize(expressionOf(template.text.slice(action.start, action.end)), action.start, template);
    if (normal === undefined) return node;
    text += `${template.text.slice(at, action.start)}{{${bare(normal)}}}`;
    at = action.end;
  }
  text = (text + template.text.slice(at, node.end)).trim();
  const plain = /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
  // Text around actions may be read in another way than it is written.
  if (/[\n#"'\\]|: /.test(plain.replaceAll(/\{\{.*?\}\}/g, ''))) return node;
  return { ...node, token: tokenOf(chart, plain) };
}

const actionsIn = ({ start, end }: Range, { actions }: Template) =>
  actions.filter((action) => action.start >= start && action.end <= end);

/**
 * What template text writes into a map of labels.
 * @param node the map, or what stands in its place
 * @param from behind its key
 */
export function writtenInto(node: Node, from: number, template: Template, chart: string): Written {
  const pairs = node.kind === 'map' ? node.pairs : [];
  const own = actionsIn({ start: from, end: node.end }, template).filter(
    ({ start, end }) => !pairs.some((pair) => start >= pair.keyStart && end <= pair.value.end),
  );
  const sets: string[] = [];
  let complete = true;
  const inner = new Set(template.blocks.filter((block) => block.start >= from && block.start <= node.end));
  const isDoubtful = (offset: number): boolean => blocksAround(template, offset).some((block) => inner.has(block));
  for (const action of own) {
    if (action.role === 'control') continue;
    const normal = normalize(expressionOf(template.text.slice(action.start, action.end)), action.start, template);
    // What is written on a condition, or from values, may be nothing.
    if (normal === undefined || isDoubtful(action.start) || !/^\(?include\b/.test(normal)) complete = false;
    else sets.push(tokenOf(chart, bare(normal)));
  }
  const doubtful = new Set(pairs.filter((pair) => isDoubtful(pair.keyStart)).map(({ key }) => key));
  return { sets, doubtful, complete };
}
