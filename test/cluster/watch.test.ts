import { describe, expect, test } from 'vitest';
import { connectLive, live } from './harness.ts';
import { node, pod } from './objects.ts';
import { isInitial, isList, pods, start, startLive } from './running.ts';
import { render } from './texts.ts';

describe('getting in step', () => {
  test('one WatchList request a kind, with bookmarks, and events without their noise', async () => {
    const running = await start();
    await connectLive(running, { kubeconfig: running.kubeconfig });
    const requests = running.asked('pods');
    expect(requests.length).toBe(1);
    expect(Object.fromEntries(requests[0]?.query ?? [])).toMatchObject({
      watch: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
    });
    expect(Number(requests[0]?.query.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
    expect(running.asked('events')[0]?.query.get('fieldSelector')).toContain('reason!=Pulled');
    running.server.store.create(pod('web-3'));
    await running.until('three pods', pods(3));
    running.server.store.delete('pods', 'shop', 'web-3');
    await running.until('two pods', pods(2));
  });

  test('a paged list and a watch from its version, where the server knows no WatchList', async () => {
    const running = await start({ watchList: false });
    for (let index = 0; index < 1100; index += 1) running.server.store.create(pod(`many-${index}`));
    await connectLive(running, { kubeconfig: running.kubeconfig });
    await running.until('all pods', pods(1102));
    const requests = running.asked('pods');
    const lists = requests.filter(isList);
    expect(lists.map(({ query }) => query.get('limit'))).toEqual(['500', '500', '500']);
    expect(lists.map(({ query }) => query.has('continue'))).toEqual([false, true, true]);
    running.server.store.create(pod('web-3'));
    await running.until('one more', pods(1103));
  });

  test('a list that outlived its continue token is begun again', async () => {
    const running = await start({ watchList: false });
    for (let index = 0; index < 700; index += 1) running.server.store.create(pod(`many-${index}`));
    running.server.faults.inject({ type: 'slow', milliseconds: 300 }, { resource: 'pods', path: /pods/ }, 2);
    const connecting = connectLive(running, { kubeconfig: running.kubeconfig });
    await expect.poll(() => running.asked('pods').length, { timeout: 5000, interval: 5 }).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    running.server.store.create(pod('later'));
    running.server.faults.compact();
    await connecting;
    await running.until('all pods', pods(703));
  });
});

describe('staying in step', () => {
  test('a reset: resumes from the last version seen, without listing, and misses nothing', async () => {
    const running = await startLive({ bookmarkSeconds: 0.2 });
    running.server.store.create(pod('web-3'));
    await running.until('three pods', pods(3));
    running.server.faults.dropWatches('reset');
    running.server.store.create(pod('web-4'));
    await running.until('four pods', pods(4));
    const again = running.asked('pods');
    expect(again.length).toBeGreaterThan(0);
    expect(again.filter((request) => isList(request) || isInitial(request))).toEqual([]);
    expect(running.states).toEqual(['connecting', 'live']);
  });

  test('bookmarks carry a quiet kind over a compaction', async () => {
    const running = await startLive({ bookmarkSeconds: 0.1 });
    for (let index = 0; index < 5; index += 1) running.server.store.create(pod(`busy-${index}`));
    const revision = running.server.store.revision();
    const bookmark = new Promise((resolve) => setTimeout(resolve, 400));
    await bookmark;
    running.server.faults.compact();
    running.server.faults.dropWatches('end', { resource: 'nodes' });
    await expect.poll(() => running.asked('nodes').length, { timeout: 10_000 }).toBeGreaterThan(0);
    const first = running.asked('nodes')[0];
    expect(Number(first?.query.get('resourceVersion'))).toBeGreaterThanOrEqual(revision);
    running.server.store.create(node('node-b'));
    await running.until('two nodes', ({ connection }) =>
      connection.kinds.some(({ resource, objects }) => resource === 'nodes' && objects === 2),
    );
    expect(running.asked('nodes').some((request) => isInitial(request) || isList(request))).toBe(false);
  });

  test('410 on the stream: everything is read again', async () => {
    const running = await startLive();
    running.server.store.delete('pods', 'shop', 'web-1');
    running.server.faults.expireWatches({ resource: 'pods' });
    await expect.poll(() => running.asked('pods').filter(isInitial).length, { timeout: 10_000 }).toBe(1);
    await running.until('one pod', pods(1));
    expect(running.states).toEqual(['connecting', 'live']);
  });

  test('410 on resuming, after the history is gone: what vanished meanwhile is gone from the picture', async () => {
    const running = await startLive();
    await running.server.faults.goAway();
    running.server.store.delete('pods', 'shop', 'web-1');
    running.server.store.create(pod('web-9'));
    running.server.store.create(pod('web-10'));
    running.server.faults.compact();
    await running.server.faults.comeBack();
    await running.until('three pods', pods(3));
  });

  test('a stream that falls silent is opened again', async () => {
    const running = await startLive();
    running.server.faults.freezeWatches({ resource: 'pods' });
    running.server.store.create(pod('web-3'));
    await running.until('three pods', pods(3));
    expect(running.asked('pods').some((request) => isList(request) || isInitial(request))).toBe(false);
  });

  test('401: the kind says so, and recovers', async () => {
    const running = await startLive();
    const remove = running.server.faults.inject({ type: 'status', code: 401 });
    running.server.faults.dropWatches('end');
    const view = await running.until('stale', ({ connection }) => connection.state === 'stale');
    expect(view.connection.problem?.id).toBe('cluster.http/unauthorised');
    expect(render(view.connection.remedy)).toContain('Log in to the cluster again');
    expect(view.connection.kinds.find(({ resource }) => resource === 'pods')).toMatchObject({
      state: 'stale',
      objects: 2,
    });
    remove();
    await running.until('live', live);
  });

  test.each([500, 503, 504] as const)('%d: stale with the time of the next attempt, then live', async (code) => {
    const running = await startLive();
    const remove = running.server.faults.inject({ type: 'status', code }, { resource: 'pods' });
    running.server.faults.dropWatches('end', { resource: 'pods' });
    const view = await running.until('stale', ({ connection }) => connection.state === 'stale');
    expect(view.connection.retryAt).toBeDefined();
    expect(view.connection.problem?.id).toBe('cluster.http/server-error');
    remove();
    await running.until('live', live);
  });

  test('429: all kinds pause as long as the server asked', async () => {
    const running = await startLive();
    running.server.faults.inject({ type: 'status', code: 429, retryAfter: 1 }, { resource: 'pods' }, 1);
    running.server.faults.dropWatches('end', { resource: 'pods' });
    await expect.poll(() => running.asked('pods').some(({ status }) => status === 429), { timeout: 10_000 }).toBe(true);
    await running.until('the reason', ({ connection }) => connection.problem?.id === 'cluster.http/throttled');
    running.server.faults.dropWatches('end');
    await running.until(
      'live again',
      (view) => live(view) && running.asked('pods').some(({ status }) => status === 200 || status === 0),
    );
    await expect.poll(() => running.asked('nodes').length, { timeout: 10_000 }).toBeGreaterThan(0);
    const refused = running.asked('pods').find(({ status }) => status === 429)?.at ?? 0;
    const after = [...running.asked('pods'), ...running.asked('nodes')]
      .map(({ at }) => at)
      .filter((at) => at > refused);
    expect(Math.min(...after) - refused).toBeGreaterThanOrEqual(990);
  });

  test('a server that is down: the picture stays, stale, and is live again when it is back', async () => {
    const running = await startLive();
    await running.server.faults.goAway();
    const view = await running.until(
      'stale',
      ({ connection }) => connection.state === 'stale' && connection.problem !== undefined,
    );
    expect(render(view.connection.problem)).toContain('refuses connections');
    expect(view.connection.retryAt).toBeDefined();
    const kind = view.connection.kinds.find(({ resource }) => resource === 'pods');
    expect(kind).toMatchObject({ objects: 2, seenAt: expect.any(Number) });
    expect(view.totals).toEqual(running.view().totals);
    await running.server.faults.comeBack();
    await running.until('live', live);
    expect(running.states).toEqual(['connecting', 'live', 'stale', 'live']);
  });

  test('a kind that comes back takes the others with it, however long they meant to wait', async () => {
    const running = await startLive({}, {}, { timings: { backoffScale: 1000, healthyWatch: 1 } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    running.server.faults.inject({ type: 'status', code: 403 }, { resource: 'nodes' });
    running.server.faults.inject({ type: 'status', code: 500 }, { resource: 'pods' });
    running.server.faults.dropWatches('end', { resource: 'nodes' });
    running.server.faults.dropWatches('end', { resource: 'pods' });
    await running.until('stale', ({ connection }) => connection.state === 'stale');
    await running.until('no nodes', ({ connection }) => connection.kinds.some(({ state }) => state === 'forbidden'));
    running.server.faults.clear();
    await running.until('live', live);
  });

  test('connecting again to a server that is down keeps its picture', async () => {
    const running = await startLive();
    await running.server.faults.goAway();
    await running.session.connect({ kubeconfig: running.kubeconfig });
    const view = await running.until('stale', ({ connection }) => connection.state === 'stale');
    expect(view.totals).toEqual(running.view().totals);
    await running.server.faults.comeBack();
    await running.until('live', live);
  });

  test('a machine that slept: every watch is resumed at once, none from the beginning', async () => {
    let asleep = 0;
    // Long enough that only waking up can be the reason.
    const running = await startLive({}, {}, { now: () => Date.now() + asleep, timings: { liveness: 60_000 } });
    running.server.faults.freezeWatches();
    running.server.store.create(pod('web-3'));
    asleep = 3_600_000;
    await running.until('three pods', pods(3));
    expect(running.asked('pods').some((request) => isList(request) || isInitial(request))).toBe(false);
    expect(running.log.some((line) => line.includes('resuming all watches'))).toBe(true);
  });

  test('an end at once, again and again, is answered with ever fewer requests', async () => {
    const running = await startLive();
    const until = Date.now() + 1500;
    while (Date.now() < until) {
      running.server.faults.dropWatches('end', { resource: 'nodes' });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    // Without back-off a loopback server is asked some hundred times in that time.
    expect(running.asked('nodes').length).toBeGreaterThan(2);
    expect(running.asked('nodes').length).toBeLessThan(40);
  });
});
