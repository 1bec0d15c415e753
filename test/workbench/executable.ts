#!/usr/bin/env node
/**
 * Stands in for the VS Code executable where none can be downloaded: it takes the options of VS Code's own command
 * line, opens the workbench from npm in a headless browser and runs the suite inside its extension host.
 *
 * Ends with 0 when the suite passed, 1 when a test failed, 70 when there was no valid result (crash, hang).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './harness/browser.ts';
import { pageAddress, startServer } from './harness/server.ts';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
  },
});
const folder = positionals[0];
const tests = values.extensionTestsPath;
if (!folder || typeof tests !== 'string') throw new Error('wanted: --extensionTestsPath=FILE and a folder');
const extension = values.extensionDevelopmentPath;
if (typeof extension !== 'string') throw new Error('wanted: one --extensionDevelopmentPath=FOLDER');
const limit = Number(process.env['EXT_TEST_TIMEOUT'] ?? 180);

/** Settings that the caller laid down where desktop VS Code reads them. */
function givenSettings(): Record<string, unknown> {
  const file = path.join(String(values['user-data-dir'] ?? ''), 'User/settings.json');
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-suite-'));
const output = path.join(scratch, 'output.log');
const record = process.env['EXT_TEST_RESULT'] ?? path.join(scratch, 'result.json');
fs.writeFileSync(output, '');
fs.rmSync(record, { force: true });

const server = await startServer({
  settings: givenSettings(),
  env: { EXT_TEST_OUTPUT: output, EXT_TEST_RESULT: record },
});
const browser = await launchBrowser();
const { page } = browser;
const ended = new Promise<number | string>((resolve) => {
  // The workbench calls these two when they exist: its own way to run tests in a browser.
  void page.exposeFunction('codeAutomationLog', () => undefined);
  void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
  page.on('crash', () => resolve('the page crashed'));
  setTimeout(() => resolve(`there was no result within ${limit} s`), limit * 1000).unref();
});
let printed = 0;
/** The suite writes to a file, as the console of an extension host does not reach us. */
const pump = (): void => {
  const bytes = fs.readFileSync(output);
  process.stdout.write(bytes.subarray(printed));
  printed = bytes.length;
};
const pumping = setInterval(pump, 250);
await page.goto(pageAddress(server, { folder, extension, tests }), { waitUntil: 'commit' });
let result = await ended;
clearInterval(pumping);
pump();
// The exit code is 0 as well when the extension host died: only the record shows that the suite came to its end.
if (result === 0 && !fs.existsSync(record)) result = 'the extension host ended before the suite did';
if (result !== 0) {
  fs.mkdirSync('test-results', { recursive: true });
  await page.screenshot({ path: 'test-results/suite-failure.png' }).catch(() => undefined);
}
await browser.close();
await server.stop();
fs.rmSync(scratch, { recursive: true, force: true });
if (typeof result === 'string') console.error(`suite: ${result}`);
process.exit(typeof result === 'number' ? result : 70);
