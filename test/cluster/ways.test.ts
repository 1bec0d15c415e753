import { createServer, type Server } from 'node:http';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startApiServer } from '../api-server/server.ts';
import { setCluster, setUser, useServer } from './fixture.ts';
import { connectLive } from './harness.ts';
import { render } from './texts.ts';

const fixture = useServer();

describe('ways through the network', () => {
  test('an unverified certificate is a warning', async () => {
    const edit = setCluster({ 'insecure-skip-tls-verify': true });
    await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig({ wrongCa: true }, edit) });
    expect(fixture.session.view().connection.warnings?.map(render)).toEqual([
      `The certificate of ${fixture.server.url} is not verified (insecure-skip-tls-verify).`,
    ]);
  });

  test('plain http, as kubectl proxy gives', async () => {
    const plain = await startApiServer({ http: true });
    try {
      await connectLive(fixture.session, { kubeconfig: fixture.folder.write('plain', plain.kubeconfig()) });
      expect(fixture.session.view().connection.warnings?.map(({ id }) => id)).toEqual(['cluster.tls/plain']);
    } finally {
      await fixture.session.session.disconnect();
      await plain.close();
    }
  });

  test('the proxy of the kubeconfig', async () => {
    const asked: string[] = [];
    const proxy: Server = createServer().on('connect', (request, socket, head) => {
      asked.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const upstream = connectTcp(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const edit = setCluster({ 'proxy-url': `http://127.0.0.1:${port}` });
    await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig({}, edit) });
    expect(new Set(asked)).toEqual(new Set([fixture.server.url.replace('https://', '')]));
    await fixture.session.session.disconnect();
    proxy.close();
    proxy.closeAllConnections();
  });
});

describe('on demand only', () => {
  test('nothing is sent before connect, and choosing contexts sends nothing', async () => {
    const before = fixture.server.requests.length;
    const list = await fixture.session.session.contexts(fixture.kubeconfig());
    expect(list).toMatchObject({ contexts: [{ name: 'loopback', current: true, server: fixture.server.url }] });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(fixture.server.requests.length).toBe(before);
    expect(fixture.session.session.snapshot()).toMatchObject({
      type: 'snapshot',
      view: { connection: { state: 'disconnected' } },
    });
  });

  test('Secrets are never asked for, and every request reads', async () => {
    await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig() });
    expect(fixture.server.requests.filter(({ path, method }) => path.includes('secrets') || method !== 'GET')).toEqual(
      [],
    );
  });

  test('no credential is logged, whatever happens', async () => {
    const { cert, key } = fixture.server.certificate('demo-admin');
    const tell = fixture.folder.write(
      'tell',
      `#!/bin/sh\necho "bad token ${fixture.server.token}" >&2\nexit 1\n`,
      0o755,
    );
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: tell };
    await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig() });
    fixture.server.faults.dropWatches('reset');
    fixture.server.faults.inject({ type: 'status', code: 500 }, {}, 3);
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({ user: 'certificate' }) });
    await fixture.session.until('live', ({ connection }) => connection.state === 'live');
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, setUser({ exec })) });
    await fixture.shows('failed');
    // A server that puts what it was sent into its answer.
    const echo = createServer((request, response) => {
      const body = {
        kind: 'Status',
        code: 401,
        message: `not accepted: ${String(request.headers.authorization).slice(7)}`,
      };
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    await fixture.session.session.connect({
      kubeconfig: fixture.kubeconfig(
        {},
        setCluster({ server: `http://127.0.0.1:${(echo.address() as AddressInfo).port}` }),
      ),
    });
    expect(await fixture.shows('unauthorised')).toContain('not accepted: ***');
    echo.close();
    echo.closeAllConnections();
    const said = `${fixture.session.log.join('\n')}\n${JSON.stringify(fixture.session.updates)}`;
    expect(fixture.session.log.length).toBeGreaterThan(3);
    const keyLine = key.split('\n')[1] ?? '';
    for (const secret of [
      fixture.server.token,
      keyLine,
      Buffer.from(key).toString('base64').slice(0, 60),
      cert.split('\n')[1] ?? '',
    ]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(said).not.toContain(secret);
    }
  });
});
