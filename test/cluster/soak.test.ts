/**
 * A session beside a server in trouble: whatever fails, at the end it knows exactly what the server knows.
 * `SOAK_SECONDS=600` lets it run longer, `SOAK_SEED=n` repeats a run.
 */
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../../core/src/live/engine.ts';
import { watchedKinds } from '../../core/src/live/kinds.ts';
import { slim, type SlimObject } from '../../core/src/live/slim.ts';
import { openLink, type Link } from '../../server/src/cluster/link.ts';
import { loadKubeconfig } from '../../server/src/cluster/kubeconfig.ts';
import { createRedactor } from '../../server/src/cluster/redact.ts';
import { chooseTarget } from '../../server/src/cluster/target.ts';
import { defaultTimings, type Timings } from '../../server/src/cluster/timings.ts';
import { startApiServer, type ApiServer } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { quick } from './harness.ts';
import { node, pod } from './objects.ts';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 12);
const seed = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 1e9));
const folder = temporaryFolder();
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = randomFrom(seed);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

/** Objects by UID, as a consumer of observations sees them. */
function createStore(): {
  take: Parameters<typeof openLink>[0]['onObservation'];
  versions: () => string[];
} {
  const objects = new Map<string, SlimObject>();
  return {
    take(observation) {
      if (observation.type === 'RELIST') {
        for (const [uid, { resource }] of objects) if (resource === observation.resource) objects.delete(uid);
        for (const object of observation.objects) objects.set(object.uid, object);
      } else if (observation.type === 'DELETED') objects.delete(observation.object.uid);
      else objects.set(observation.object.uid, observation.object);
    },
    versions: () => lines([...objects.values()]),
  };
}

const lines = (objects: readonly SlimObject[]): string[] =>
  objects
    .filter(({ resource }) => resource !== 'leases')
    .map(({ resource, uid, name, resourceVersion }) => `${resource} ${name} ${uid} ${resourceVersion}`)
    .sort();

/** What the server holds of every watched kind. */
const truth = (server: ApiServer): string[] =>
  lines(
    watchedKinds.flatMap(({ resource }) => server.store.list(resource).flatMap((raw) => slim(resource, raw) ?? [])),
  );

const metadata = (name: string): { name: string; namespace: string } => ({ name, namespace: 'shop' });
const makers: readonly ((name: string) => Parameters<ApiServer['store']['put']>[0])[] = [
  (name) => pod(name),
  (name) => node(`node-${name}`),
  (name) => ({ apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec: { ports: [] } }),
  (name) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: { replicas: 2 },
    status: {},
  }),
  (name) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata(name),
    spec: { replicas: 1 },
    status: {},
  }),
  (name) => ({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: metadata(name), endpoints: [] }),
  (name) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: metadata(name),
    reason: 'BackOff',
    involvedObject: { kind: 'Pod', name, namespace: 'shop' },
  }),
];
const plurals = ['pods', 'nodes', 'services', 'deployments', 'replicasets', 'endpointslices', 'events'];

/** Creates, changes or removes something; a name that comes again has another UID. */
function mutate(server: ApiServer): void {
  const kind = Math.floor(random() * makers.length);
  const object = (makers[kind] as (typeof makers)[number])(`web-${Math.floor(random() * 30)}`);
  const { name, namespace } = object.metadata;
  const resource = plurals[kind] ?? '';
  const dice = random();
  const known = server.store.get(resource, namespace, name);
  if (known !== undefined && dice < 0.5) server.store.delete(resource, namespace, name);
  // Gone and there again within the same moment, as a StatefulSet's pod is.
  if (known === undefined || dice < 0.25) server.store.create(object);
  else if (dice >= 0.5)
    server.store.patch(resource, namespace, name, (draft) => {
      draft.metadata.labels = { seen: String(dice) };
    });
}

/** Set while the server is away: it cannot leave twice. */
let away: Promise<void> | undefined;
async function goAway({ faults }: ApiServer): Promise<void> {
  await faults.goAway();
  await new Promise((resolve) => setTimeout(resolve, 150));
  await faults.comeBack();
}

/** One fault; some end by themselves, the others when the next is injected. */
function trouble(server: ApiServer): string {
  const { faults } = server;
  const match = random() < 0.3 ? {} : { resource: pick(plurals) };
  const times = 1 + Math.floor(random() * 3);
  const all: Readonly<Record<string, () => unknown>> = {
    'end watches': () => faults.dropWatches('end', match),
    'reset watches': () => faults.dropWatches('reset', match),
    'expire watches': () => faults.expireWatches(match),
    'freeze watches': () => faults.freezeWatches(match),
    compact: () => {
      faults.dropWatches('reset', match);
      faults.compact();
    },
    'status 429': () => faults.inject({ type: 'status', code: 429, retryAfter: 0 }, match, times),
    'status 401': () => faults.inject({ type: 'status', code: 401 }, match, 1),
    reset: () => faults.inject({ type: 'reset' }, match, times),
    stall: () => faults.inject({ type: 'stall' }, match, 1),
    slow: () => faults.inject({ type: 'slow', milliseconds: 300 }, match, times),
    away: () => (away ??= goAway(server).finally(() => (away = undefined))),
  };
  for (const code of [500, 503, 504] as const)
    Object.assign(all, { [`status ${code}`]: () => faults.inject({ type: 'status', code }, match, times) });
  const name = pick(Object.keys(all));
  all[name]?.();
  // What an injected answer is to hit has to ask first.
  if (/status|reset|stall|slow/.test(name)) faults.dropWatches(random() < 0.5 ? 'end' : 'reset', match);
  return name;
}

test(
  `the store equals the server after ${seconds} s of faults (SOAK_SEED=${seed})`,
  { timeout: (seconds + 60) * 1000 },
  async () => {
    const server = await startApiServer({ bookmarkSeconds: 0.5, historyLimit: 60, watchTimeoutSeconds: 20 });
    ends.push(() => server.close());
    for (let count = 0; count < 300; count++) mutate(server);
    const timings: Timings = {
      ...defaultTimings,
      ...quick,
      headers: 700,
      body: 700,
      liveness: 1500,
      initialEvents: 700,
      recheck: 300,
      backoffScale: 0.05,
      watchSeconds: [2, 6],
    };
    const file = folder.write('config', server.kubeconfig());
    const target = chooseTarget(await loadKubeconfig(file, {}), undefined);
    const store = createStore();
    const engine = createEngine();
    const log: string[] = [];
    const link: Link = openLink({
      params: { kubeconfig: file },
      target,
      env: {},
      timings,
      redactor: createRedactor(),
      hadPicture: false,
      now: Date.now,
      random: randomFrom(seed + 1),
      log: (level, text) => {
        if (level === 'warn' || level === 'error') log.push(text);
      },
      onObservation(observation) {
        store.take(observation);
        engine.observe(observation, Date.now());
      },
      onChange: () => undefined,
    });
    ends.push(() => link.close());
    const counts = new Map<string, number>();
    let most = 0;
    let middle = 0;
    const start = Date.now();
    let nextFault = start + 500;
    while (Date.now() - start < seconds * 1000) {
      for (let count = 0; count < 3; count++) mutate(server);
      if (Date.now() >= nextFault) {
        const name = trouble(server);
        counts.set(name, (counts.get(name) ?? 0) + 1);
        nextFault = Date.now() + 100 + random() * 400;
      }
      most = Math.max(most, server.connections());
      if (middle === 0 && Date.now() - start > seconds * 500) middle = process.memoryUsage().heapUsed;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await away;
    server.faults.clear();
    // The last of the faults is the quietest: half-open connections, which nothing but silence tells of.
    server.faults.freezeWatches();
    for (let count = 0; count < 50; count++) mutate(server);
    const told = `seed ${seed}, faults ${JSON.stringify(Object.fromEntries(counts))}`;
    // Everything that is still frozen or waiting has its time limits; after them nothing may be missing.
    await expect.poll(() => store.versions(), { timeout: 20_000, interval: 100, message: told }).toEqual(truth(server));
    const view = engine.view(Date.now(), link.view());
    expect(view.connection.state, told).toBe('live');
    expect(view.totals.pods, told).toBe(server.store.list('pods').length);
    expect(view.nodes.map(({ name }) => name).sort(), told).toEqual(
      server.store
        .list('nodes')
        .map((each) => each.metadata.name)
        .sort(),
    );
    // A connection for each kind, one to ask with, and what a reset has left behind for a moment.
    expect(most, told).toBeLessThanOrEqual(3 * (watchedKinds.length + 2));
    await expect
      .poll(() => server.connections(), { timeout: 10_000, message: told })
      .toBeLessThanOrEqual(watchedKinds.length + 2);
    expect(process.memoryUsage().heapUsed - middle, told).toBeLessThan(64 * 2 ** 20);
    expect(
      log.filter((line) => line.includes('Error')),
      told,
    ).toEqual([]);
    await link.close();
    expect(link.sockets(), told).toBe(0);
    await expect.poll(() => server.connections(), { timeout: 5000, message: told }).toBe(0);
    expect(server.openWatches(), told).toBe(0);
  },
);
