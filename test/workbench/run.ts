/**
 * `npm run test:workbench`: the suite inside the extension host, then the tests that use the workbench as a person
 * does. The last line says how many passed and failed.
 *
 * usage: node test/workbench/run.ts [--suite-only] [FILE...]
 *   FILE  run these tests of the user interface only, without the suite
 */
import fs from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { bundleSuite, root } from './bundle.ts';
import { findBrowser } from './harness/browser.ts';
import { ensureRuntime, unsupported } from './harness/runtime.ts';
import { type Counts, runSuite } from './run-suite.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'suite-only': { type: 'boolean' } } });

/** The tests of the user interface, one after the other: each opens a workbench of its own. */
async function runInterface(files: readonly string[]): Promise<Counts & { readonly skipped: number }> {
  let counts = { tests: 1, passed: 0, skipped: 0 };
  const stream = run({ files: [...files], concurrency: 1 });
  stream.on('test:summary', (summary) => {
    // Each file has a summary, and the last one, without a file, is that of all.
    if (summary.file === undefined) counts = summary.counts;
  });
  for await (const text of stream.compose(spec)) process.stdout.write(String(text));
  const { tests, passed, skipped } = counts;
  return { passed, failed: tests - passed - skipped, skipped };
}

function whyNot(): string | undefined {
  if (findBrowser()) return unsupported();
  return 'no Chromium was found (install one, or name it in CHROMIUM_PATH)';
}

const reason = whyNot();
if (reason) {
  console.log(`workbench tests skipped: ${reason}`);
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}
if (!fs.existsSync(path.join(root, 'dist/extension.cjs'))) {
  console.error('workbench tests: there is no dist/extension.cjs, run "npm run build" first');
  process.exit(1);
}
await ensureRuntime();
const folder = path.join(import.meta.dirname, 'ui');
const files =
  positionals.length > 0
    ? positionals.map((file) => path.resolve(file))
    : fs
        .readdirSync(folder)
        .filter((name) => name.endsWith('.test.ts'))
        .sort()
        .map((name) => path.join(folder, name));
const standIn = path.join(import.meta.dirname, 'executable.ts');
const suite = positionals.length > 0 ? { passed: 0, failed: 0 } : await runSuite(standIn, await bundleSuite());
const ui = values['suite-only'] ? { passed: 0, failed: 0, skipped: 0 } : await runInterface(files);
const failed = suite.failed + ui.failed;
const passed = suite.passed + ui.passed;
console.log(`${passed} passed, ${failed} failed${ui.skipped > 0 ? `, ${ui.skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
