import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';
import { valueOf } from './support.ts';

describe('value views', () => {
  test('null, empty and `~` count as absent, empty collections do not', () => {
    const map = valueOf('a:\nb: null\nc: ~\nd: {}\ne: []\nf: ""\n');
    expect(['a', 'b', 'c', 'z'].map((key) => map.at(key).missing)).toEqual([true, true, true, true]);
    expect(['d', 'e', 'f'].map((key) => map.at(key).exists)).toEqual([true, true, true]);
    expect(map.has('a')).toBe(true);
    expect(map.has('z')).toBe(false);
  });

  test('what is missing points at its nearest parent', () => {
    const text = 'spec:\n  template:\n    metadata: {}\n';
    const missing = valueOf(text).at('spec', 'template', 'spec', 'containers', 0);
    expect(missing.missing).toBe(true);
    expect(missing.path).toEqual(['spec', 'template', 'spec', 'containers', 0]);
    expect(text.slice(missing.range.start, missing.range.end)).toBe('template');
  });

  test('a scalar is highlighted itself, a collection at its key, an item at its first pair', () => {
    const text = 'a: one\nb:\n  c: two\nd:\n  - name: x\n    port: 1\n';
    const at = (...path: (string | number)[]): string => {
      const { start, end } = valueOf(text).at(...path).highlight;
      return text.slice(start, end);
    };
    expect([at('a'), at('b'), at('b', 'c'), at('d'), at('d', 0), at('d', 0, 'port')]).toEqual([
      'one',
      'b',
      'two',
      'd',
      'name: x',
      '1',
    ]);
  });

  test('steps into scalars and sequences by a key are missing, not errors', () => {
    const map = valueOf('a: text\nb: [1]\n');
    expect(map.at('a', 'x', 'y', 0).missing).toBe(true);
    expect(map.at('b', 'x').missing).toBe(true);
    expect(map.at('b', 7).missing).toBe(true);
    expect(map.at('a').entries()).toEqual([]);
    expect(map.at('a').items()).toEqual([]);
  });

  test('merge keys: own keys win, earlier sources win, merged values cannot be edited through', () => {
    const map = valueOf('x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 9\nw:\n  <<: *x\n');
    expect(map.at('z').json()).toEqual({ a: 9, b: 2, c: 4 });
    expect(map.at('w').json()).toEqual({ a: 1, b: 2 });
    expect(map.at('z').open).toBe(false);
    expect(map.at('w', 'c').missing).toBe(true);
  });

  test('a merge of something unknown leaves the map open', () => {
    expect(valueOf('z:\n  <<: *nowhere\n  a: 1\n').at('z', 'b').unknown).toBe(true);
    expect(valueOf('z:\n  <<: {{ .x }}\n  a: 1\n').at('z', 'b').unknown).toBe(true);
  });

  test('merging too much leaves the map open instead of filling the memory', () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `  k${index}: 1\n`).join('');
    const uses = Array.from({ length: 1000 }, (_, index) => `m${index}: {<<: *big}\n`).join('');
    const map = valueOf(`big: &big\n${keys}${uses}`);
    expect(map.at('m0', 'k999').number()).toBe(1);
    expect(map.at('m999', 'k999').unknown).toBe(true);
    expect(map.at('m999', 'absent').unknown).toBe(true);
  });

  test('aliases show what they repeat; a cyclic or unknown one is unknown', () => {
    const map = valueOf('a: &a {b: 1}\nc: *a\nd: &d\n  self: *d\ne: [1, *a]\n');
    expect(map.at('c', 'b').number()).toBe(1);
    expect(map.at('d', 'self').unknown).toBe(true);
    expect(map.at('d', 'self', 'self', 'self').unknown).toBe(true);
    expect(map.at('e', 1, 'b').number()).toBe(1);
    // An alias without its anchor makes the document invalid, which must not throw.
    expect(valueOf('a: *nowhere\n').at('a').exists).toBe(false);
  });

  test('variables that others fill in are no text to judge', () => {
    const map = valueOf('a: ${NAME}\nb: $(NAME)\nc: $NAME\nd: "{{ .x }}"\n');
    expect(['a', 'b', 'c', 'd'].map((key) => map.at(key).text())).toEqual([undefined, undefined, '$NAME', undefined]);
    expect(['a', 'b', 'd'].map((key) => map.at(key).templated)).toEqual([true, true, true]);
    expect(map.at('a').rawText()).toBe('${NAME}');
  });

  test('labels say whether all of them are known', () => {
    expect(valueOf('{a: b, c: 1}').labels()).toEqual({ labels: { a: 'b', c: '1' }, complete: true });
    expect(valueOf('{a: b, c: "${x}"}').labels()).toEqual({ labels: { a: 'b' }, complete: false });
    expect(valueOf('a: b\n{{ include "x" . }}\n').labels()).toEqual({ labels: { a: 'b' }, complete: false });
  });

  test('keys of Object.prototype are ordinary keys', () => {
    const map = valueOf('__proto__: 1\nconstructor: 2\ntoString: 3\n');
    expect(map.at('__proto__').number()).toBe(1);
    expect(map.at('constructor').number()).toBe(2);
    expect(map.at('hasOwnProperty').missing).toBe(true);
  });

  test('json of a value with aliases that multiply stays bounded', () => {
    const lines = Array.from(
      { length: 20 },
      (_, index) => `x${index + 1}: &x${index + 1} [*x${index}, *x${index}, *x${index}]\n`,
    ).join('');
    expect(valueOf(`x0: &x0 [1]\n${lines}`).at('x20').json()).toBeUndefined();
  });

  const line = fc.constantFrom(
    'a: 1',
    'b:',
    '  c: 2',
    '- d',
    '  - e: 1',
    'f: [1, {g: 2}]',
    'h: &h {i: 1}',
    'j: *h',
    '<<: *h',
    '  <<: *k',
    'k: &k',
    '? x',
    ': y',
    'l: "',
    "m: '",
    'n: |',
    '  {{ .x }}',
    '{{ toYaml . | nindent 2 }}',
    'o: {{ .y }}',
    '# c',
    '[',
    '}',
    '*h',
    '&k',
    '- - - x',
    '\t',
    'p: !!str 1',
    '!t q: 1',
    'a: 2',
  );
  test('never throw and keep their ranges inside the text', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), (lines, eol) => {
        const text = lines.join(eol);
        const { root } = parseDocument(text);
        const wrong: string[] = [];
        const seen = (value: Value, depth: number): void => {
          for (const { start, end } of [value.range, value.highlight, value.keyRange('a')])
            if (!(start >= 0 && end >= start && end <= text.length))
              wrong.push(`${value.path.join('.')}: ${start}..${end}`);
          void [
            value.text(),
            value.string(),
            value.number(),
            value.boolean(),
            value.json(),
            value.labels(),
            value.templated,
            value.open,
          ];
          if ([value.missing, value.unknown, value.exists].filter(Boolean).length !== 1)
            wrong.push(`${value.path.join('.')}: no single verdict`);
          if (depth === 0) return;
          for (const step of ['a', 'c', 'nothing', 0, 5, -1]) seen(value.at(step), depth - 1);
          for (const entry of value.entries()) seen(entry.value, depth - 1);
          for (const item of value.items()) seen(item, depth - 1);
        };
        seen(Value.root(root), 3);
        expect(wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
