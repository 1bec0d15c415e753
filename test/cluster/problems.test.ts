import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { setCluster, setUser, useServer, type Config } from './fixture.ts';
import { render } from './texts.ts';

const fixture = useServer();

describe('what stands in the way is shown with its cause and a way on', () => {
  test('a kubeconfig that is not there', async () => {
    const result = await fixture.session.session.connect({ kubeconfig: '/nowhere/config' });
    expect(result.started).toBe(false);
    expect(render(result.problem)).toBe('The kubeconfig /nowhere/config does not exist.');
    expect(await fixture.shows('failed')).toBe('The kubeconfig /nowhere/config does not exist.');
  });

  test('another certificate authority', async () => {
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({ wrongCa: true }) });
    expect(await fixture.shows('failed')).toContain('is not signed by the certificate authority in the kubeconfig');
    expect(fixture.session.view().connection.retryAt).toBeGreaterThan(Date.now() - 60_000);
  });

  test('an authority that cannot be read', async () => {
    const edit = setCluster({ 'certificate-authority-data': Buffer.from('hello').toString('base64') });
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, edit) });
    expect(await fixture.shows('failed')).toContain('A certificate or key of context "loopback" cannot be used');
  });

  test('a certificate file that is missing', async () => {
    const edit = (config: Config): void => {
      for (const { cluster } of config.clusters) {
        delete cluster['certificate-authority-data'];
        cluster['certificate-authority'] = 'gone.crt';
      }
    };
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, edit) });
    expect(await fixture.shows('failed')).toMatch(
      /clusters\[0\]\.cluster\.certificate-authority names .*gone\.crt, which cannot be read: ENOENT/,
    );
  });

  test('credentials that the server does not know', async () => {
    await fixture.renew({ timings: { backoffScale: 1 } });
    const before = Date.now();
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({ user: 'wrong-token' }) });
    expect(await fixture.shows('unauthorised')).toContain('does not accept the credentials (401)');
    expect(fixture.session.view().connection.retryAt).toBeGreaterThanOrEqual(before + 5000);
  });

  test('a login command that fails', async () => {
    const script = fixture.folder.write(
      'login',
      '#!/bin/sh\nsleep 0.2\necho "session expired, run sso login" >&2\nexit 7\n',
      0o755,
    );
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script };
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, setUser({ exec })) });
    expect(await fixture.shows('failed')).toContain('failed with exit code 7: session expired, run sso login');
    expect(fixture.session.states).toContain('authenticating');
    // A login command may open a browser: it is not run again without being asked.
    expect(fixture.session.view().connection.retryAt).toBeUndefined();
  });

  test('a login command that hangs', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['600'] };
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, setUser({ exec })) });
    expect(await fixture.shows('failed')).toContain(
      'The login command "sleep" did not finish within 3 s and was stopped.',
    );
  });

  test('a login command that hangs, and a person who does not wait for it', async () => {
    const pid = `${fixture.folder.path}/pid`;
    const script = fixture.folder.write('wait', `#!/bin/sh\necho $$ > ${pid}\nexec sleep 600\n`, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script };
    // As patient as by default: only the person's word may end it.
    await fixture.renew({ timings: { exec: 60_000 } });
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, setUser({ exec })) });
    await expect.poll(() => existsSync(pid) && readFileSync(pid, 'utf8') !== '', { timeout: 5000 }).toBe(true);
    await fixture.session.session.disconnect();
    expect(fixture.session.view().connection.state).toBe('disconnected');
    expect(() => process.kill(Number(readFileSync(pid, 'utf8')), 0)).toThrow('ESRCH');
  });

  test.each([
    ['a closed port', 'https://127.0.0.1:1', 'refuses connections (ECONNREFUSED)'],
    ['a name that does not exist', 'https://cluster.invalid:6443', 'cannot be resolved'],
  ])('%s', async (_, address, text) => {
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, setCluster({ server: address })) });
    expect(await fixture.shows('unreachable')).toContain(text);
    expect(fixture.session.view().connection.retryAt).toBeDefined();
  });

  test('a server that takes connections and never answers', async () => {
    fixture.server.faults.inject({ type: 'stall' });
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig() });
    expect(await fixture.shows('unreachable')).toContain('does not answer (ETIMEDOUT)');
    fixture.server.faults.clear();
    await fixture.session.until('live', ({ connection }) => connection.state === 'live');
  });

  test('something that is no API server, with and without TLS', async () => {
    const web = createServer((_, response) => response.end('<html>log in</html>'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    await fixture.session.session.connect({
      kubeconfig: fixture.kubeconfig({}, setCluster({ server: `http://127.0.0.1:${port}` })),
    });
    expect(await fixture.shows('failed')).toContain('does not answer like a Kubernetes API server');
    expect(fixture.session.view().connection.warnings?.map(({ id }) => id)).toEqual(['cluster.tls/plain']);
    await fixture.session.session.connect({
      kubeconfig: fixture.kubeconfig({}, setCluster({ server: `https://127.0.0.1:${port}` })),
    });
    await fixture.session.until('TLS problem', ({ connection }) => connection.problem?.id === 'cluster.tls/not-tls');
    web.close();
    web.closeAllConnections();
  });
});
