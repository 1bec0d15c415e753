/** The official client's informer against the loopback server, through what a real connection goes through. */
import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer, type V1Pod } from '@kubernetes/client-node';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { ask } from './client.ts';
import { startApiServer, type ApiServer, type KubeconfigOptions } from './server.ts';
import type { KubeObject } from './store.ts';

let server: ApiServer;
afterEach(() => server.close());

function configFor(options: KubeconfigOptions): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(server.kubeconfig(options));
  return config;
}

const pod = (name: string, phase = 'Running'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec: { containers: [{ name: 'app', image: 'app:1' }] },
  status: { phase },
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, condition: () => boolean, seconds = 15): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for: ${what}`);
    await pause(20);
  }
}

/** An informer that goes on after errors, as its users must make it do, and what it has heard. */
function follow(config: KubeConfig) {
  const core = config.makeApiClient(CoreV1Api);
  const informer = makeInformer<V1Pod>(config, '/api/v1/namespaces/shop/pods', () =>
    core.listNamespacedPod({ namespace: 'shop' }),
  );
  const heard = { added: 0, updated: 0, deleted: 0, connects: 0, errors: [] as string[] };
  informer.on('add', () => (heard.added += 1));
  informer.on('update', () => (heard.updated += 1));
  informer.on('delete', () => (heard.deleted += 1));
  informer.on('connect', () => (heard.connects += 1));
  informer.on('error', (error: unknown) => {
    heard.errors.push(String(error));
    setTimeout(() => void informer.start(), 200);
  });
  return { informer, heard };
}

/** What the informer holds, in the form of `truth`. */
const held = (informer: { list(namespace: string): readonly V1Pod[] | undefined }): string[] =>
  (informer.list('shop') ?? []).map((one) => `${one.metadata?.name} ${one.metadata?.uid} ${one.status?.phase}`).sort();
const truth = (): string[] =>
  server.store
    .list('pods', 'shop')
    .map((one) => `${one.metadata.name} ${one.metadata.uid} ${(one['status'] as { phase: string }).phase}`)
    .sort();

/** Changes something every 100 ms until stopped: names come, change and go. */
function traffic(): () => void {
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    const name = `pod-${turn % 40}`;
    if (server.store.get('pods', 'shop', name) === undefined) server.store.create(pod(name, 'Pending'));
    else if (turn % 7 === 0) server.store.delete('pods', 'shop', name);
    else server.store.put(pod(name, turn % 2 === 0 ? 'Running' : 'Failed'));
  }, 100);
  return () => clearInterval(timer);
}

test(
  'runs a minute through resets, an expired version, server timeouts and bookmarks without losing the truth',
  { timeout: 120_000 },
  async () => {
    server = await startApiServer({ bookmarkSeconds: 0.5, watchTimeoutSeconds: 9 });
    for (let index = 0; index < 20; index += 1) server.store.create(pod(`pod-${index}`));
    const { informer, heard } = follow(configFor({ user: 'certificate' }));
    await informer.start();
    const began = Date.now();
    const stop = traffic();
    onTestFinished(stop);
    await until('the first objects', () => heard.added >= 20);

    // Seconds after the start, and what happens then.
    const trouble: readonly [number, () => void][] = [
      [6, () => server.faults.dropWatches('reset', { resource: 'pods' })],
      [14, () => server.faults.expireWatches({ resource: 'pods' })],
      // Half-open for a while: what the client knows grows old enough to be compacted away.
      [20, () => server.faults.freezeWatches({ resource: 'pods' })],
      [
        22,
        () => {
          server.faults.compact();
          server.faults.dropWatches('reset', { resource: 'pods' });
        },
      ],
      [
        32,
        () => {
          server.faults.inject({ type: 'status', code: 500 }, { resource: 'pods' }, 1);
          server.faults.dropWatches('reset', { resource: 'pods' });
        },
      ],
      [42, () => server.faults.inject({ type: 'slow', milliseconds: 700 }, { resource: 'pods' }, 2)],
    ];
    for (const [second, happen] of trouble) {
      await pause(Math.max(0, began + second * 1000 - Date.now()));
      happen();
    }
    await pause(Math.max(0, began + 60_000 - Date.now()));
    stop();
    await until('the informer to hold what the server holds', () => held(informer).join() === truth().join());
    await informer.stop();

    expect(held(informer)).toEqual(truth());
    const asked = (verb: string, status: number) =>
      server.requests.filter((one) => one.resource === 'pods' && one.verb === verb && one.status === status);
    expect(asked('list', 200).length).toBeGreaterThanOrEqual(3); // the first, and one after each kind of 410
    expect(asked('watch', 200).length).toBeGreaterThanOrEqual(6); // the first, one after each of four troubles, one after a server timeout
    expect([...asked('watch', 500), ...asked('list', 500)]).toHaveLength(1);
    expect(heard.errors.length).toBeGreaterThanOrEqual(1);
    expect(heard.deleted).toBeGreaterThan(0);
  },
);

test('bookmarks carry an idle watch past a compaction that would expire its first version', async () => {
  server = await startApiServer({ bookmarkSeconds: 0.3 });
  server.store.create(pod('quiet'));
  const first = server.store.revision();
  for (let index = 0; index < 5; index += 1) server.store.put({ ...pod(`other-${index}`), kind: 'ConfigMap' });
  const watched = await ask(server, {
    path: `/api/v1/pods?watch=1&allowWatchBookmarks=true&resourceVersion=${first}`,
    lines: 1,
  });
  const bookmark = watched.events()[0];
  if (bookmark === undefined) throw new Error('the watch sent nothing');
  expect(bookmark.type).toBe('BOOKMARK');
  const { resourceVersion: version } = bookmark.object['metadata'] as { resourceVersion: string };
  expect(Number(version)).toBe(first + 5);
  server.store.compact();
  const late = await ask(server, { path: `/api/v1/pods?watch=1&resourceVersion=${first}` });
  expect(late.events().map((one) => one.type)).toEqual(['ERROR']);
  const resumed = await ask(server, { path: `/api/v1/pods?watch=1&resourceVersion=${version}&timeoutSeconds=1` });
  expect(resumed.text).toBe('');
});

test('typed clients read other groups with a token', async () => {
  server = await startApiServer();
  server.store.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } },
    },
  });
  const list = await configFor({}).makeApiClient(AppsV1Api).listDeploymentForAllNamespaces();
  expect(list.items.map((one) => [one.metadata?.name, one.spec?.replicas])).toEqual([['web', 2]]);
  expect(list.items[0]?.metadata?.creationTimestamp).toBeInstanceOf(Date);
});
