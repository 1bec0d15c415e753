import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { startApiServer, type ApiServer } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { connectLive, follow, type Followed } from './harness.ts';
import { node, pod } from './objects.ts';
import { render } from './texts.ts';

const folder = temporaryFolder();
let server: ApiServer;
let session: Followed;

beforeAll(async () => {
  server = await startApiServer();
  server.store.create(pod('web-1'));
  server.store.create(pod('web-2'));
  server.store.create(node('node-a'));
});
afterAll(() => server.close());
beforeEach(() => {
  session = follow();
});
afterEach(async () => {
  server.faults.clear();
  await session.session.dispose();
});

interface Config {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: unknown[];
}

let files = 0;
/** Writes a kubeconfig of the server, changed by `edit`. */
function kubeconfig(options: Parameters<ApiServer['kubeconfig']>[0] = {}, edit: (config: Config) => void = () => undefined): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the server under test
  const config = parse(server.kubeconfig(options)) as Config;
  edit(config);
  files += 1;
  return folder.write(`config-${files}`, stringify(config));
}
const setUser = (user: Record<string, unknown>) => (config: Config): void => {
  for (const each of config.users) each.user = user;
};

const at = (address: string) => (config: Config): void => {
  for (const { cluster } of config.clusters) cluster['server'] = address;
};

async function shows(state: string): Promise<string> {
  const view = await session.until(state, ({ connection }) => connection.state === state && connection.problem !== undefined);
  expect(render(view.connection.remedy)).not.toBe('');
  return render(view.connection.problem);
}

describe('proving who asks', () => {
  test.each(['token', 'certificate'] as const)('by %s', async (user) => {
    const file = kubeconfig({ user });
    expect(await connectLive(session, { kubeconfig: file })).toEqual({ started: true });
    const { connection } = session.view();
    expect(connection).toMatchObject({ context: 'loopback', server: server.url, version: expect.stringMatching(/^v1\./) });
    expect(session.kind('pods')).toMatchObject({ state: 'synced', objects: 2 });
    expect(session.states).toEqual(['connecting', 'live']);
    expect(server.requests.filter(({ user }) => user === 'demo-admin').length).toBeGreaterThan(0);
  });

  test('by a token file, read again when the token was replaced', async () => {
    const tokenFile = folder.write('token', `${server.token}\n`);
    await connectLive(session, { kubeconfig: kubeconfig({}, setUser({ tokenFile })) });
    // The file has a new token by the time the server refuses the old one.
    folder.write('token', server.tokenOf('reader'));
    server.faults.inject({ type: 'status', code: 401 }, { resource: 'pods', user: 'demo-admin' });
    const before = server.requests.length;
    server.faults.dropWatches('end', { resource: 'pods' });
    const askers = (): string[] => server.requests.slice(before).filter(({ resource }) => resource === 'pods').map(({ user }) => user);
    await expect.poll(askers, { timeout: 10_000 }).toEqual(['demo-admin', 'reader']);
    server.store.patch('pods', 'shop', 'web-1', (draft) => {
      draft.metadata.labels = { seen: 'again' };
    });
    await session.until('live', ({ connection }) => connection.state === 'live');
    expect(session.states).toEqual(['connecting', 'live']);
  });

  test('by a login command, whose certificate pair is used', async () => {
    const { cert, key } = server.certificate('demo-admin');
    const status = { clientCertificateData: cert, clientKeyData: key };
    const credential = folder.write('cred.json', JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }));
    const login = folder.write('cat-slowly', '#!/bin/sh\nsleep 0.2\nexec cat "$1"\n', 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: login, args: [credential], interactiveMode: 'Never' };
    const file = kubeconfig({}, setUser({ exec }));
    await connectLive(session, { kubeconfig: file });
    expect(session.states).toContain('authenticating');
    expect(session.states.at(-1)).toBe('live');
    expect(session.kind('pods')).toMatchObject({ objects: 2 });
    const list = await session.session.contexts(file);
    expect(list.contexts[0]?.exec).toBe(`${login} ${credential}`);
  });

  test('by the former auth-provider field, through the official client', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600 })}.c2ln`;
    const oidc = await startApiServer({ users: [{ name: 'jane', token, grants: [{ verbs: ['*'], resources: ['*'] }] }] });
    try {
      const config = parse(oidc.kubeconfig());
      config.users[0].user = { 'auth-provider': { name: 'oidc', config: { 'id-token': token, 'client-id': 'x', 'idp-issuer-url': 'https://issuer.invalid' } } };
      await connectLive(session, { kubeconfig: folder.write('oidc', stringify(config)) });
      expect(oidc.requests.some(({ user }) => user === 'jane')).toBe(true);
    } finally {
      await session.session.disconnect();
      await oidc.close();
    }
  });
});

describe('what stands in the way is shown with its cause and a way on', () => {
  test('a kubeconfig that is not there', async () => {
    const result = await session.session.connect({ kubeconfig: '/nowhere/config' });
    expect(result.started).toBe(false);
    expect(render(result.problem)).toBe('The kubeconfig /nowhere/config does not exist.');
    expect(await shows('failed')).toBe('The kubeconfig /nowhere/config does not exist.');
  });

  test('another certificate authority', async () => {
    await session.session.connect({ kubeconfig: kubeconfig({ wrongCa: true }) });
    expect(await shows('failed')).toContain('is not signed by the certificate authority in the kubeconfig');
    expect(session.view().connection.retryAt).toBeGreaterThan(Date.now() - 60_000);
  });

  test('an authority that cannot be read', async () => {
    const edit = (config: Config): void => {
      for (const { cluster } of config.clusters) cluster['certificate-authority-data'] = Buffer.from('hello').toString('base64');
    };
    await session.session.connect({ kubeconfig: kubeconfig({}, edit) });
    expect(await shows('failed')).toContain('A certificate or key of context "loopback" cannot be used');
  });

  test('a certificate file that is missing', async () => {
    const edit = (config: Config): void => {
      for (const { cluster } of config.clusters) {
        delete cluster['certificate-authority-data'];
        cluster['certificate-authority'] = 'gone.crt';
      }
    };
    await session.session.connect({ kubeconfig: kubeconfig({}, edit) });
    expect(await shows('failed')).toMatch(/clusters\[0\]\.cluster\.certificate-authority names .*gone\.crt, which cannot be read: ENOENT/);
  });

  test('credentials that the server does not know', async () => {
    await session.session.connect({ kubeconfig: kubeconfig({ user: 'wrong-token' }) });
    expect(await shows('unauthorised')).toContain('does not accept the credentials (401)');
    expect(session.view().connection.retryAt).toBeGreaterThan(Date.now() - 60_000);
  });

  test('a login command that fails', async () => {
    const script = folder.write('login', '#!/bin/sh\nsleep 0.2\necho "session expired, run sso login" >&2\nexit 7\n', 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script };
    await session.session.connect({ kubeconfig: kubeconfig({}, setUser({ exec })) });
    expect(await shows('failed')).toContain('failed with exit code 7: session expired, run sso login');
    expect(session.states).toContain('authenticating');
    // A login command may open a browser: it is not run again without being asked.
    expect(session.view().connection.retryAt).toBeUndefined();
  });

  test('a login command that hangs', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['600'] };
    await session.session.connect({ kubeconfig: kubeconfig({}, setUser({ exec })) });
    expect(await shows('failed')).toContain('The login command "sleep" did not finish within 3 s and was stopped.');
  });

  test('a login command that hangs, and a person who does not wait for it', async () => {
    const pid = `${folder.path}/pid`;
    const script = folder.write('wait', `#!/bin/sh\necho $$ > ${pid}\nexec sleep 600\n`, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script };
    // As patient as by default: only the person's word may end it.
    await session.session.dispose();
    session = follow({ timings: { exec: 60_000 } });
    await session.session.connect({ kubeconfig: kubeconfig({}, setUser({ exec })) });
    await expect.poll(() => existsSync(pid) && readFileSync(pid, 'utf8') !== '', { timeout: 5000 }).toBe(true);
    await session.session.disconnect();
    expect(session.view().connection.state).toBe('disconnected');
    expect(() => process.kill(Number(readFileSync(pid, 'utf8')), 0)).toThrow('ESRCH');
  });

  test.each([
    ['a closed port', 'https://127.0.0.1:1', 'refuses connections (ECONNREFUSED)'],
    ['a name that does not exist', 'https://cluster.invalid:6443', 'cannot be resolved'],
  ])('%s', async (_, address, text) => {
    await session.session.connect({ kubeconfig: kubeconfig({}, at(address)) });
    expect(await shows('unreachable')).toContain(text);
    expect(session.view().connection.retryAt).toBeDefined();
  });

  test('a server that takes connections and never answers', async () => {
    server.faults.inject({ type: 'stall' });
    await session.session.connect({ kubeconfig: kubeconfig() });
    expect(await shows('unreachable')).toContain('does not answer (ETIMEDOUT)');
    server.faults.clear();
    await session.until('live', ({ connection }) => connection.state === 'live');
  });

  test('something that is no API server, with and without TLS', async () => {
    const web = createServer((_, response) => response.end('<html>log in</html>'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    await session.session.connect({ kubeconfig: kubeconfig({}, at(`http://127.0.0.1:${port}`)) });
    expect(await shows('failed')).toContain('does not answer like a Kubernetes API server');
    expect(session.view().connection.warnings?.map(({ id }) => id)).toEqual(['cluster.tls/plain']);
    await session.session.connect({ kubeconfig: kubeconfig({}, at(`https://127.0.0.1:${port}`)) });
    await session.until('TLS problem', ({ connection }) => connection.problem?.id === 'cluster.tls/not-tls');
    web.close();
    web.closeAllConnections();
  });
});

describe('ways through the network', () => {
  test('an unverified certificate is a warning', async () => {
    const edit = (config: Config): void => {
      for (const { cluster } of config.clusters) cluster['insecure-skip-tls-verify'] = true;
    };
    await connectLive(session, { kubeconfig: kubeconfig({ wrongCa: true }, edit) });
    expect(session.view().connection.warnings?.map(render)).toEqual([
      `The certificate of ${server.url} is not verified (insecure-skip-tls-verify).`,
    ]);
  });

  test('plain http, as kubectl proxy gives', async () => {
    const plain = await startApiServer({ http: true });
    try {
      await connectLive(session, { kubeconfig: folder.write('plain', plain.kubeconfig()) });
      expect(session.view().connection.warnings?.map(({ id }) => id)).toEqual(['cluster.tls/plain']);
    } finally {
      await session.session.disconnect();
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
    const edit = (config: Config): void => {
      for (const { cluster } of config.clusters) cluster['proxy-url'] = `http://127.0.0.1:${port}`;
    };
    await connectLive(session, { kubeconfig: kubeconfig({}, edit) });
    expect(new Set(asked)).toEqual(new Set([server.url.replace('https://', '')]));
    await session.session.disconnect();
    proxy.close();
    proxy.closeAllConnections();
  });
});

describe('on demand only', () => {
  test('nothing is sent before connect, and choosing contexts sends nothing', async () => {
    const before = server.requests.length;
    const list = await session.session.contexts(kubeconfig());
    expect(list).toMatchObject({ contexts: [{ name: 'loopback', current: true, server: server.url }] });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.requests.length).toBe(before);
    expect(session.session.snapshot()).toMatchObject({ type: 'snapshot', view: { connection: { state: 'disconnected' } } });
  });

  test('Secrets are never asked for, and every request reads', async () => {
    await connectLive(session, { kubeconfig: kubeconfig() });
    expect(server.requests.filter(({ path, method }) => path.includes('secrets') || method !== 'GET')).toEqual([]);
  });

  test('no credential is logged, whatever happens', async () => {
    const { cert, key } = server.certificate('demo-admin');
    const tell = folder.write('tell', `#!/bin/sh\necho "bad token ${server.token}" >&2\nexit 1\n`, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: tell };
    await connectLive(session, { kubeconfig: kubeconfig() });
    server.faults.dropWatches('end');
    server.faults.inject({ type: 'status', code: 500 }, {}, 3);
    await session.session.connect({ kubeconfig: kubeconfig({ user: 'certificate' }) });
    await session.until('live', ({ connection }) => connection.state === 'live');
    await session.session.connect({ kubeconfig: kubeconfig({}, setUser({ exec })) });
    await shows('failed');
    // A server that puts what it was sent into its answer.
    const echo = createServer((request, response) => {
      const body = { kind: 'Status', code: 401, message: `not accepted: ${String(request.headers.authorization).slice(7)}` };
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    await session.session.connect({ kubeconfig: kubeconfig({}, at(`http://127.0.0.1:${(echo.address() as AddressInfo).port}`)) });
    expect(await shows('unauthorised')).toContain('not accepted: ***');
    echo.close();
    echo.closeAllConnections();
    const said = `${session.log.join('\n')}\n${JSON.stringify(session.updates)}`;
    expect(session.log.length).toBeGreaterThan(3);
    const keyLine = key.split('\n')[1] ?? '';
    for (const secret of [server.token, keyLine, Buffer.from(key).toString('base64').slice(0, 60), cert.split('\n')[1] ?? '']) {
      expect(secret.length).toBeGreaterThan(20);
      expect(said).not.toContain(secret);
    }
  });
});
