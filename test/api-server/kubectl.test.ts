/** kubectl, where it is installed, reads the loopback server. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDemo, type Demo } from './demo.ts';

/** Not of this project's dependencies: used where it is. */
const program = 'kubectl';
const installed = spawnSync(program, ['version', '--client']).status === 0;
if (!installed) console.log('skipped: kubectl is not installed, so it cannot read the loopback server');

let demo: Demo;
let folder: string;

/** Runs kubectl with a kubeconfig of this test and no input: it may ask for nothing. */
async function kubectl(...args: string[]): Promise<string> {
  const running = promisify(execFile)(
    program,
    ['--kubeconfig', join(folder, 'config'), '--cache-dir', join(folder, 'cache'), ...args],
    { timeout: 20_000 },
  );
  running.child.stdin?.end();
  return (await running).stdout;
}

beforeAll(async () => {
  demo = await startDemo({ story: false });
  folder = mkdtempSync(join(tmpdir(), 'loopback-'));
  writeFileSync(join(folder, 'config'), demo.server.kubeconfig({ user: 'certificate', namespace: 'shop-storefront' }));
});
afterAll(async () => {
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(!installed)('kubectl lists, pages, selects, describes and asks for its rights', async () => {
  expect(await kubectl('version')).toContain('Server Version: v1.32');
  expect(await kubectl('api-resources', '-o', 'name')).toContain('deployments.apps');

  const nodes = (await kubectl('get', 'nodes', '--no-headers')).trim().split('\n');
  expect(nodes.map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
    ['shop-node-a', 'Ready'],
    ['shop-node-b', 'Ready'],
    ['shop-node-c', 'Ready'],
  ]);

  const all = demo.server.store
    .list('pods')
    .map((pod) => `pod/${pod.metadata.name}`)
    .sort();
  expect((await kubectl('get', 'pods', '-A', '-o', 'name', '--chunk-size=7')).trim().split('\n').sort()).toEqual(all);
  expect(
    (await kubectl('get', 'pods', '-l', 'app.kubernetes.io/name=frontend', '--no-headers')).trim().split('\n'),
  ).toHaveLength(3);
  const onNode = await kubectl(
    'get',
    'pods',
    '-A',
    '--field-selector',
    'spec.nodeName=shop-node-b',
    '-o',
    'jsonpath={.items[*].spec.nodeName}',
  );
  expect(new Set(onNode.split(' '))).toEqual(new Set(['shop-node-b']));

  const described = await kubectl('describe', 'pod', '-l', 'app.kubernetes.io/name=cart');
  expect(described).toMatch(/Scheduled\s.*default-scheduler/);
  expect(described).toMatch(/Started\s.*kubelet/);
  await expect(kubectl('get', 'secrets')).rejects.toThrow(/forbidden/);
});

test.skipIf(!installed)('kubectl watches a restart happen', async () => {
  const watching = kubectl('get', 'pods', '--watch', '--no-headers', '--request-timeout=6s').catch(
    (error: unknown) => (error as { stdout: string }).stdout,
  );
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const crashed = demo.control.crash({ namespace: 'shop-storefront', workload: 'catalog' });
  await crashed.done;
  const rows = (await watching)
    .split('\n')
    .filter((line) => line.startsWith(crashed.pod))
    .map((line) => line.split(/\s+/).slice(1, 4).join(' '));
  expect(rows[0]).toBe('1/1 Running 0');
  expect(rows).toContain('0/1 Error 0');
  expect(rows.at(-1)).toBe('1/1 Running 1');
});
