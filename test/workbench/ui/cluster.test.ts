/** The live half as a person meets it: connecting, an incident, the line that allowed it, its fix, and the bad days. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { type Bench, lineWith, notice, notifications, openBench, runCommand, save, webview } from './bench.ts';
import { type ShopCluster, startShopCluster } from './shop-cluster.ts';

let bench: Bench;
let cluster: ShopCluster;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-kube-'));

const inDashboard = (testid: string): Locator => webview(bench.page).getByTestId(testid);
const dashboardIn = (state: string): Locator =>
  webview(bench.page).locator(`[data-testid=connection-state][data-state=${state}]`);

/** The row of the sidebar's tree with this text. */
const inTree = (text: string): Locator =>
  bench.page.locator('.sidebar .monaco-list-row').filter({ hasText: text }).first();

/** Chooses a context in the list that the Connect command shows. */
async function connect(context: string): Promise<void> {
  await runCommand(bench.page, 'Selfheal: Connect to Cluster');
  await bench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: context }).first().click();
}

/** Shows the dashboard from its top, with no editor beside it. */
async function dashboardAlone(): Promise<void> {
  await runCommand(bench.page, 'View: Close All Editors');
  await runCommand(bench.page, 'Selfheal: Open Dashboard');
}

before(
  async () => {
    cluster = await startShopCluster(scratch);
    bench = await openBench({ env: { KUBECONFIG: cluster.kubeconfig } });
  },
  { timeout: 180_000 },
);

after(async () => {
  await bench?.close();
  await cluster?.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

test('before the user connects, the cluster hears nothing', { timeout: 60_000 }, async () => {
  await bench.page.locator('.activitybar').getByRole('tab', { name: 'Selfheal' }).click();
  await bench.page.locator('.sidebar').getByRole('button', { name: 'Connect to a Cluster' }).waitFor();
  await dashboardAlone();
  await inDashboard('welcome').waitFor();
  await bench.shot('disconnected');
  assert.equal(cluster.server.requests.length, 0);
  assert.deepEqual(await notifications(bench.page), []);
});

test('connecting shows its progress, then the picture', { timeout: 60_000 }, async () => {
  const remove = cluster.server.faults.inject({ type: 'slow', milliseconds: 2500 }, { resource: 'pods' });
  await connect('shop');
  await webview(bench.page)
    .locator('[data-testid=banner][data-state=connecting], [data-testid=banner][data-state=authenticating]')
    .waitFor();
  await inTree('connecting').waitFor();
  await bench.shot('connecting');
  await dashboardIn('live').waitFor();
  remove();
  await inDashboard('workload').filter({ hasText: 'web' }).waitFor();
  await inDashboard('no-incidents').waitFor();
  await inTree('live').waitFor();
  await bench.shot('live');
});

test('a restart is an incident within two seconds', { timeout: 60_000 }, async () => {
  const row = inDashboard('incident').filter({ hasText: 'web' });
  assert.equal(await row.count(), 0);
  const sent = cluster.killByLiveness();
  await row.first().waitFor();
  const seconds = (Date.now() - sent) / 1000;
  assert.ok(seconds < 2, `shown after ${seconds} s`);
  assert.doesNotMatch((await row.first().textContent()) ?? '', /incident\./, 'a text, not its id');
  assert.match((await row.first().getAttribute('data-cause')) ?? '', /^liveness-probe-failed\//);
  await inDashboard('workload').filter({ hasText: 'web' }).locator('.c-restarts').filter({ hasText: '1' }).waitFor();
});

test('from the incident to the line, and to the fixed file', { timeout: 60_000 }, async () => {
  const { page, shot, saved } = bench;
  await inDashboard('incident').filter({ hasText: 'web' }).first().click();
  await inDashboard('why').waitFor();
  await inDashboard('place').waitFor();
  await shot('incident');
  assert.match((await inDashboard('place').textContent()) ?? '', /web\.yaml:\d+/);
  await inDashboard('place').click();
  await page.locator('.tab.active').filter({ hasText: 'web.yaml' }).waitFor();
  await lineWith(page, 'livenessProbe').waitFor();
  await shot('jump');
  await runCommand(page, 'Selfheal: Open Dashboard');
  await inDashboard('apply-fix').first().click();
  await page.locator('.tab').filter({ hasText: 'web.yaml' }).first().click();
  await lineWith(page, 'failureThreshold').waitFor();
  await inDashboard('fixed').filter({ hasText: 'in the editor' }).waitFor();
  await save(page);
  await inDashboard('fixed').filter({ hasText: 'in the file' }).waitFor();
  await shot('after-the-fix');
  const liveness = saved('web.yaml').split('livenessProbe:')[1] ?? '';
  assert.match(liveness, /failureThreshold: [6-9]/);
});

test('when the cluster goes away the last picture stays, marked stale', { timeout: 90_000 }, async () => {
  await dashboardAlone();
  await inDashboard('workload').filter({ hasText: 'web' }).waitFor();
  await cluster.server.faults.goAway();
  await webview(bench.page)
    .locator('[data-testid=banner][data-state=stale], [data-testid=banner][data-state=unreachable]')
    .waitFor({ timeout: 45_000 });
  await inDashboard('workload').filter({ hasText: 'web' }).waitFor();
  await bench.shot('stale');
  await cluster.server.faults.comeBack();
  await dashboardIn('live').waitFor({ timeout: 45_000 });
});

test('a recording is looked at without the cluster', { timeout: 60_000 }, async () => {
  const { page, folder, shot } = bench;
  const counters = (): Promise<string | null> => webview(page).locator('.counters').textContent();
  const live = await counters();
  await runCommand(page, 'Selfheal: Export Recording');
  await page.locator('.quick-input-widget').filter({ hasText: 'Export a recording' }).waitFor();
  await page.keyboard.press('Enter');
  const offer = await notice(page, 'Recorded: ');
  const file = fs.readdirSync(folder).find((name) => name.endsWith('.jsonl.gz')) ?? '';
  assert.ok((await offer.textContent())?.includes(`Recorded: ${path.join(folder, file)}.`));
  await offer.getByRole('button', { name: 'Open', exact: true }).click();
  await dashboardIn('recording').waitFor();
  const asked = cluster.server.requests.length;
  await inTree('recording').waitFor();
  await page
    .locator('.notifications-center')
    .getByRole('button', { name: /^Hide Notifications/ })
    .click();
  assert.ok((await inDashboard('banner').textContent())?.includes(file));
  await inDashboard('incident').filter({ hasText: 'web' }).first().click();
  await inDashboard('place').filter({ hasText: 'web.yaml' }).waitFor();
  assert.equal(await counters(), live);
  await shot('recording');
  await inDashboard('disconnect').click();
  await inDashboard('welcome').waitFor();
  assert.equal(cluster.server.requests.length, asked, 'the cluster hears nothing of it');
  await connect('shop');
  await dashboardIn('live').waitFor();
  await inDashboard('incident').filter({ hasText: 'web' }).first().waitFor();
});

test('what the user may not read is said, with its cause', { timeout: 60_000 }, async () => {
  await connect('nothing-allowed');
  await webview(bench.page).locator('[data-testid=banner][data-state=forbidden]').waitFor();
  await inTree('nothing-allowed').waitFor();
  await bench.shot('forbidden');
  assert.match((await inDashboard('banner').textContent()) ?? '', /forbidden|allowed|permission|may not/i);
  await runCommand(bench.page, 'Selfheal: Show Missing Rights');
  await lineWith(bench.page, 'may not read everything in nothing-allowed').waitFor();
  await bench.shot('rights');
  await runCommand(bench.page, 'View: Revert and Close Editor');
});

test('a refused login is a state, not a pop-up', { timeout: 60_000 }, async () => {
  await connect('wrong-password');
  await webview(bench.page).locator('[data-testid=banner][data-state=unauthorised]').waitFor();
  await inTree('wrong-password').waitFor();
  // A login is not tried again and again within a second.
  const next = /Next attempt in 0:(\d\d)/.exec((await inDashboard('freshness').textContent()) ?? '')?.[1];
  assert.ok(Number(next) >= 3, `next attempt in ${next} s`);
  await bench.shot('unauthorised');
  assert.deepEqual(await notifications(bench.page), []);
});

test('nothing was asked of any other machine', () => {
  assert.deepEqual(bench.foreign, []);
});
