/** Linting as a person meets it: the squiggle, the light bulb, the saved file, the fixes on save. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Bench, lineWith, openBench, openFile, save } from './bench.ts';

let bench: Bench;

before(
  async () => {
    bench = await openBench({
      file: 'report.yaml',
      settings: { 'editor.codeActionsOnSave': { 'source.fixAll.selfheal': 'explicit' } },
    });
  },
  { timeout: 180_000 },
);

after(async () => {
  await bench?.close();
});

test('a squiggle, its quick fix, the saved file', { timeout: 90_000 }, async () => {
  const { page, saved, shot } = bench;
  await lineWith(page, 'restartPolicy: Always').waitFor();
  await page.locator('.squiggly-error').first().waitFor();
  await shot('squiggle');
  await page.locator('.monaco-editor .view-line').getByText('Always').last().click();
  // Code actions have been computed when the light bulb is there; keys sent earlier are lost.
  await page.locator('.monaco-editor [class*="gutter-lightbulb"], .monaco-editor .lightBulbWidget').first().waitFor();
  await page.keyboard.press('Control+.');
  const menu = page.locator('.action-widget');
  await menu.getByText('OnFailure').first().waitFor();
  await shot('light-bulb');
  await menu.getByText('OnFailure').first().click();
  await lineWith(page, 'restartPolicy: OnFailure').waitFor();
  await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  await save(page);
  assert.match(saved('report.yaml'), /^ {6}restartPolicy: OnFailure$/m);
  assert.doesNotMatch(saved('report.yaml'), /Always/);
});

test('saving applies every safe fix and no other', { timeout: 60_000 }, async () => {
  const { page, saved, shot } = bench;
  await openFile(page, 'web.yaml');
  await lineWith(page, 'restartPolicy: Never').waitFor();
  await page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
  // An editor without changes is not saved: type a comment at the very end.
  await page.keyboard.press('Control+End');
  await page.keyboard.type('# touched');
  await save(page);
  await shot('fixed-on-save');
  const text = saved('web.yaml');
  assert.doesNotMatch(text, /restartPolicy: Never/);
  assert.match(text, /failureThreshold: \d+/);
  assert.doesNotMatch(text, /limits/);
});

test('nothing was asked of any other machine', () => {
  assert.deepEqual(bench.foreign, []);
});
