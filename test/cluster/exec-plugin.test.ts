import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCredentialSource, type CredentialSource } from '../../server/src/cluster/credentials.ts';
import type { ExecEntry } from '../../server/src/cluster/kubeconfig.ts';
import { ClusterError } from '../../server/src/cluster/problem.ts';
import { createRedactor } from '../../server/src/cluster/redact.ts';
import { temporaryFolder } from './folder.ts';
import { render } from './texts.ts';

const folder = temporaryFolder();
const apiVersion = 'client.authentication.k8s.io/v1';
let scripts = 0;

/** A login command: a node script that counts its runs in a file. */
function plugin(body: string): { readonly command: string; readonly runs: () => number } {
  scripts += 1;
  const count = join(folder.path, `runs-${scripts}`);
  const text = `#!${process.execPath}
const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(count)}, 'x');
const give = (status, kind = 'ExecCredential') => console.log(JSON.stringify({ apiVersion: '${apiVersion}', kind, status }));
${body}
`;
  const command = folder.write(`plugin-${scripts}.cjs`, text, 0o755);
  return { command, runs: () => (existsSync(count) ? readFileSync(count, 'utf8').length : 0) };
}

interface Setup {
  readonly exec?: Partial<ExecEntry>;
  readonly limit?: number;
  readonly clock?: { now: number };
}

function source(command: string, { exec, limit = 20_000, clock = { now: Date.now() } }: Setup = {}): CredentialSource {
  const entry: ExecEntry = {
    apiVersion,
    command,
    args: [],
    env: [],
    provideClusterInfo: false,
    interactiveMode: 'IfAvailable',
    ...exec,
  };
  return createCredentialSource({
    target: {
      context: 'c',
      file: '/kubeconfig',
      cluster: {
        name: 'c',
        file: '/kubeconfig',
        server: 'https://c:6443',
        skipVerify: false,
        execConfig: { audience: 'demo' },
      },
      user: { name: 'u', file: '/kubeconfig', exec: entry },
    },
    ca: 'the-authority',
    env: process.env,
    redactor: createRedactor(),
    execTimeLimit: limit,
    signal: new AbortController().signal,
    now: () => clock.now,
    onExec: () => undefined,
  });
}

async function problemOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    expect(error.detail.state).toBe('failed');
    expect(render(error.detail.remedy)).not.toBe('');
    return render(error.detail.problem);
  }
  throw new Error('there was no problem');
}

describe('a login command', () => {
  test('runs once for requests that come together, and again only shortly before its token ends', async () => {
    const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
    const { command, runs } = plugin(
      `give({ token: 'token-' + fs.readFileSync(${JSON.stringify(join(folder.path, `runs-${scripts + 1}`))}, 'utf8').length, expirationTimestamp: '2026-01-01T00:10:00Z' });`,
    );
    const credentials = source(command, { clock });
    const all = await Promise.all(Array.from({ length: 12 }, () => credentials.get()));
    expect(new Set(all.map(({ headers }) => headers['authorization']))).toEqual(new Set(['Bearer token-1']));
    clock.now += 8.9 * 60_000;
    await credentials.get();
    expect(runs()).toBe(1);
    clock.now += 0.2 * 60_000;
    expect((await credentials.get()).headers['authorization']).toBe('Bearer token-2');
    expect(runs()).toBe(2);
  });

  test('runs once more when its credentials are refused, and then not again for a while', async () => {
    const clock = { now: Date.now() };
    const { command, runs } = plugin(`give({ token: 'token-' + process.hrtime.bigint() });`);
    const credentials = source(command, { clock });
    const first = await credentials.get();
    const renewed = await Promise.all([
      credentials.refresh(first),
      credentials.refresh(first),
      credentials.refresh(first),
    ]);
    expect(runs()).toBe(2);
    expect(new Set(renewed.map((each) => each?.version))).toEqual(new Set([first.version + 1]));
    const second = renewed[0];
    if (second === undefined) throw new Error('nothing was renewed');
    expect(await credentials.refresh(second)).toBeUndefined();
    expect(runs()).toBe(2);
    clock.now += 120_000;
    expect((await credentials.refresh(second))?.version).toBe(second.version + 1);
  });

  test('gets its arguments, environment and KUBERNETES_EXEC_INFO, and an empty stdin', async () => {
    const out = join(folder.path, 'seen.json');
    const { command } = plugin(`
      const stdin = fs.readFileSync(0, 'utf8');
      fs.writeFileSync(${JSON.stringify(out)}, JSON.stringify({ stdin, args: process.argv.slice(2), zone: process.env.ZONE, info: JSON.parse(process.env.KUBERNETES_EXEC_INFO) }));
      give({ clientCertificateData: 'CERT', clientKeyData: 'KEY' });`);
    const credentials = await source(command, {
      exec: { args: ['a b', '$(id)'], env: [{ name: 'ZONE', value: 'x y' }], provideClusterInfo: true },
    }).get();
    expect(credentials).toMatchObject({ certificate: 'CERT', key: 'KEY' });
    const cluster = {
      server: 'https://c:6443',
      'certificate-authority-data': Buffer.from('the-authority').toString('base64'),
      config: { audience: 'demo' },
    };
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
      stdin: '',
      args: ['a b', '$(id)'],
      zone: 'x y',
      info: { apiVersion, kind: 'ExecCredential', spec: { interactive: false, cluster } },
    });
  });

  test('that fails shows what it wrote, without colours and tokens, cut to 4 kB', async () => {
    const { command, runs } = plugin(
      `console.error('\\u001b[31mtoken: abcdefghij expired\\u001b[0m ' + 'x'.repeat(9000)); process.exit(3);`,
    );
    const credentials = source(command);
    const text = await problemOf(credentials.get());
    expect(text).toContain(`The login command "${command}" failed with exit code 3: token: *** expired xxx`);
    expect(text.length).toBeLessThan(4300);
    await problemOf(credentials.get());
    expect(runs()).toBe(1);
  });

  test('that hangs is stopped with its children', async () => {
    const pid = join(folder.path, 'child-pid');
    const { command } = plugin(`
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      fs.writeFileSync(${JSON.stringify(pid)}, String(child.pid));
      console.error('waiting for the browser');
      setInterval(() => {}, 1000);`);
    expect(await problemOf(source(command, { limit: 1500 }).get())).toContain(
      'did not finish within 1.5 s and was stopped. waiting for the browser',
    );
    const gone = (): boolean => {
      try {
        // A process that was killed and not yet reaped by init still has an entry.
        return readFileSync(`/proc/${readFileSync(pid, 'utf8')}/stat`, 'utf8').split(' ')[2] === 'Z';
      } catch {
        return true;
      }
    };
    await expect.poll(gone, { timeout: 5000 }).toBe(true);
  });

  test('that does not exist is named with its hint', async () => {
    const credentials = source('no-such-login-command', { exec: { installHint: 'See https://example.com/login' } });
    expect(await problemOf(credentials.get())).toBe('The login command "no-such-login-command" was not found.');
    await credentials.get().catch((error: unknown) => {
      expect(error instanceof ClusterError && render(error.detail.remedy)).toContain('See https://example.com/login');
    });
  });

  test('that insists on a terminal is not started', async () => {
    const { command, runs } = plugin('give({ token: "t" })');
    expect(await problemOf(source(command, { exec: { interactiveMode: 'Always' } }).get())).toContain(
      'insists on a terminal',
    );
    expect(runs()).toBe(0);
  });

  test.each([
    ['nothing', '', 'stdout is not JSON'],
    ['text', 'console.log("Logged in!")', 'stdout is not JSON'],
    ['another object', 'give({ token: "t" }, "Status")', 'kind is not ExecCredential'],
    [
      'another version',
      'console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "v0", status: {} }))',
      `apiVersion is not ${apiVersion}`,
    ],
    ['an empty status', 'give({})', 'status has neither a token nor a certificate'],
    ['half a pair', 'give({ token: "t", clientKeyData: "K" })', 'clientCertificateData and clientKeyData go together'],
  ])('that prints %s gives no credentials', async (_, body, reason) => {
    expect(await problemOf(source(plugin(body).command).get())).toContain(reason);
  });
});
