/** The whole path: a cluster on loopback, its incidents over LSP, the line that allowed one, and the fix as an edit. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HealthState } from '../../core/src/health-stream.ts';
import { reduceHealth } from '../../core/src/health-stream.ts';
import type { HealthUpdate, IncidentRow } from '../../core/src/live/view.ts';
import type { ApplyRemedyResult, ConnectResult, Remedy } from '../../core/src/protocol.ts';
import type { Demo } from '../api-server/demo.ts';
import { startDemo } from '../api-server/demo.ts';
import type { TestClient } from './client.ts';
import { applyTo, previewClient, startClient, until } from './client.ts';

const shop = fileURLToPath(new URL('../../samples/shop', import.meta.url));
let demo: Demo;
let client: TestClient;

beforeEach(async () => {
  demo = await startDemo({ story: false, speed: 10 });
  client = await startClient(previewClient, filesOf(shop));
  writeFileSync(join(client.root, 'demo.kubeconfig'), demo.server.kubeconfig());
});
afterEach(async () => {
  await client.stop();
  await demo.stop();
});

function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The view that the notifications so far add up to. */
function health(): HealthState | undefined {
  let state: HealthState | undefined;
  for (const { method, params } of client.notifications) {
    if (method !== 'selfheal/health') continue;
    const next = reduceHealth(state, params as HealthUpdate);
    if (next === 'gap') throw new Error('The health stream has a gap.');
    state = next;
  }
  return state;
}
const incident = (what: string, fits: (row: IncidentRow) => boolean): Promise<IncidentRow> =>
  until(what, () => health()?.view.incidents.find((row) => fits(row)));

const connect = async (): Promise<void> => {
  const result = await client.request<ConnectResult>('selfheal/connect', {
    kubeconfig: join(client.root, 'demo.kubeconfig'),
  });
  expect(result).toEqual({ started: true });
  await until('a live connection', () => health()?.view.connection.state === 'live');
  await until('pods', () => (health()?.view.totals.pods ?? 0) > 10);
};

test('a liveness kill opens the line that allowed it, and its fix comes as an edit', async () => {
  await client.pullWorkspace();
  await connect();
  demo.control.liveness({ namespace: 'shop-orders', workload: 'checkout' });
  const row = await incident(
    'a liveness incident',
    ({ cause, workload }) => cause.startsWith('liveness-probe-failed/') && workload.name === 'checkout',
  );
  const remedy = await client.request<Remedy>('selfheal/remedy', { incident: row.id });
  expect(remedy).toMatchObject({
    rule: 'liveness-same-as-readiness',
    location: { uri: client.uri('orders/checkout/deployment.yaml'), range: { start: { line: 54 } } },
  });
  expect(remedy.fixes[0]).toMatchObject({ kind: 'safe' });
  const { items } = await client.pull('orders/checkout/deployment.yaml');
  expect(items.find(({ source }) => source === 'selfheal (live)')).toMatchObject({
    code: `live/${row.cause}`,
    range: { start: { line: 54 } },
  });

  expect(await client.request<ApplyRemedyResult>('selfheal/applyRemedy', { incident: row.id, fix: 0 })).toEqual({
    applied: true,
  });
  // Liveness asked as often as readiness; twice its window is the documented pattern.
  const edits = client.applied[0]?.changes?.[client.uri('orders/checkout/deployment.yaml')] ?? [];
  const manifest = readFileSync(join(client.root, 'orders/checkout/deployment.yaml'), 'utf8');
  expect(manifest.split('\n')[54]).toContain('failureThreshold: 2');
  const edited = applyTo(manifest, edits);
  expect(edited.split('\n')[54]).toContain('failureThreshold: 4');

  // The cluster still runs what was there before, and the incident stays; the manifest is fixed.
  expect(remedy.fixed).toBeUndefined();
  await client.open('orders/checkout/deployment.yaml', edited);
  const after = await client.request<Remedy>('selfheal/remedy', { incident: row.id });
  expect(after).toMatchObject({ fixed: true, fixes: [], location: remedy.location && { uri: remedy.location.uri } });
  expect(after.rule).toBeUndefined();
  const live = (await client.pull('orders/checkout/deployment.yaml')).items.find(
    ({ source }) => source === 'selfheal (live)',
  );
  expect(live).toMatchObject({
    severity: 3,
    message: expect.stringMatching(/^Fixed here.*checkout still runs the old version: /),
  });
});

test('a remedy that reaches far is shown and asked about first', async () => {
  const file = 'storefront/catalog-search.yaml';
  // With a request as high as the limit, raising one takes two edits.
  const manifest = readFileSync(join(client.root, file), 'utf8');
  await client.open(file, manifest.replace('memory: 192Mi', 'memory: 256Mi'));
  await client.pullWorkspace();
  await connect();
  demo.control.oom({ namespace: 'shop-storefront', workload: 'catalog-search', container: 'search' });
  const row = await incident('an incident', ({ workload }) => workload.name === 'catalog-search');
  const remedy = await client.request<Remedy>('selfheal/remedy', { incident: row.id });
  expect(remedy).toMatchObject({ rule: 'heap-exceeds-limit', fixes: [{ kind: 'review' }, { kind: 'review' }] });
  for (const fix of [0, 1]) await client.request('selfheal/applyRemedy', { incident: row.id, fix });
  const [one, both] = client.applied;
  expect(both?.changeAnnotations).toEqual({
    'heap-exceeds-limit': {
      label: remedy.fixes[1]?.title,
      needsConfirmation: true,
      description: remedy.message,
    },
  });
  expect(both?.documentChanges).toMatchObject([{ edits: [{ annotationId: 'heap-exceeds-limit' }, {}] }]);
  // One value at the place that was pointed at is seen at a glance.
  expect(one).toEqual({ changes: { [client.uri(file)]: [expect.anything()] } });
});

test('two pods that break in the same way are one diagnostic', async () => {
  const file = 'storefront/catalog-search.yaml';
  await client.pullWorkspace();
  await connect();
  const search = { namespace: 'shop-storefront', workload: 'catalog-search', container: 'search' };
  const live = async (): Promise<readonly unknown[]> =>
    (await client.pull(file)).items.filter(({ source }) => source === 'selfheal (live)').map(({ message }) => message);
  const broken = (count: number): boolean =>
    health()?.view.incidents.filter(({ workload }) => workload.name === search.workload).length === count;
  demo.control.oom({ ...search, index: 0 });
  await until('an incident', () => broken(1));
  expect(await live()).toEqual([
    expect.stringMatching(/^Happening to catalog-search in the connected cluster \(.+\): Container search ran out/),
  ]);
  demo.control.oom({ ...search, index: 1 });
  await until('two incidents', () => broken(2));
  expect(await live()).toEqual([expect.stringMatching(/^Happening to 2 pods of catalog-search .*, 2 times so far: /)]);
});

test('findings are asked for anew where the open folder can explain an incident, and else not', async () => {
  const search = { namespace: 'shop-storefront', workload: 'catalog-search', container: 'search' };
  const broken = (): Promise<IncidentRow> =>
    incident('an incident', ({ workload, state }) => workload.name === search.workload && state !== 'recovered');
  await client.pullWorkspace();
  await connect();
  const before = client.refreshes();
  demo.control.oom({ ...search, index: 0 });
  await broken();
  await until('a refresh', () => client.refreshes() > before);

  await client.stop();
  client = await startClient(previewClient, {
    'other.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n',
  });
  writeFileSync(join(client.root, 'demo.kubeconfig'), demo.server.kubeconfig());
  await client.pullWorkspace();
  const quiet = client.refreshes();
  await connect();
  demo.control.oom({ ...search, index: 1 });
  await broken();
  expect(client.refreshes()).toBe(quiet);
});

test('nothing is loaded or asked of the cluster before the user connects, and disconnecting ends it', async () => {
  await client.pullWorkspace();
  expect(demo.server.requests).toHaveLength(0);
  expect(client.notifications.filter(({ method }) => method === 'selfheal/health')).toEqual([]);
  await connect();
  await client.request('selfheal/disconnect');
  await until('the end of the connection', () => health()?.view.connection.state === 'disconnected');
  expect(demo.server.requests.some(({ path }) => /secrets/.test(path))).toBe(false);
});

test('a kubeconfig that does not exist is a state with a cause and a way on', async () => {
  const result = await client.request<ConnectResult>('selfheal/connect', { kubeconfig: join(client.root, 'none') });
  expect(result.problem ?? (await until('a problem', () => health()?.view.connection.problem))).toMatchObject({
    id: 'cluster.kubeconfig/missing',
  });
});
