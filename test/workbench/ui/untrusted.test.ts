/** Restricted Mode: manifests are checked, no cluster is contacted. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Bench, openBench, openPalette, runCommand, webview } from './bench.ts';
import { type ShopCluster, startShopCluster } from './shop-cluster.ts';

let bench: Bench;
let cluster: ShopCluster;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-kube-'));

before(
  async () => {
    cluster = await startShopCluster(scratch);
    bench = await openBench({ trust: true, file: 'report.yaml', env: { KUBECONFIG: cluster.kubeconfig } });
  },
  { timeout: 180_000 },
);

after(async () => {
  await bench?.close();
  await cluster?.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

test('an untrusted workspace is linted', { timeout: 60_000 }, async () => {
  await bench.page.getByText('Restricted Mode').first().waitFor();
  await bench.page.locator('.squiggly-error').first().waitFor();
});

test('and no cluster is contacted', { timeout: 60_000 }, async () => {
  await runCommand(bench.page, 'Selfheal: Open Dashboard');
  await webview(bench.page).locator('[data-testid=welcome][data-restricted=true]').waitFor();
  await bench.shot('untrusted');
  // The palette offers no way to connect here; if it did, the command itself would have to refuse.
  await openPalette(bench.page, '>Selfheal: Connect');
  await bench.page.waitForTimeout(500);
  await bench.page.keyboard.press('Enter');
  await bench.page.waitForTimeout(1500);
  await bench.page.keyboard.press('Escape');
  assert.equal(cluster.server.requests.length, 0);
});
