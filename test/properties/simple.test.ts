/** Our writer against the `yaml` package: the same text, or none. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plain } from '../../core/src/yaml/plain.ts';
import { tabStop } from '../../core/src/yaml/plain.ts';
import { writeSimply } from '../../core/src/yaml/simple.ts';
import { writeWithAuthority } from '../../core/src/yaml/write.ts';

const word = fc.constantFrom(
  'a',
  'spec',
  'app.kubernetes.io/name',
  'web-1',
  'y',
  'No',
  'null',
  'a_b',
  'e5',
  'x.y/z-',
  '/a:b',
);
const awkward = fc.constantFrom(
  '',
  '-',
  '1',
  '0x1',
  '<<',
  'a b',
  'a:',
  'a: b',
  '#',
  '---',
  '...',
  '~',
  '1e3',
  'a\nb',
  '*',
);
const text = fc.oneof({ weight: 9, arbitrary: word }, awkward, fc.string({ maxLength: 4 }));
const proposal = fc.oneof(
  fc.nat(99).map(String),
  fc.constantFrom(
    'http',
    '/healthz',
    'nginx:1.0.0',
    'a:1',
    'a:',
    '100m',
    '25%',
    '128Mi',
    '1E',
    'yes',
    '0x10',
    'a: b',
    'two words',
    '',
    '10Mi',
  ),
);
const stop = fc.tuple(fc.constantFrom('', 'a-'), fc.integer({ min: 1, max: 9 }), proposal);
const leaf = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  stop.map(([before, index, proposed]) => before + tabStop(index, proposed)),
);
const { value } = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));

test('what it writes is what the package writes', () => {
  let written = 0;
  fc.assert(
    fc.property(value, fc.integer({ min: 2, max: 8 }), (data, indent) => {
      const simple = writeSimply(data, indent);
      if (simple === undefined) return;
      written++;
      expect(simple).toBe(writeWithAuthority(data, { indent }));
    }),
    { numRuns: 5000 },
  );
  expect(written).toBeGreaterThan(1000);
});

test('what is there twice is written twice', () => {
  const shared = { name: 'web' };
  const data = { one: shared, two: [shared, 'x'] };
  const expected = 'one:\n  name: web\ntwo:\n  - name: web\n  - x';
  expect([writeSimply(data, 2), writeWithAuthority(data, { indent: 2 })]).toEqual([expected, expected]);
});
