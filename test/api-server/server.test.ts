/** What the server does beyond the recordings: rights, selection in watches, large lists, faults. */
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, type Answer } from './client.ts';
import { startApiServer, type ApiServer, type ApiServerOptions } from './server.ts';
import type { KubeObject } from './store.ts';

let server: ApiServer;
afterEach(() => server.close());

async function start(options?: ApiServerOptions): Promise<void> {
  server = await startApiServer(options);
}

const pod = (name: string, labels: Record<string, string> = {}, namespace = 'shop'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers: [{ name: 'app' }] },
  status: { phase: 'Running' },
});
const list = (answer: Answer) =>
  answer.json() as {
    metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
    items: KubeObject[];
  };
const summary = (answer: Answer): string[] =>
  answer.events().map(({ type, object }) => `${type} ${(object['metadata'] as { name?: string }).name ?? ''}`.trim());

describe('lists', () => {
  test('pages are one consistent snapshot, whatever happens between them', async () => {
    await start();
    for (let index = 0; index < 10; index += 1) server.store.create(pod(`p${index}`));
    const first = list(await ask(server, { path: '/api/v1/pods?limit=4' }));
    expect([first.items.length, first.metadata.remainingItemCount]).toEqual([4, 6]);
    server.store.delete('pods', 'shop', 'p5');
    server.store.create(pod('p4b'));
    const second = list(await ask(server, { path: `/api/v1/pods?limit=4&continue=${first.metadata.continue}` }));
    const third = list(await ask(server, { path: `/api/v1/pods?limit=4&continue=${second.metadata.continue}` }));
    const names = [first, second, third].flatMap((page) => page.items.map((item) => item.metadata.name));
    expect(names).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9']);
    expect(third.metadata.continue).toBeUndefined();
    expect(new Set([first, second, third].map((page) => page.metadata.resourceVersion)).size).toBe(1);
  });

  test('an expired continue token comes with one that goes on in the present', async () => {
    await start();
    for (let index = 0; index < 6; index += 1) server.store.create(pod(`p${index}`));
    const first = list(await ask(server, { path: '/api/v1/pods?limit=2' }));
    server.store.delete('pods', 'shop', 'p3');
    server.faults.compact();
    const expired = await ask(server, { path: `/api/v1/pods?limit=2&continue=${first.metadata.continue}` });
    expect(expired.status).toBe(410);
    const rest = list(
      await ask(server, {
        path: `/api/v1/pods?continue=${(expired.json()['metadata'] as { continue: string }).continue}`,
      }),
    );
    expect(rest.items.map((item) => item.metadata.name)).toEqual(['p2', 'p4', 'p5']);
  });

  test('lists over 128 KiB are compressed where asked, others never', async () => {
    await start();
    for (let index = 0; index < 400; index += 1)
      server.store.create({ ...pod(`p${index}`), spec: { padding: 'x'.repeat(500) } });
    const gzip = { 'Accept-Encoding': 'gzip' };
    const [large, plain, small] = await Promise.all([
      ask(server, { path: '/api/v1/pods', headers: gzip }),
      ask(server, { path: '/api/v1/pods' }),
      ask(server, { path: '/api/v1/pods?limit=3', headers: gzip }),
    ]);
    expect([large, plain, small].map((answer) => answer.headers['content-encoding'])).toEqual([
      'gzip',
      undefined,
      undefined,
    ]);
    expect(large.text).toBe(plain.text);
    expect(list(large).items).toHaveLength(400);
    expect(list(large).items[0]).not.toHaveProperty('kind');
  });
});

describe('watches', () => {
  test('an object that enters or leaves the selection is added or deleted', async () => {
    await start();
    const version = server.store.revision();
    server.store.create(pod('a', { tier: 'web' }));
    server.store.put(pod('a', { tier: 'db' }));
    server.store.put(pod('a', { tier: 'db', more: 'yes' }));
    server.store.put(pod('a', { tier: 'web' }));
    server.store.delete('pods', 'shop', 'a');
    server.store.create(pod('b', { tier: 'web' }, 'elsewhere'));
    const answer = await ask(server, {
      path: `/api/v1/namespaces/shop/pods?watch=1&labelSelector=tier%3Dweb&resourceVersion=${version}&timeoutSeconds=1`,
    });
    expect(summary(answer)).toEqual(['ADDED a', 'DELETED a', 'ADDED a', 'DELETED a']);
    const versions = answer
      .events()
      .map(({ object }) => Number((object['metadata'] as { resourceVersion: string }).resourceVersion) - version);
    expect(versions).toEqual([1, 2, 4, 5]);
  });

  test('changes made while the initial objects are written follow the bookmark, none twice, none lost', async () => {
    await start();
    const big = 'x'.repeat(4000);
    for (let index = 0; index < 3000; index += 1)
      server.store.create({ ...pod(`p${String(index).padStart(4, '0')}`), spec: { padding: big } });
    const query =
      'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=3';
    const answer = await ask(server, {
      path: `/api/v1/pods?${query}`,
      onHead: () => {
        server.store.delete('pods', 'shop', 'p2999');
        server.store.create(pod('late'));
      },
    });
    const lines = summary(answer);
    expect(lines.filter((line) => line.startsWith('ADDED p'))).toHaveLength(3000);
    expect(lines.slice(-3)).toEqual(['BOOKMARK', 'DELETED p2999', 'ADDED late']);
  });

  test('servers without watch lists refuse them', async () => {
    await start({ watchList: false });
    const answer = await ask(server, {
      path: '/api/v1/pods?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan',
    });
    expect(answer.status).toBe(422);
    expect(answer.json()['message']).toContain(
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    );
  });

  test('a closed client leaves nothing behind', async () => {
    await start({ bookmarkSeconds: 0.1 });
    await ask(server, { path: '/api/v1/pods?watch=1&allowWatchBookmarks=true', lines: 2 });
    await expect.poll(() => [server.openWatches(), server.connections()]).toEqual([0, 0]);
  });
});

describe('authentication and rights', () => {
  test('tokens and certificates of this server only', async () => {
    await start({
      users: [
        {
          name: 'jane',
          token: 'jane-s-token',
          grants: [{ verbs: ['list'], resources: ['pods'], namespaces: ['shop'] }],
        },
      ],
    });
    const other = await startApiServer();
    const path = '/api/v1/namespaces/shop/pods';
    const status = async (question: Parameters<typeof ask>[1]): Promise<number> => (await ask(server, question)).status;
    expect(await status({ path, token: 'jane-s-token' })).toBe(200);
    expect(await status({ path, certificate: server.certificate('jane') })).toBe(200);
    expect(await status({ path, certificate: other.certificate('jane') })).toBe(401);
    expect(await status({ path, token: other.token })).toBe(401);
    expect(await status({ path, certificate: server.certificate('unknown') })).toBe(403);
    expect(await status({ path: `${path}?watch=1`, token: 'jane-s-token' })).toBe(403);
    expect(await status({ path: '/api/v1/pods', token: 'jane-s-token' })).toBe(403);
    expect(await status({ path: '/api', token: null })).toBe(403);
    expect(await status({ path: '/version', token: null })).toBe(200);
    await other.close();
  });

  test('another CA is not trusted', async () => {
    await start();
    const other = await startApiServer();
    await expect(ask({ ...server, ca: other.ca }, { path: '/version' })).rejects.toThrow(/certificate|self-signed/);
    await other.close();
  });

  test('nobody reads or writes Secrets, and the store stays empty of them', async () => {
    await start();
    const secret = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { password: 'aGk=' },
    });
    for (const question of [
      { path: '/api/v1/secrets' },
      { path: '/api/v1/namespaces/shop/secrets/s' },
      { path: '/api/v1/secrets?watch=1' },
      { path: '/api/v1/namespaces/shop/secrets', body: secret },
    ]) {
      expect((await ask(server, question)).status).toBe(403);
    }
    expect(server.store.list('secrets')).toEqual([]);
  });

  test('plain http works with a token', async () => {
    await start({ http: true });
    server.store.create(pod('a'));
    expect(server.url).toMatch(/^http:/);
    expect(list(await ask(server, { path: '/api/v1/pods' })).items).toHaveLength(1);
    expect((await ask(server, { path: '/api/v1/pods', token: null })).status).toBe(403);
  });

  test('the log of requests holds no credentials', async () => {
    await start();
    await ask(server, { path: '/api/v1/pods?limit=1' });
    expect(server.requests[0]).toMatchObject({ verb: 'list', resource: 'pods', user: 'demo-admin', status: 200 });
    expect(JSON.stringify(server.requests)).not.toContain(server.token);
  });
});

describe('faults', () => {
  test('status faults hit the matching requests, as often as asked', async () => {
    await start();
    server.faults.inject({ type: 'status', code: 429, retryAfter: 3 }, { resource: 'pods', verb: 'list' }, 2);
    const answers = [];
    for (const path of ['/api/v1/nodes', '/api/v1/pods', '/api/v1/pods', '/api/v1/pods'])
      answers.push(await ask(server, { path }));
    expect(answers.map((answer) => answer.status)).toEqual([200, 429, 429, 200]);
    expect(answers[1]?.headers['retry-after']).toBe('3');
    for (const code of [401, 403, 500, 503, 504] as const) {
      const remove = server.faults.inject({ type: 'status', code });
      const answer = await ask(server, { path: '/api/v1/pods' });
      expect([answer.status, answer.json()['code']]).toEqual([code, code]);
      remove();
    }
    expect((await ask(server, { path: '/api/v1/pods' })).status).toBe(200);
  });

  test('resets, of requests and in the middle of a watch', async () => {
    await start();
    server.faults.inject({ type: 'reset' }, {}, 1);
    await expect(ask(server, { path: '/api/v1/pods' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    const watching = ask(server, { path: '/api/v1/pods?watch=1' });
    await expect.poll(() => server.openWatches()).toBe(1);
    expect(server.faults.dropWatches('reset')).toBe(1);
    await expect(watching).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.openWatches()).toBe(0);
  });

  test('a reset is a TCP reset, not an orderly end', async () => {
    await start({ http: true });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const ends: string[] = [];
    socket.on('end', () => ends.push('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => ends.push(error.code ?? ''));
    socket.resume();
    socket.write(`GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\n\r\n`);
    await expect.poll(() => server.openWatches()).toBe(1);
    server.faults.dropWatches('reset');
    await expect.poll(() => ends).toEqual(['ECONNRESET']);
  });

  test('a stalled request is never answered, a slow one late', async () => {
    await start();
    server.faults.inject({ type: 'stall' }, { path: /pods/ }, 1);
    server.faults.inject({ type: 'slow', milliseconds: 300 }, { path: /nodes/ }, 1);
    let answered = false;
    void ask(server, { path: '/api/v1/pods' }).then(
      () => (answered = true),
      () => undefined,
    );
    const began = Date.now();
    expect((await ask(server, { path: '/api/v1/nodes' })).status).toBe(200);
    expect(Date.now() - began).toBeGreaterThanOrEqual(295);
    expect(answered).toBe(false);
  });

  test('a frozen watch stays open and silent', async () => {
    await start({ bookmarkSeconds: 0.05 });
    let ended = false;
    void ask(server, { path: '/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=1', lines: 100 }).then(
      () => (ended = true),
      () => undefined,
    );
    await expect.poll(() => server.openWatches()).toBe(1);
    server.faults.freezeWatches();
    server.store.create(pod('unseen'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect([ended, server.openWatches(), server.connections()]).toEqual([false, 1, 1]);
  });

  test('the server goes away and comes back at the same address', async () => {
    await start();
    const watching = ask(server, { path: '/api/v1/pods?watch=1' });
    await expect.poll(() => server.openWatches()).toBe(1);
    await server.faults.goAway();
    await expect(watching).rejects.toThrow();
    await expect(ask(server, { path: '/version' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.faults.comeBack();
    expect((await ask(server, { path: '/version' })).status).toBe(200);
  });
});
