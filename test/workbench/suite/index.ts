/**
 * Entry of the suite inside the extension host: VS Code calls `run()`. The same bundle runs in the workbench from npm
 * and in a desktop VS Code.
 */
import fs from 'node:fs';
import { format } from 'node:util';

/** Runs every test file in order; rejects when one failed, or when none ran. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const output = process.env['EXT_TEST_OUTPUT'];
  if (output) {
    Mocha.reporters.Base.consoleLog = (...args: unknown[]) => fs.appendFileSync(output, `${format(...args)}\n`);
  }
  const grep = process.env['MOCHA_GREP'];
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, color: false, ...(grep ? { grep } : {}) });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  // The first one must meet an extension host in which nothing has happened yet.
  await import('./startup.ts');
  await import('./lint.ts');
  await import('./commands.ts');
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
  });
  // The proof of a finished run: an extension host that dies leaves none.
  const record = process.env['EXT_TEST_RESULT'];
  if (record) fs.writeFileSync(record, JSON.stringify(stats));
  if (!stats?.tests) throw new Error('no test ran');
  if (stats.failures) throw new Error(`${stats.failures} tests failed`);
}
