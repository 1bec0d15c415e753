import { afterEach, beforeEach, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { connectLive, follow, type Followed } from './harness.ts';
import { pod } from './objects.ts';

const folder = temporaryFolder();
let server: ApiServer;
let session: Followed;

beforeEach(async () => {
  server = await startApiServer();
  server.store.create(pod('web-1'));
  session = follow();
  await connectLive(session, { kubeconfig: folder.write('config', server.kubeconfig()) });
});
afterEach(async () => {
  await session.session.dispose();
  await server.close();
});

/** The container of a pod dies and is started again, as the kubelet reports it. */
function restart(name: string, restarts: number): void {
  const { status } = pod(name, { restarts });
  server.store.patch('pods', 'shop', name, (draft) => {
    draft['status'] = status;
  });
}

test('a restart is in the next update, with its incident', async () => {
  expect(session.view().totals).toMatchObject({ pods: 1, readyPods: 1, restarts24h: 0 });
  const before = session.updates.length;
  restart('web-1', 1);
  const view = await session.until('a restart', ({ totals }) => totals.restarts24h === 1);
  expect(view.incidents).toMatchObject([
    { subject: { kind: 'Pod', namespace: 'shop', name: 'web-1' }, container: 'app' },
  ]);
  // One patch brought it: rows and totals belong together.
  const told = session.updates
    .slice(before)
    .filter((update) => update.type === 'patch' && update.patch.totals?.restarts24h === 1);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ patch: { incidents: { upsert: [{ container: 'app' }] } } });
});

test('a burst of changes is a few updates, and none is lost', async () => {
  for (let index = 0; index < 300; index += 1) server.store.create(pod(`many-${index}`));
  const before = session.updates.length;
  for (let round = 1; round <= 3; round += 1) {
    for (let index = 0; index < 300; index += 1) restart(`many-${index}`, round);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const view = await session.until('all restarts', ({ totals }) => totals.restarts24h === 900);
  expect(view.totals.pods).toBe(301);
  // 900 events: the interval of the updates is what counts, not the number of events.
  expect(session.updates.length - before).toBeLessThan(200);
});

test('a relist at any point changes no incident', async () => {
  restart('web-1', 1);
  await session.until('a restart', ({ totals }) => totals.restarts24h === 1);
  const { incidents, totals } = session.view();
  server.faults.expireWatches();
  await expect
    .poll(
      () =>
        server.requests.filter(({ resource, query }) => resource === 'pods' && query.has('sendInitialEvents')).length,
      { timeout: 10_000 },
    )
    .toBe(2);
  restart('web-1', 2);
  const view = await session.until('another restart', ({ totals }) => totals.restarts24h === 2);
  expect(view.totals.pods).toBe(totals.pods);
  expect(view.incidents.map(({ id }) => id)).toContain(incidents[0]?.id);
});

test('losing the server and finding it again keeps the incidents', async () => {
  restart('web-1', 1);
  const known = await session.until('a restart', ({ totals }) => totals.restarts24h === 1);
  await server.faults.goAway();
  const stale = await session.until('stale', ({ connection }) => connection.state === 'stale');
  expect(stale.incidents.map(({ id }) => id)).toEqual(known.incidents.map(({ id }) => id));
  restart('web-1', 2);
  await server.faults.comeBack();
  await session.until(
    'the restart in between',
    ({ totals, connection }) => connection.state === 'live' && totals.restarts24h === 2,
  );
});
