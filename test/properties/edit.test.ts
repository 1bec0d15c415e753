import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseDocument as parseYaml, stringify } from 'yaml';
import { applyEdits } from '../../core/src/text/text.ts';
import type { Operation } from '../../core/src/yaml/edit.ts';
import type { Plain } from '../../core/src/yaml/plain.ts';
import { lower } from '../../core/src/yaml/edit.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { resolvePlain } from '../../core/src/yaml/scalar.ts';
import { toJson } from '../core/support.ts';

// Many runs on a busy machine take their time; what hangs is still found.
vi.setConfig({ testTimeout: 180_000 });

/** Strings that YAML 1.1 would read as something else, that need quotes, and ordinary ones. */
const strings = fc.constantFrom(
  'web',
  'on',
  'no',
  'y',
  '010',
  '1e3',
  '0x10',
  '08',
  '1_000',
  '~',
  'null',
  '',
  ' pad',
  'a: b',
  'a #b',
  '- x',
  '-',
  '-1',
  '{x}',
  '[x]',
  "it's",
  'say "x"',
  '*a',
  '&a',
  '!t',
  '%d',
  '@',
  '`',
  'é😀',
  '100m',
  '.5',
  'true',
  '---',
  '#c',
  'x:',
);
/** The library that writes the documents here would leave these plain. */
const moreStrings = fc.constantFrom(
  '0o17',
  '+0o7',
  '0b1',
  'Yes',
  'oFF',
  'line\nbreak',
  'tab\t',
  '\r',
  ' ',
  '\u0085',
  '\u2028',
);
const leaves = fc.oneof(strings, fc.constantFrom<Plain>(1, 0, -1, 1.5, true, false, null));
const keys = fc.constantFrom('a', 'b', 'c', 'name', 'on', '1', 'x-y', 'app.kubernetes.io/name', 'k with space');
const { json } = fc.letrec<{ json: Plain; map: Plain; seq: Plain }>((tie) => ({
  json: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaves, tie('map'), tie('seq')),
  map: fc.dictionary(keys, tie('json'), { maxKeys: 4 }),
  seq: fc.array(tie('json'), { maxLength: 3 }),
}));
const roots = fc.dictionary(keys, json, { minKeys: 1, maxKeys: 4 });

type Style = 'block' | 'compact' | 'wide' | 'quoted' | 'flow' | 'json' | 'pretty-json';
const styles: readonly Style[] = ['block', 'compact', 'wide', 'quoted', 'flow', 'json', 'pretty-json'];

/** Text of a value in a style. */
function written(value: Plain, style: Style): string {
  const options = { lineWidth: 0, version: '1.1' } as const;
  if (style === 'json') return JSON.stringify(value) + '\n';
  if (style === 'pretty-json') return JSON.stringify(value, null, 2) + '\n';
  if (style === 'flow') return stringify(value, { ...options, collectionStyle: 'flow' });
  if (style === 'quoted')
    return stringify(value, { ...options, defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' });
  return stringify(value, { ...options, indent: style === 'wide' ? 4 : 2, indentSeq: style !== 'compact' });
}

/** Adds comments above lines and behind them, each with a text of its own; only where every line is a YAML line. */
function commented(text: string, places: readonly number[]): string {
  const lines = text.trimEnd().split('\n');
  return (
    lines
      .flatMap((line, index) => {
        const indent = /^ */.exec(line)?.[0] ?? '';
        if (places.includes(index * 2)) return [`${indent}# above ${index}`, line];
        return places.includes(index * 2 + 1) ? [`${line} # behind ${index}`] : [line];
      })
      .join('\n') + '\n'
  );
}

/** Paths of all places of a value. */
const paths = (value: Plain, at: (string | number)[] = []): (string | number)[][] => {
  if (typeof value !== 'object' || value === null) return [at];
  const entries: [string | number, Plain][] = Array.isArray(value)
    ? [...(value as Plain[]).entries()]
    : Object.entries(value);
  return [at, ...entries.flatMap(([key, inner]) => paths(inner, [...at, key]))];
};

const get = (value: Plain, path: readonly (string | number)[]): Plain | undefined =>
  path.reduce<Plain | undefined>(
    (inner, step) => (inner as Record<string | number, Plain> | null | undefined)?.[step],
    value,
  );

/** The value after an operation, by plain assignment; undefined where the operation has no meaning. */
function changed(value: Plain, operation: Operation): Plain | undefined {
  if (operation.op === 'document') return undefined;
  const result = structuredClone(value) as Record<string, Plain>;
  const { path } = operation;
  const last = path.at(-1);
  let holder = result as Record<string | number, Plain>;
  for (const step of path.slice(0, -1)) {
    if (holder[step] === undefined || holder[step] === null) holder[step] = {};
    holder = holder[step] as Record<string | number, Plain>;
  }
  if (last === undefined) return undefined;
  if (operation.op === 'set') holder[last] = operation.value;
  else if (operation.op === 'remove' && Array.isArray(holder)) holder.splice(last as number, 1);
  else if (operation.op === 'remove') delete holder[last];
  else if (operation.op === 'append') holder[last] = [...((holder[last] ?? []) as Plain[]), operation.value];
  else {
    if (operation.key in holder) return undefined;
    const moved = Object.fromEntries(
      Object.entries(holder).map(([key, inner]) => [key === last ? operation.key : key, inner]),
    );
    for (const key of Object.keys(holder)) delete holder[key];
    Object.assign(holder, moved);
  }
  return result;
}

/** One operation that makes sense for a value: at an existing place, or at a new key of an existing map. */
const operationsFor = (value: Plain): fc.Arbitrary<Operation> => {
  const places = paths(value).slice(1);
  const isMap = (path: readonly (string | number)[]): boolean => {
    const at = get(value, path);
    return at !== null && typeof at === 'object' && !Array.isArray(at);
  };
  const inMap = places.filter((path) => isMap(path.slice(0, -1)));
  const maps = [[], ...places].filter((path) => isMap(path) || (get(value, path) === null && isMap(path.slice(0, -1))));
  const lists = places.filter(
    (path) => Array.isArray(get(value, path)) || (get(value, path) === null && isMap(path.slice(0, -1))),
  );
  const options: fc.Arbitrary<Operation>[] = [
    fc.record({ op: fc.constant('set' as const), path: fc.constantFrom(...places), value: json }),
    fc
      .tuple(fc.constantFrom(...maps), fc.array(fc.constantFrom('new', 'newer'), { minLength: 1, maxLength: 2 }), json)
      .map(([path, rest, inner]) => ({ op: 'set' as const, path: [...path, ...rest], value: inner })),
  ];
  if (inMap.length > 0) {
    options.push(fc.record({ op: fc.constant('remove' as const), path: fc.constantFrom(...inMap) }));
    options.push(
      fc.record({ op: fc.constant('rename' as const), path: fc.constantFrom(...inMap), key: fc.constant('renamed') }),
    );
  }
  const items = places.filter((path) => typeof path.at(-1) === 'number');
  if (items.length > 0)
    options.push(fc.record({ op: fc.constant('remove' as const), path: fc.constantFrom(...items) }));
  if (lists.length > 0)
    options.push(fc.record({ op: fc.constant('append' as const), path: fc.constantFrom(...lists), value: json }));
  return fc.oneof(...options);
};

const cases = roots
  .filter((value) => paths(value).length > 1)
  .chain((value) =>
    fc.record({
      value: fc.constant(value as Plain),
      operation: operationsFor(value),
      style: fc.constantFrom(...styles),
      crlf: fc.boolean(),
      places: fc.array(fc.nat(40), { maxLength: 6 }),
      bare: fc.boolean(),
    }),
  );

const commentsOf = (text: string): string[] => text.match(/# (?:above|behind) \d+/g) ?? [];

describe('edits', () => {
  test('an operation gives what plain assignment gives, in every style, and leaves the rest alone', () => {
    let offered = 0;
    let total = 0;
    fc.assert(
      fc.property(cases, ({ value, operation, style, crlf, places, bare }) => {
        let text = written(value, style);
        if (!['json', 'pretty-json', 'flow'].includes(style)) text = commented(text, places);
        if (crlf) text = text.replaceAll('\n', '\r\n');
        if (bare) text = text.trimEnd();
        const { root, problem } = parseDocument(text);
        expect(problem).toBeUndefined();
        expect(toJson(root)).toEqual(value);
        const expected = changed(value, operation);
        if (expected === undefined || !root) return;
        total++;
        const edits = lower(text, root, [operation]);
        if (!edits) return;
        offered++;
        const result = applyEdits(text, edits);
        const after = parseDocument(result);
        expect({ text: result, problem: after.problem }).toEqual({ text: result, problem: undefined });
        expect({ text: result, json: toJson(after.root) }).toEqual({ text: result, json: expected });
        const library = parseYaml(result, { version: '1.1' });
        expect(library.errors).toEqual([]);
        // Line breaks stay of one kind.
        if (text.includes('\r\n')) expect(result.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        else if (!crlf) expect(result).not.toContain('\r');
        // Comments stay, except with what is removed or replaced.
        const path = operation.op === 'document' ? [] : operation.path;
        const replaced = operation.op === 'remove' || (operation.op === 'set' && typeof get(value, path) === 'object');
        if (!replaced) expect(commentsOf(result)).toEqual(commentsOf(text));
        else expect(commentsOf(result).every((comment) => commentsOf(text).includes(comment))).toBe(true);
        // An insertion replaces nothing.
        if (operation.op === 'set' && get(value, path) === undefined && get(value, path.slice(0, -1)) !== null)
          for (const { range } of edits) {
            const gone = text.slice(range.start, range.end);
            expect(gone.replaceAll(/[\s{}[\]]|null|~/g, '')).toBe('');
          }
      }),
      { numRuns: 3000 },
    );
    // Refusing is allowed, but a lowering that always refuses would pass everything above.
    expect(offered / total).toBeGreaterThan(0.9);
  });

  test('strings stay strings for the API server, whatever they look like', () => {
    fc.assert(
      fc.property(
        fc.oneof(strings, moreStrings, fc.string({ maxLength: 6 })),
        fc.constantFrom('a: x\n', "a: 'x'\n", 'a: "x"\n', '{"a": "x"}\n', 'b: 1\n', '[]\n', 'a: |\n  x\n'),
        (value, text) => {
          const { root } = parseDocument(text);
          const edits = root && lower(text, root, [{ op: 'set', path: ['a'], value }]);
          if (!edits) return;
          const after = parseDocument(applyEdits(text, edits));
          expect(after.problem).toBeUndefined();
          expect((toJson(after.root) as { a: unknown }).a).toBe(value);
        },
      ),
      { numRuns: 2000 },
    );
    expect(resolvePlain('0o17')).not.toBe('0o17');
  });
});
