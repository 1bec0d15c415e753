/** The packaged extension: small, without what only developers need, and working where it is installed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../bundle.ts';
import { type Bench, openBench } from './bench.ts';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-vsix-'));
const vsix = path.join(scratch, 'selfheal.vsix');
const vsce = (...args: string[]): string =>
  execFileSync(path.join(root, 'node_modules/.bin/vsce'), args, { cwd: root, encoding: 'utf8' });
let bench: Bench | undefined;

before(
  () => {
    vsce('package', '--no-dependencies', '--out', vsix);
  },
  { timeout: 120_000 },
);

after(async () => {
  await bench?.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

test('is smaller than 3 MB and holds only what is shipped', () => {
  assert.ok(fs.statSync(vsix).size < 3_000_000, `${fs.statSync(vsix).size} bytes`);
  const folders = new Set(
    vsce('ls', '--no-dependencies')
      .trim()
      .split('\n')
      .map((file) => file.split('/')[0]),
  );
  const shipped = [
    'dist',
    'schemas',
    'syntaxes',
    'media',
    'l10n',
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ];
  const allowed = new Set([...shipped, 'package.nls.json', 'package.nls.zh-cn.json']);
  assert.deepEqual(
    [...folders].filter((each) => each !== undefined && !allowed.has(each)),
    [],
  );
});

test('lints where it is installed', { timeout: 180_000 }, async () => {
  bench = await openBench({ vsix, file: 'report.yaml' });
  await bench.page.locator('.squiggly-error').first().waitFor();
});
