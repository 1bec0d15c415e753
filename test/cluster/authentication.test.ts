import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { createAuthority } from '../api-server/certificates.ts';
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

  test('by a certificate file, read again when the certificate was renewed', async () => {
    const write = (user: string): void => {
      const { cert, key } = fixture.server.certificate(user);
      fixture.folder.write('client.crt', cert);
      fixture.folder.write('client.key', key);
    };
    write('demo-admin');
    let later = 0;
    await fixture.renew({ now: () => Date.now() + later });
    const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };
    await connectLive(fixture.session, { kubeconfig: fixture.kubeconfig({}, setUser(user)) });
    write('reader');
    // As long as files are believed: from then on every new request proves itself with the new certificate.
    later = 11_000;
    const before = fixture.server.requests.length;
    fixture.server.faults.dropWatches('end', { resource: 'pods' });
    const askers = (): string[] =>
      fixture.server.requests
        .slice(before)
        .filter(({ resource }) => resource === 'pods')
        .map((request) => request.user);
    await expect.poll(() => askers().at(-1), { timeout: 10_000 }).toBe('reader');
    await fixture.session.until('live', ({ connection }) => connection.state === 'live');
  });

  test('by the OIDC token of the former auth-provider field', async () => {
    const token = idToken({ exp: soon(3600) });
    await provedBy({ 'id-token': token, 'client-id': 'x', 'idp-issuer-url': 'https://issuer.invalid' }, token);
  });

  test('by an OIDC token that is renewed when it has expired', async () => {
    const identity = createAuthority();
    const { cert, key } = identity.server();
    const grants: string[] = [];
    let fresh = '';
    const issuer = createServer({ cert, key }, (request, response) => {
      const url = `https://${request.headers.host ?? ''}`;
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') {
        response.end(JSON.stringify({ issuer: url, token_endpoint: `${url}/token` }));
        return;
      }
      request.setEncoding('utf8').on('data', (text: string) => grants.push(text));
      request.on('end', () => {
        const answer = {
          access_token: 'a',
          token_type: 'bearer',
          expires_in: 3600,
          id_token: fresh,
          refresh_token: 'r2',
        };
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    fresh = idToken({ iss: url, aud: 'x', sub: 'jane', iat: soon(0), exp: soon(3600) });
    const config = {
      'id-token': idToken({ exp: soon(-60) }),
      'refresh-token': 'r1',
      'client-id': 'x',
      'idp-issuer-url': url,
      'idp-certificate-authority-data': Buffer.from(identity.ca).toString('base64'),
    };
    try {
      await provedBy(config, fresh);
      expect(Object.fromEntries(new URLSearchParams(grants.join('&')))).toEqual({
        grant_type: 'refresh_token',
        refresh_token: 'r1',
        client_id: 'x',
      });
    } finally {
      issuer.close();
      issuer.closeAllConnections();
    }
  });

  test.each(['azure', 'gcp'])('not by the removed provider %s: what took its place is named', async (name) => {
    const user = { 'auth-provider': { name, config: { 'access-token': 'old' } } };
    await fixture.session.session.connect({ kubeconfig: fixture.kubeconfig({}, setUser(user)) });
    expect(await fixture.shows('failed')).toBe(
      `The auth-provider "${name}" of user "demo-admin" is no longer supported, nor is it by kubectl since 1.26.`,
    );
    expect(fixture.session.view().connection.remedy?.data?.['plugin']).toMatch(/^(kubelogin|gke-gcloud-auth-plugin)$/);
    expect(fixture.session.log.join()).not.toContain('old');
  });
});

const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** A token whose signature nobody checks. */
function idToken(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

/** Connects with these settings of the provider `oidc` to a server that knows one token. */
async function provedBy(config: Readonly<Record<string, string>>, token: string): Promise<void> {
  const users = [{ name: 'jane', token, grants: [{ verbs: ['*'], resources: ['*'] }] }];
  const server = await startApiServer({ users });
  try {
    const kubeconfig = parse(server.kubeconfig());
    kubeconfig.users[0].user = { 'auth-provider': { name: 'oidc', config } };
    await connectLive(fixture.session, { kubeconfig: fixture.folder.write('oidc', stringify(kubeconfig)) });
    expect(server.requests.some(({ user }) => user === 'jane')).toBe(true);
    expect(fixture.session.log.join()).not.toContain(token);
  } finally {
    await fixture.session.session.disconnect();
    await server.close();
  }
}
