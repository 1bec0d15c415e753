import type { Node } from '../yaml/node.ts';
import { resolvePlain } from '../yaml/scalar.ts';

/** What a template expression comes to: a tree of the values, or a scalar; undefined inside is Go's nil. */
export type Result = Node | string | number | boolean | undefined;

/** Answers what `.Values.a.b`, `.Chart.Name` or `.` stand for; `none` when it cannot be told. */
export type Lookup = (path: string) => Result | typeof none;

/** It cannot be told what an expression comes to. */
export const none = Symbol('unknown');

const isTree = (result: Result): result is Node => typeof result === 'object';

/** The scalar that a result is; undefined for nil and collections. */
export function scalarOf(result: Result): string | number | boolean | undefined {
  if (!isTree(result)) return result;
  return result.kind === 'scalar' && result.value !== null ? result.value : undefined;
}

/** Text of a scalar, as it is written; undefined for nil and collections. */
export function sourceOf(result: Result): string | undefined {
  const scalar = scalarOf(result);
  if (scalar === undefined) return undefined;
  return isTree(result) && result.kind === 'scalar' ? result.source : String(scalar);
}

/** Whether Go templates and sprig's `default` take a result as empty. */
export function isEmpty(result: Result): boolean | typeof none {
  if (!isTree(result)) return result === undefined || result === '' || result === 0 || result === false;
  if (result.kind === 'unknown') return none;
  if (result.kind === 'map') return result.open ? none : result.pairs.length === 0;
  if (result.kind === 'seq') return result.open ? none : result.items.length === 0;
  return result.value === null || result.value === '' || result.value === 0 || result.value === false;
}

/** Longer expressions are not read: people do not write them, and they could nest deeply. */
const longest = 500;

/** Evaluates a pipeline of the few functions whose result is certain; everything else is `none`. */
export function evaluate(expression: string, lookup: Lookup): Result | typeof none {
  if (expression.length > longest) return none;
  const stages = splitOutside(expression, '|').map((stage) =>
    splitOutside(stage.trim(), ' ').filter((token) => token !== ''),
  );
  let piped: Result | typeof none = none;
  for (const [index, [name, ...rest]] of stages.entries()) {
    if (name === undefined) return none;
    const last: (Result | typeof none)[] = index === 0 ? [] : [piped];
    const values = [...rest.map((token) => term(token, lookup)), ...last];
    piped = values.length === 0 && !functions.has(name) ? term(name, lookup) : call(name, values);
    if (piped === none) return none;
  }
  return piped;
}

function call(name: string, values: readonly (Result | typeof none)[]): Result | typeof none {
  const known = values.flatMap((value) => (value === none ? [] : [value]));
  const run = functions.get(name);
  return run && known.length === values.length ? run(known) : none;
}

type Run = (values: readonly Result[]) => Result | typeof none;

const same: Run = ([value]) => value;
const truth = (value: Result): boolean | typeof none => {
  const empty = isEmpty(value);
  return empty === none ? none : !empty;
};

const whole: Run = ([value]) => {
  const scalar = scalarOf(value);
  const number = typeof scalar === 'string' ? Number(scalar) : scalar;
  return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : none;
};

const text: Run = ([value]) => sourceOf(value) ?? none;

/** First result whose truth is as wanted decides, else the last: Go's `and` and `or`. */
const decided =
  (wanted: boolean): Run =>
  (values) => {
    for (const value of values) {
      const is = truth(value);
      if (is === none) return none;
      if (is === wanted) return value;
    }
    return values.at(-1);
  };

const functions: ReadonlyMap<string, Run> = new Map(
  Object.entries<Run>({
    default: ([fallback, value]) => {
      const empty = isEmpty(value);
      return empty === none ? none : empty ? fallback : value;
    },
    quote: text,
    squote: text,
    toString: text,
    int: whole,
    int64: whole,
    toYaml: same,
    nindent: ([, value]) => value,
    indent: ([, value]) => value,
    not: ([value]) => {
      const is = truth(value);
      return is === none ? none : !is;
    },
    and: decided(false),
    or: decided(true),
    eq: ([left, right]) => {
      const [a, b] = [scalarOf(left), scalarOf(right)];
      return a === undefined || b === undefined ? none : a === b;
    },
  }),
);

function term(token: string, lookup: Lookup): Result | typeof none {
  if (token.startsWith('(') && token.endsWith(')')) return evaluate(token.slice(1, -1), lookup);
  if (/^"[^"\\]*"$/.test(token) || /^`[^`]*`$/.test(token)) return token.slice(1, -1);
  if (/^-?\d+$/.test(token)) return Number(token);
  if (token === 'true' || token === 'false') return token === 'true';
  if (/^\$?(?:\.\w+)+$/.test(token) || token === '.') return lookup(token);
  return none;
}

/** Parts of a text between separators that stand outside of quotes and parentheses. */
function splitOutside(expression: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let i = 0; i < expression.length; i++) {
    const char = expression[i] ?? '';
    if (quote !== '') {
      if (char === '\\' && quote === '"') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === separator && depth === 0) {
      parts.push(expression.slice(from, i));
      from = i + 1;
    }
  }
  return [...parts, expression.slice(from)];
}

/** Expression of an action without its braces and trim marks. */
export const expressionOf = (action: string): string =>
  action
    .replace(/^\{\{-?\s*/, '')
    .replace(/\s*-?\}\}$/, '')
    .trim();

/** A scalar as YAML reads text that was written without quotes; undefined for text that would mean something else. */
export function plainScalar(
  source: string,
): { readonly source: string; readonly value: string | number | boolean | null } | undefined {
  if (/[\n\r]|: |:$| #|^[-?:,[\]{}#&*!|>'"%@`]\s|^[[\]{}&*!|>'"%@`#]/.test(source)) return undefined;
  return { source, value: resolvePlain(source) };
}
