import { createServer as createHttp } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { setCluster, useServer } from './fixture.ts';
import { connectLive } from './harness.ts';

const fixture = useServer();
const ends: (() => void)[] = [];
afterEach(async () => {
  await fixture.session.session.disconnect();
  for (const end of ends.splice(0)) end();
});

/** A proxy leads to the server under test, whatever it is asked for, and notes what that was. */
interface Proxy {
  readonly address: string;
  readonly asked: string[];
  /** Connections that are open through it. */
  readonly open: Set<Socket>;
}

function join(socket: Socket, open: Set<Socket>, ready: (upstream: Socket) => void): void {
  const upstream = connect(Number(new URL(fixture.server.url).port), '127.0.0.1', () => {
    ready(upstream);
    upstream.pipe(socket).pipe(upstream);
  });
  open.add(socket);
  socket.on('close', () => {
    open.delete(socket);
    upstream.destroy();
  });
  upstream.on('error', () => socket.destroy());
  upstream.on('close', () => socket.destroy());
  socket.on('error', () => upstream.destroy());
}

async function listen(server: Server, open: Set<Socket>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startHttpProxy(): Promise<Proxy> {
  const [asked, open]: [string[], Set<Socket>] = [[], new Set()];
  const server = createHttp().on('connect', (request, socket: Socket, head) => {
    asked.push(request.url ?? '');
    join(socket, open, (upstream) => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
    });
  });
  return { address: await listen(server, open), asked, open };
}

/** SOCKS 5 without authentication, RFC 1928. */
async function startSocksProxy(): Promise<Proxy> {
  const [asked, open]: [string[], Set<Socket>] = [[], new Set()];
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const [kind, length] = [request[3], request[4] ?? 0];
        const host = kind === 3 ? request.toString('latin1', 5, 5 + length) : request.subarray(4, 8).join('.');
        asked.push(`${host}:${request.readUInt16BE(kind === 3 ? 5 + length : 8)}`);
        join(socket, open, () => socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
      });
    });
    socket.on('error', () => socket.destroy());
  });
  return { address: await listen(server, open), asked, open };
}

/** A name that only the proxy can resolve; the certificate is for another one. */
const far = { server: 'https://cluster.invalid:6443', 'tls-server-name': 'localhost' };

test.each(['socks5', 'socks5h'])(
  'a %s proxy of the kubeconfig resolves the name and leads to the server',
  async (scheme) => {
    const proxy = await startSocksProxy();
    const edit = setCluster({ ...far, 'proxy-url': `${scheme}://${proxy.address}` });
    await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig({}, edit) });
    expect(new Set(proxy.asked)).toEqual(new Set(['cluster.invalid:6443']));
    expect(fixture.session.view().connection.warnings).toBeUndefined();
    await fixture.session.session.disconnect();
    await expect.poll(() => proxy.open.size, { timeout: 5000 }).toBe(0);
  },
);

test('a proxy of a kind that nobody knows is said and not used', async () => {
  const edit = setCluster({ 'proxy-url': 'quic://127.0.0.1:1' });
  await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig({}, edit) });
  expect(fixture.session.view().connection.warnings?.map(({ id }) => id)).toEqual(['cluster.proxy/unsupported']);
});

test.each(['HTTPS_PROXY', 'https_proxy'])('the proxy of the environment: %s', async (variable) => {
  const proxy = await startHttpProxy();
  await fixture.renew({ env: { [variable]: `http://${proxy.address}` } });
  await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig({}, setCluster(far)) });
  expect(new Set(proxy.asked)).toEqual(new Set(['cluster.invalid:6443']));
});

test('what NO_PROXY names, and this machine, are reached without the proxy', async () => {
  const proxy = await startHttpProxy();
  const env = { HTTPS_PROXY: `http://${proxy.address}` };
  await fixture.renew({ env: { ...env, NO_PROXY: 'example.com,.invalid' } });
  await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, setCluster(far)) });
  expect(await fixture.shows('unreachable')).toContain('cannot be resolved');
  await fixture.renew({ env });
  await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig() });
  expect(proxy.asked).toEqual([]);
});
