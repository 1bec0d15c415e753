/** The demo cluster: the sample shop runs, breaks at once and goes on breaking. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { virtualClock } from './clock.ts';
import { loadManifests } from './manifests.ts';
import { startDemo } from './demo.ts';
import type { Control } from './scenario.ts';
import { shopStory } from './scenarios/shop.ts';
import type { Pod, Workload } from './sim/types.ts';

const samples = join(import.meta.dirname, '../../samples');

interface Incident {
  readonly incident: string;
  readonly workload: { kind: string; namespace: string; name: string };
  readonly container: string | null;
  readonly node?: string;
}

test('the cluster holds the workloads, containers and nodes of the incidents that map to lines of the sample', async () => {
  const demo = await startDemo({ story: false });
  onTestFinished(() => demo.stop());
  const { store } = demo.server;
  const pods = store.list('pods') as Pod[];
  expect(pods.length).toBeGreaterThanOrEqual(25);
  expect(pods.length).toBeLessThanOrEqual(50);
  expect(store.list('nodes').map((node) => node.metadata.name)).toEqual(['shop-node-a', 'shop-node-b', 'shop-node-c']);
  expect(store.list('secrets')).toEqual([]);

  // Told by the story; the others of the file have no live part yet.
  const told = [
    'crash-loop',
    'oom-kill',
    'liveness-kill',
    'never-ready',
    'pod-replaced',
    'node-lost',
    'pod-lost',
    'stateful-pod-lost',
    'hung-worker',
  ];
  const incidents = (JSON.parse(readFileSync(join(samples, 'shop-incidents.json'), 'utf8')) as Incident[]).filter(
    ({ incident }) => told.includes(incident),
  );
  expect(incidents).toHaveLength(told.length);
  for (const { workload, container, node } of incidents) {
    const resource = `${workload.kind.toLowerCase()}s`;
    const object = store.get(resource, workload.namespace, workload.name) as Workload | undefined;
    expect(object, workload.name).toBeDefined();
    const mine = pods.filter(
      (pod) => pod.metadata.namespace === workload.namespace && pod.metadata.name.startsWith(`${workload.name}-`),
    );
    expect(mine.length, workload.name).toBeGreaterThan(0);
    if (container !== null) expect(mine[0]?.spec.containers.map(({ name }) => name)).toContain(container);
    if (node !== undefined) expect(mine.map((pod) => pod.spec.nodeName)).toContain(node);
  }
  const frontends = pods.filter((pod) => pod.metadata.name.startsWith('frontend-')).map((pod) => pod.spec.nodeName);
  expect(frontends.filter((node) => node === 'shop-node-b')).toHaveLength(2);
});

test('manifests with errors and templates are left out', () => {
  const objects = loadManifests(join(samples, 'shop'));
  expect(objects.length).toBeGreaterThan(60);
  expect(objects.filter((object) => object.metadata.name.includes('{{'))).toEqual([]);
});

test('the story begins an incident every few seconds, round after round, and leaves none out for long', async () => {
  const clock = virtualClock();
  const began: { at: number; what: string }[] = [];
  const start = clock.now();
  const note = (what: string): void => void began.push({ at: (clock.now() - start) / 1000, what });
  const heals = (seconds: number): Promise<void> => clock.sleep(seconds);
  const started = (what: string) => (where: { workload: string }) => {
    note(`${what} ${where.workload}`);
    return { pod: '', uid: '', at: clock.now(), done: heals(5), restore: () => note(`restored ${where.workload}`) };
  };
  const control: Control = {
    crash: started('crash'),
    oom: started('oom'),
    liveness: started('liveness'),
    readiness: started('readiness'),
    deletePod: started('delete'),
    killNode: (node) => (note(`lost ${node}`), { at: clock.now(), done: heals(55) }),
    reviveNode: (node) => (note(`back ${node}`), { at: clock.now(), done: heals(4) }),
  };
  void shopStory(control, clock);
  await clock.advance(900);

  expect(began[0]).toEqual({ at: 2, what: 'crash recommendations' });
  const gaps = began.slice(1).map(({ at }, index) => at - (began[index]?.at ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(20);
  for (const what of [
    'oom catalog-search',
    'delete cart',
    'liveness checkout',
    'readiness payments',
    'readiness email-worker',
    'lost shop-node-b',
    'back shop-node-b',
  ]) {
    expect(began.filter((one) => one.what === what).length, what).toBeGreaterThanOrEqual(3);
  }
});

test('the command writes a kubeconfig, says one line, crashes a container within five seconds, and cleans up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'demo.ts'), '--kubeconfig', kubeconfig], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  await expect
    .poll(() => output, { timeout: 20_000 })
    .toMatch(/^demo cluster ready: \d+ pods on https:\/\/127\.0\.0\.1:\d+, kubeconfig .+\n$/);
  const ready = Date.now();

  const { KubeConfig, CoreV1Api } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const restarts = async (): Promise<number> => {
    const { items } = await core.listPodForAllNamespaces();
    return items
      .flatMap((pod) => pod.status?.containerStatuses ?? [])
      .reduce((sum, status) => sum + status.restartCount + (status.state?.terminated === undefined ? 0 : 1), 0);
  };
  await expect.poll(restarts, { timeout: 5000 - Math.min(1000, Date.now() - ready), interval: 200 }).toBeGreaterThan(0);

  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(existsSync(kubeconfig)).toBe(false);
});

test('a crash caused through the control is on the wire at once', async () => {
  const demo = await startDemo({ story: false });
  onTestFinished(() => demo.stop());
  const { ask } = await import('./client.ts');
  const watching = ask(demo.server, {
    path: `/api/v1/pods?watch=1&resourceVersion=${demo.server.store.revision()}`,
    lines: 2,
  });
  await expect.poll(() => demo.server.openWatches()).toBe(1);
  const crashed = demo.control.crash({ namespace: 'shop-storefront', workload: 'catalog' }, 3);
  const states = (await watching).events().map(({ object }) => object as unknown as Pod);
  expect(states.map((pod) => pod.metadata.uid)).toEqual([crashed.uid, crashed.uid]);
  expect(states[0]?.status.containerStatuses?.[0]?.state.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
  expect(states[1]?.status.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 3 } },
  });
  await crashed.done;
});
