import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bad, good, useCli } from './harness.ts';

const cli = useCli();
const withBaseline = ['lint', '--baseline', 'base.json'];

test('--write-baseline writes what is found; from then on only what is new is reported', () => {
  cli.write({ 'a.yaml': bad });
  expect(cli.run([...withBaseline, '--write-baseline'])).toEqual({
    code: 0,
    out: '',
    err: 'Wrote 1 finding to base.json.\n',
  });
  const { code, out } = cli.run(withBaseline);
  expect(code).toBe(0);
  expect(out).toContain('1 finding of the baseline is not shown.');
  cli.write({ 'a.yaml': `# moved\n${bad}---\n${bad.replaceAll('agent', 'other')}` });
  const next = cli.run(withBaseline);
  expect(next.code).toBe(1);
  expect(next.out.match(/restart-policy-not-always/g)).toHaveLength(1);
});

test('the same findings give the same file', () => {
  cli.write({ 'b.yaml': bad, 'a.yaml': bad });
  cli.run([...withBaseline, '--write-baseline']);
  const first = cli.read('base.json');
  cli.run([...withBaseline, '--write-baseline', 'b.yaml', 'a.yaml']);
  expect(cli.read('base.json')).toBe(first);
});

test('entries that fit nothing any more are told, but not those of files that were not looked at', () => {
  cli.write({ 'a.yaml': bad, 'b.yaml': bad, 'c.yaml': bad });
  cli.run([...withBaseline, '--write-baseline']);
  cli.write({ 'a.yaml': good });
  expect(cli.run([...withBaseline, 'b.yaml']).out).not.toContain('any more');
  rmSync(join(cli.folder, 'c.yaml'));
  const { code, out } = cli.run(withBaseline);
  expect(code).toBe(0);
  expect(out).toContain('2 entries of the baseline fit nothing any more');
  const { baseline } = JSON.parse(cli.run([...withBaseline, '--format', 'json']).out) as {
    baseline: { hidden: number; stale: { path: string }[] };
  };
  expect([baseline.hidden, baseline.stale.map(({ path }) => path)]).toEqual([1, ['a.yaml', 'c.yaml']]);
});

test('a baseline holds wherever the command is started, and follows a file that moves', () => {
  cli.write({ 'k8s/a.yaml': bad });
  cli.run([...withBaseline, '--write-baseline']);
  mkdirSync(join(cli.folder, 'deploy'));
  renameSync(join(cli.folder, 'k8s/a.yaml'), join(cli.folder, 'deploy/b.yaml'));
  expect(cli.run(withBaseline).code).toBe(0);
});

test.each([
  ['{', 'it is not JSON.'],
  ['{ "version": 3, "findings": [] }', '"version" is not 1.'],
  [
    '{ "version": 1, "findings": [{ "fingerprint": "x", "rule": "y", "path": "z", "count": "1" }] }',
    '"findings[0].count" is no whole number above 0.',
  ],
])('a malformed baseline ends with 2 and names the field: %s', (text, problem) => {
  cli.write({ 'a.yaml': bad, 'base.json': text });
  const { code, err } = cli.run(withBaseline);
  expect(code).toBe(2);
  expect(err).toContain(`The baseline "base.json" is not one: ${problem}`);
});

test('a baseline that is not there ends with 2', () => {
  cli.write({ 'a.yaml': good });
  expect(cli.run(withBaseline)).toMatchObject({
    code: 2,
    err: expect.stringContaining('The baseline "base.json" cannot be read: ENOENT') as string,
  });
});
