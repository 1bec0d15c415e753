import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startApiServer } from '../api-server/server.ts';
import { setUser, useServer } from './fixture.ts';
import { connectLive } from './harness.ts';

const fixture = useServer();

describe('proving who asks', () => {
  test.each(['token', 'certificate'] as const)('by %s', async (user) => {
    const file = fixture.kubeconfig({ user });
    expect(await connectLive(fixture.session, { kubeconfig: file })).toEqual({ started: true });
    const { connection } = fixture.session.view();
    expect(connection).toMatchObject({
      context: 'loopback',
      server: fixture.server.url,
      version: expect.stringMatching(/^v1\./),
    });
    expect(fixture.session.kind('pods')).toMatchObject({ state: 'synced', objects: 2 });
    expect(fixture.session.states).toEqual(['connecting', 'live']);
    expect(fixture.server.requests.filter(({ user }) => user === 'demo-admin').length).toBeGreaterThan(0);
  });

  test('by a token file, read again when the token was replaced', async () => {
    const tokenFile = fixture.folder.write('token', `${fixture.server.token}\n`);
    await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig({}, setUser({ tokenFile })) });
    // The file has a new token by the time the server refuses the old one.
    fixture.folder.write('token', fixture.server.tokenOf('reader'));
    fixture.server.faults.inject({ type: 'status', code: 401 }, { resource: 'pods', user: 'demo-admin' });
    const before = fixture.server.requests.length;
    fixture.server.faults.dropWatches('end', { resource: 'pods' });
    const askers = (): string[] =>
      fixture.server.requests
        .slice(before)
        .filter(({ resource }) => resource === 'pods')
        .map(({ user }) => user);
    await expect.poll(askers, { timeout: 10_000 }).toEqual(['demo-admin', 'reader']);
    fixture.server.store.patch('pods', 'shop', 'web-1', (draft) => {
      draft.metadata.labels = { seen: 'again' };
    });
    await fixture.session.until('live', ({ connection }) => connection.state === 'live');
    expect(fixture.session.states).toEqual(['connecting', 'live']);
  });

  test('by a login command, whose certificate pair is used', async () => {
    const { cert, key } = fixture.server.certificate('demo-admin');
    const status = { clientCertificateData: cert, clientKeyData: key };
    const credential = fixture.folder.write(
      'cred.json',
      JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }),
    );
    const login = fixture.folder.write('cat-slowly', '#!/bin/sh\nsleep 0.2\nexec cat "$1"\n', 0o755);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: login,
      args: [credential],
      interactiveMode: 'Never',
    };
    const file = fixture.kubeconfig({}, setUser({ exec }));
    await connectLive(fixture.session, { kubeconfig: file });
    expect(fixture.session.states).toContain('authenticating');
    expect(fixture.session.states.at(-1)).toBe('live');
    expect(fixture.session.kind('pods')).toMatchObject({ objects: 2 });
    const list = await fixture.session.session.contexts(file);
    expect(list.contexts[0]?.exec).toBe(`${login} ${credential}`);
  });

  test('by the former auth-provider field, through the official client', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600 })}.c2ln`;
    const oidc = await startApiServer({
      users: [{ name: 'jane', token, grants: [{ verbs: ['*'], resources: ['*'] }] }],
    });
    try {
      const config = parse(oidc.kubeconfig());
      config.users[0].user = {
        'auth-provider': {
          name: 'oidc',
          config: { 'id-token': token, 'client-id': 'x', 'idp-issuer-url': 'https://issuer.invalid' },
        },
      };
      await connectLive(fixture.session, { kubeconfig: fixture.folder.write('oidc', stringify(config)) });
      expect(oidc.requests.some(({ user }) => user === 'jane')).toBe(true);
    } finally {
      await fixture.session.session.disconnect();
      await oidc.close();
    }
  });
});
