import { describe, expect, test } from 'vitest';
import { maxDepth, tooDeep } from '../../core/src/yaml/depth.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { toJson } from './support.ts';

const steps = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${' '.repeat(index)}a:\n`).join('');

describe('depth', () => {
  test.each([
    ['brackets', `x: ${'['.repeat(maxDepth)}${']'.repeat(maxDepth)}`],
    ['brackets in a comment', `x: 1 # ${'['.repeat(maxDepth * 2)}\n`],
    ['brackets in quotes', `x: "${'['.repeat(maxDepth * 2)}"\n`],
    ['brackets in a block scalar', `x: |\n  ${'[ '.repeat(maxDepth * 2)}\n`],
    ['many brackets beside each other', `x: [${'[], '.repeat(1000)}[]]`],
    ['indentation', steps(maxDepth)],
    [
      'indentation that comes back',
      Array.from({ length: 30 }, (_, index) => steps(20).replaceAll('a:', `a${index}:`)).join(''),
    ],
    ['dashes', `${'- '.repeat(maxDepth - 1)}x\n`],
    ['a line far to the right', `x: |\n${' '.repeat(5000)}text\n`],
    ['blank lines far to the right', `x: 1\n${' '.repeat(5000)}\n`],
  ])('%s is read', (_name, text) => {
    expect(tooDeep(text)).toBeUndefined();
    expect(parseDocument(text).problem).toBeUndefined();
    expect(toJson(parseDocument(text).root)).toBeTruthy();
  });

  test.each([
    ['brackets', `x: ${'['.repeat(maxDepth + 1)}${']'.repeat(maxDepth + 1)}`, 3 + maxDepth],
    [
      'braces behind quotes with brackets',
      `x: ["[[", ${'{a: '.repeat(maxDepth)}1${'}'.repeat(maxDepth)}]`,
      10 + (maxDepth - 1) * 4,
    ],
    ['indentation', steps(maxDepth + 1), (maxDepth * (maxDepth - 1)) / 2 + 3 * maxDepth + maxDepth],
    ['dashes', `${'- '.repeat(maxDepth)}x\n`, 2 * maxDepth],
    ['dashes over two lines', `${'- '.repeat(150)}a:\n${' '.repeat(302)}${'- '.repeat(60)}x\n`, undefined],
  ])('%s beyond that is told, at its place', (_name, text, at) => {
    const { problem, root } = parseDocument(text);
    expect(problem?.code).toBe('TOO_DEEP');
    expect(root).toBeUndefined();
    if (at !== undefined) expect(problem?.start).toBe(at);
  });
});
