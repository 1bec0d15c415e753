/** `git apply` is the judge: what it makes of the old text and the diff is the new text. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, boolean, constantFrom, pre, property, tuple } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unifiedDiff } from '../../core/src/report/diff.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-diff-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function gitApplies(path: string, before: string, diff: string): string {
  writeFileSync(join(folder, path), before);
  writeFileSync(join(folder, 'patch'), diff);
  execFileSync('git', ['apply', '-p1', 'patch'], {
    cwd: folder,
    stdio: 'pipe',
    env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() },
  });
  return readFileSync(join(folder, path), 'utf8');
}

test('git makes the new text of any text and its diff', () => {
  const line = constantFrom('a', 'b', 'c', '', '- x: 1');
  const text = tuple(array(line, { minLength: 1, maxLength: 30 }), constantFrom('\n', '\r\n'), boolean())
    .map(([lines, eol, closed]) => lines.join(eol) + (closed ? eol : ''))
    .filter((whole) => whole !== '');
  assert(
    property(text, text, (before, after) => {
      pre(before !== after);
      expect(gitApplies('a b.yaml', before, unifiedDiff('a b.yaml', before, after))).toBe(after);
    }),
    { numRuns: 60 },
  );
});

test('a change stands between three lines of context, and far ones in hunks of their own', () => {
  const before = Array.from({ length: 20 }, (_, index) => `${index + 1}\n`).join('');
  const after = before.replace('2\n', 'two\n').replace('19\n', 'nineteen\n');
  expect(unifiedDiff('k8s/a.yaml', before, after)).toBe(
    [
      '--- a/k8s/a.yaml',
      '+++ b/k8s/a.yaml',
      '@@ -1,5 +1,5 @@',
      ' 1\n-2\n+two\n 3\n 4\n 5',
      '@@ -16,5 +16,5 @@',
      ' 16\n 17\n 18\n-19\n+nineteen\n 20\n',
    ].join('\n'),
  );
});

test('an empty side has no line of its own', () => {
  expect(unifiedDiff('a', '', 'x\n').split('\n')[2]).toBe('@@ -0,0 +1,1 @@');
  expect(unifiedDiff('a', 'x\n', '').split('\n')[2]).toBe('@@ -1,1 +0,0 @@');
});

test('equal texts differ in nothing', () => {
  expect(unifiedDiff('a', 'x\n', 'x\n')).toBe('');
});

test('thousands of changed lines are told without comparing each with each', () => {
  const text = (word: string): string => Array.from({ length: 5000 }, (_, index) => `${word} ${index}\n`).join('');
  expect(gitApplies('a.yaml', text('old'), unifiedDiff('a.yaml', text('old'), text('new')))).toBe(text('new'));
});
