import { describe, expect, it } from 'vitest';
import { formatQuantity, parseQuantity, readQuantity, repairQuantity } from '../../core/src/kube/quantity.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

describe('parseQuantity', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['100m', 0.1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1.', 1],
    ['1k', 1000],
    ['128M', 128e6],
    ['1G', 1e9],
    ['1E', 1e18],
    ['1e3', 1000],
    ['12E2', 1200],
    ['1Ki', 1024],
    ['64Mi', 64 * 1024 ** 2],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['-1Mi', -(1024 ** 2)],
    ['+1', 1],
  ])('%s is %d', (text, amount) => expect(parseQuantity(text)?.amount).toBeCloseTo(amount, 9));

  it.each([
    '',
    '1g',
    '1gi',
    '1GI',
    '10 Gi',
    '1K',
    '1Gib',
    '10gb',
    'Gi',
    'one',
    '1..5',
    '0x10',
    '1_000',
    'constructor',
    '1constructor',
    'NaN',
  ])('%j cannot be decoded', (text) => expect(parseQuantity(text)).toBeUndefined());
});

describe('readQuantity', () => {
  const read = (text: string): unknown => {
    const found = readQuantity(Value.root(parseDocument(`q: ${text}\n`).root).at('q'));
    return typeof found === 'object' ? found.amount : found;
  };
  it.each([
    ['1', 1],
    ['"1"', 1],
    ['1e3', 1000],
    ['0x10', 16],
    ['1_000', 1000],
    ['true', 'invalid'],
    ['"{{ .Values.x }}"', undefined],
    ['null', undefined],
    ['{}', 'invalid'],
    ['64Mi', 67_108_864],
    ['1 Gi', 'invalid'],
  ])('%s is %s', (text, expected) => expect(read(text)).toBe(expected));
});

it.each([
  [536_870_912, 'memory', '512Mi'],
  [1024 ** 3, 'memory', '1Gi'],
  [1.5 * 1024 ** 3, 'memory', '1536Mi'],
  [100_000_000, 'memory', '95Mi'],
  [2048, 'memory', '2Ki'],
  [5, 'memory', '5'],
  [2, 'cpu', '2'],
  [0.25, 'cpu', '250m'],
  [0.0005, 'cpu', '1m'],
] as const)('formatQuantity(%d, %s) is %s', (amount, resource, text) =>
  expect(formatQuantity(amount, resource)).toBe(text),
);

it.each([
  ['1GI', '1Gi'],
  ['10 Gi', '10Gi'],
  ['512Mb', '512M'],
  ['10gb', '10G'],
  ['2K', '2k'],
  ['64mi', '64Mi'],
  ['1Gib', '1Gi'],
  ['1 GiB', '1Gi'],
  ['5 bananas', undefined],
  ['', undefined],
])('repairQuantity(%j) is %j', (text, repaired) => expect(repairQuantity(text)).toBe(repaired));
