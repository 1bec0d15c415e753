import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { startGateway, type Gateway } from './gateway.ts';
import { connectLive, follow, type Followed } from './harness.ts';
import { node, pod } from './objects.ts';
import { render } from './texts.ts';

const folder = temporaryFolder();
let server: ApiServer;
let session: Followed;
let gateway: Gateway;
const asked: URL[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = await startApiServer({ http: true });
  server.store.create(pod('web-1'));
  server.store.create(node('node-a'));
  session = follow();
});
afterEach(async () => {
  await session.session.dispose();
  await gateway.close();
  await server.close();
});

/** Connects through a gateway that plays another server. */
async function through(intercept: Parameters<typeof startGateway>[1]): Promise<void> {
  gateway = await startGateway(server, (url, response, incoming) => {
    asked.push(new URL(url));
    return intercept(url, response, incoming);
  });
  await connectLive(session, { kubeconfig: folder.write('config', gateway.kubeconfig) });
}
const podRequests = (): URL[] => asked.filter(({ pathname }) => pathname === '/api/v1/pods');
async function stillInStep(): Promise<void> {
  server.store.create(pod('web-2'));
  await session.until('two pods', ({ connection }) =>
    connection.kinds.some(({ resource, objects }) => resource === 'pods' && objects === 2),
  );
}

test('a server that ignores sendInitialEvents and so never sends their end', async () => {
  await through((url, response) => {
    if (url.searchParams.get('watch') === null || url.searchParams.has('resourceVersion')) return false;
    // From the beginning: what exists as ADDED, then whatever comes, and no mark between them.
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    if (url.pathname === '/api/v1/pods') {
      const object = server.store.get('pods', 'shop', 'web-1');
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    }
    return true;
  });
  expect(podRequests().some(({ searchParams }) => searchParams.has('limit'))).toBe(true);
  // Trying WatchList first is no failure, so nothing of it was shown.
  expect(session.states).toEqual(['connecting', 'live']);
  await stillInStep();
});

test('a storage that cannot report progress: ERROR 500 for a watch with bookmarks from the beginning', async () => {
  const line =
    '{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"a watch stream was requested by the client but the required storage feature RequestWatchProgress is disabled","reason":"InternalError","code":500}}\n';
  await through((url, response) => {
    if (url.searchParams.get('watch') === null || url.searchParams.has('resourceVersion')) return false;
    response.writeHead(200, { 'content-type': 'application/json' }).end(line);
    return true;
  });
  expect(session.states).toEqual(['connecting', 'live']);
  await stillInStep();
});

test('APIs that are not served are absent; the rest is live', async () => {
  await through((url, response) => {
    if (url.pathname === '/apis') {
      const groups = ['apps', 'discovery.k8s.io'].map((name) => ({
        name,
        versions: [{ groupVersion: `${name}/v1`, version: 'v1' }],
      }));
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ kind: 'APIGroupList', apiVersion: 'v1', groups }));
      return true;
    }
    if (!url.pathname.startsWith('/apis/discovery.k8s.io/')) return false;
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    return true;
  });
  expect(session.kind('jobs')).toMatchObject({ state: 'absent' });
  expect(render(session.kind('jobs')?.problem)).toBe('This cluster does not serve jobs of batch/v1.');
  expect(session.kind('endpointslices')).toMatchObject({ state: 'absent' });
  expect(session.kind('deployments')).toMatchObject({ state: 'synced' });
  // What discovery does not name is not asked for.
  expect(asked.filter(({ pathname }) => pathname.startsWith('/apis/batch'))).toEqual([]);
});

test('discovery that is forbidden: every kind is tried', async () => {
  await through((url, response) => {
    if (url.pathname !== '/apis') return false;
    response.writeHead(403).end();
    return true;
  });
  const states = session.view().connection.kinds.map(({ resource, state }) => [resource, state]);
  const metrics = (resource: string | undefined): boolean => resource?.endsWith('metrics') === true;
  expect(states.filter(([resource, state]) => state !== (metrics(resource) ? 'absent' : 'synced'))).toEqual([]);
  expect(states.filter(([resource]) => metrics(resource)).length).toBe(2);
});

test('metrics are read again and again where they are served, and their failing stops nothing', async () => {
  let served = 0;
  let failing = false;
  const heads: (string | undefined)[] = [];
  const row = { metadata: { name: 'web-1', namespace: 'shop' }, timestamp: '2026-01-01T00:00:00Z', window: '15s' };
  await through((url, response, incoming) => {
    if (url.pathname === '/apis') {
      response.writeHead(403).end();
      return true;
    }
    if (url.pathname !== '/apis/metrics.k8s.io/v1beta1/pods') return false;
    heads.push(incoming.headers['accept-encoding']);
    served += 1;
    const items = [{ ...row, containers: [{ name: 'app', usage: { cpu: `${served}m`, memory: '1Mi' } }] }];
    response.writeHead(failing ? 503 : 200, { 'content-type': 'application/json' });
    response.end(failing ? 'unavailable' : JSON.stringify({ kind: 'PodMetricsList', metadata: {}, items }));
    return true;
  });
  expect(session.kind('podmetrics')).toMatchObject({ state: 'synced', objects: 1 });
  expect(session.kind('podmetrics')?.problem).toBeUndefined();
  await expect.poll(() => served, { timeout: 10_000 }).toBeGreaterThan(2);
  expect(new Set(heads)).toEqual(new Set(['gzip']));
  failing = true;
  await session.until('stale metrics', () => session.kind('podmetrics')?.state === 'stale');
  expect(session.view().connection.state).toBe('live');
  failing = false;
  await session.until('metrics again', () => session.kind('podmetrics')?.state === 'synced');
  // They are shown and not kept: a day of them would push out what happened.
  const history = { folder: folder.path, days: 7 };
  await connectLive(session, { kubeconfig: folder.write('config', gateway.kubeconfig), history });
  const file = join(folder.path, 'kept.jsonl');
  await session.session.exportRecording(file);
  const kept = readFileSync(file, 'utf8');
  expect(kept).toContain('"resource":"pods"');
  expect(kept).not.toContain('podmetrics');
  await session.session.disconnect();
  const before = served;
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(served).toBe(before);
});

test.each([
  ['while the list is read', (url: URL) => url.searchParams.has('sendInitialEvents')],
  ['in a resumed watch', (url: URL) => url.searchParams.has('resourceVersion')],
] as const)('a garbled line %s: the list is read again', async (_, when) => {
  let garbled = 0;
  await through((url, response) => {
    if (url.pathname !== '/api/v1/pods' || garbled > 0 || !when(url)) return false;
    garbled += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"type":"ADDED","object":{"metadata":\n');
    return true;
  });
  server.faults.dropWatches('end', { resource: 'pods' });
  await expect.poll(() => garbled, { timeout: 10_000 }).toBe(1);
  await stillInStep();
  expect(session.log.some((line) => line.includes('is not JSON'))).toBe(true);
  const whole = podRequests().filter(
    ({ searchParams }) => searchParams.has('limit') || searchParams.has('sendInitialEvents'),
  );
  expect(whole.length).toBe(2);
});

test('a clock that is ahead: times are those of the cluster', async () => {
  const ahead = 3_600_000;
  await through((url, response) => {
    if (url.pathname !== '/version') return false;
    response.setHeader('date', new Date(Date.now() + ahead).toUTCString());
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ gitVersion: 'v1.32.0' }));
    return true;
  });
  await stillInStep();
  const { now, connection } = session.view();
  expect(Math.abs(now - Date.now() - ahead)).toBeLessThan(60_000);
  expect(Math.abs(connection.since - Date.now() - ahead)).toBeLessThan(60_000);
});
