/** Restricted Mode: manifests are checked, no cluster is contacted. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../bundle.ts';
import { type Bench, notifications, openBench, openPalette, runCommand, webview } from './bench.ts';
import { type ShopCluster, startShopCluster } from './shop-cluster.ts';

/** The companion of the demo, which connects by itself where that is possible. */
const companion = path.join(root, 'scripts/demo-extension');
let bench: Bench;
let cluster: ShopCluster;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-kube-'));

before(
  async () => {
    cluster = await startShopCluster(scratch);
    bench = await openBench({
      trust: true,
      file: 'report.yaml',
      beside: [companion],
      env: { KUBECONFIG: cluster.kubeconfig.split(path.delimiter)[0] ?? '' },
    });
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

test(
  'and no cluster is contacted, not even by another extension that runs the command',
  { timeout: 60_000 },
  async () => {
    const { page, shot } = bench;
    // The companion has run the Connect command by now, which no menu offers here.
    assert.match((await notifications(page)).join('\n'), /not trusted/);
    await openPalette(page, '>Selfheal: ');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Open Dashboard' }).waitFor();
    assert.equal(await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Connect to' }).count(), 0);
    await runCommand(page, 'Selfheal: Open Dashboard');
    await webview(page).locator('[data-testid=welcome][data-restricted=true]').waitFor();
    await shot('untrusted');
    await webview(page).getByTestId('trust').click();
    await page.locator('.workspace-trust-editor').getByText('You are in Restricted Mode').waitFor();
    assert.equal(cluster.server.requests.length, 0);
  },
);
