/** `npm start` as it runs without a desktop: an address, and behind it the sample shop beside its cluster. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { root } from '../bundle.ts';
import { launchBrowser, type WorkbenchBrowser } from '../harness/browser.ts';
import { type ProcessGroup, spawnGroup } from '../harness/processes.ts';
import { screenshots, webview } from './bench.ts';

let demo: ProcessGroup;
let browser: WorkbenchBrowser;
let address = '';
const inDashboard = (testid: string): Locator => webview(browser.page).getByTestId(testid);

before(
  async () => {
    const script = path.join(root, 'scripts/demo.ts');
    demo = spawnGroup(process.execPath, [script, '--browser-only', '--speed', '4'], { cwd: root });
    address = (await demo.printed(/open (http:\S+) in a browser/, 120))[1] ?? '';
    browser = await launchBrowser();
    browser.page.setDefaultTimeout(60_000);
  },
  { timeout: 200_000 },
);

after(async () => {
  await browser?.close();
  await demo?.stop();
});

test('connects by itself, and things break there', { timeout: 120_000 }, async () => {
  await browser.page.goto(address);
  await webview(browser.page).locator('[data-testid=connection-state][data-state=live]').waitFor();
  await inDashboard('workload').nth(10).waitFor();
  await inDashboard('incident').first().waitFor();
  fs.mkdirSync(screenshots, { recursive: true });
  await browser.page.screenshot({ path: path.join(screenshots, 'demo.png') });
});

test('leads from an incident to the line that allowed it', { timeout: 120_000 }, async () => {
  const { page } = browser;
  await inDashboard('incident').filter({ hasText: 'recommendations' }).first().click();
  await inDashboard('place').click();
  await page.locator('.tab.active').filter({ hasText: 'recommendations.yaml' }).waitFor();
  await page.locator('.monaco-editor .squiggly-warning, .monaco-editor .squiggly-error').first().waitFor();
  await page.screenshot({ path: path.join(screenshots, 'demo-jump.png') });
});

test('an interrupt ends all of it', { timeout: 60_000 }, async () => {
  const ended = new Promise((resolve) => demo.child.once('exit', resolve));
  // As a terminal does on Ctrl+C; what the demo starts is in groups of its own, which it must end itself.
  process.kill(-demo.pid, 'SIGINT');
  await ended;
  await assert.rejects(fetch(address), 'nobody listens any more');
  assert.deepEqual(leftovers(), []);
});

/** Command lines of processes that the demo left behind: all of them name its scratch folder or its cluster's script. */
function leftovers(): readonly string[] {
  if (process.platform !== 'linux') return [];
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return []; // it ended while we looked
      }
    })
    .filter(
      (command) => command.includes('selfheal-demo-') || command.includes(path.join(root, 'test/api-server/demo.ts')),
    );
}
