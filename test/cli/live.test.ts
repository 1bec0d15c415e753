/** `selfheal watch`, `replay` and `rights` as bundles, over a loopback cluster. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { rightsNeeded } from '../../core/src/live/rights.ts';
import { bundles } from '../../scripts/build.ts';
import { startApiServer, type ApiServer } from '../api-server/server.ts';
import { node, pod } from '../cluster/objects.ts';
import { plainEnvironment } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const recordings = join(root, 'test/fixtures/live/recordings');
let place = '';
let server: ApiServer;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'selfheal-cli-live-'));
  await Promise.all(
    bundles
      .filter(({ name }) => name.startsWith('cli'))
      .map(({ name, options }) =>
        build({
          absWorkingDir: root,
          bundle: true,
          outfile: join(place, name),
          mainFields: ['module', 'main'],
          ...options,
        }),
      ),
  );
  const read = ['list', 'watch'];
  server = await startApiServer({
    users: [
      { name: 'jane', grants: [{ verbs: read, apiGroups: ['', 'apps'], resources: ['*'], namespaces: ['shop'] }] },
      { name: 'system:serviceaccount:tools:watcher', grants: [] },
      {
        name: 'complete',
        grants: rightsNeeded.map(({ group, plural, verbs, namespace }) => ({
          verbs,
          apiGroups: [group],
          resources: [plural],
          ...(namespace !== undefined && { namespaces: [namespace] }),
        })),
      },
    ],
  });
  server.store.create(pod('web-1'));
  server.store.create(pod('other-1', { namespace: 'other' }));
  server.store.create(node('node-a'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  server.faults.clear();
});
afterAll(async () => {
  await server.close();
  rmSync(place, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Settles when a text was printed. */
  printed(text: RegExp): Promise<string>;
  readonly ended: Promise<number | null>;
}

function run(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [join(place, 'cli.cjs'), ...args], {
    cwd: place,
    env: plainEnvironment({ KUBECONFIG: '/nowhere' }),
  });
  children.add(child);
  let [out, err] = ['', ''];
  const checks = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    for (const check of checks) check();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      children.delete(child);
      for (const check of checks) check();
      resolve(code);
    });
  });
  return {
    child,
    ended,
    out: () => out,
    err: () => err,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (text.test(out)) resolve(out);
          else if (child.exitCode !== null) reject(new Error(`ended without ${String(text)}:\n${out}\n${err}`));
        };
        checks.add(check);
        check();
      }),
  };
}

let configs = 0;
function kubeconfig(options: Parameters<ApiServer['kubeconfig']>[0] = {}): string {
  configs += 1;
  const file = join(place, `config-${configs}`);
  writeFileSync(file, server.kubeconfig(options));
  return file;
}

/** The container of a pod dies and is started again, as the kubelet reports it. */
function restart(name: string, restarts: number, namespace = 'shop'): void {
  const { status } = pod(name, { restarts });
  server.store.patch('pods', namespace, name, (draft) => {
    draft['status'] = status;
  });
}

test('watch writes what happens, records it, ends on Ctrl+C with 0; replay writes it again', async () => {
  const manifests = join(place, 'k8s');
  mkdirSync(manifests);
  const manifest = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web-1, namespace: shop }\nspec:\n';
  writeFileSync(join(manifests, 'web.yaml'), `${manifest}  containers:\n    - name: app\n      image: app:1\n`);
  const record = join(place, 'recorded');
  const watching = run('watch', '--kubeconfig', kubeconfig(), '--record', record, 'k8s');
  await watching.printed(/live {2}loopback · v1\S+ · \d workloads, 2 pods, 0 open incidents/);
  restart('web-1', 1);
  const line = (await watching.printed(/opened.*\n/)).split('\n').find((text) => text.includes('opened')) ?? '';
  expect(line).toMatch(/^\d\d:\d\d:\d\d {2}● opened +shop\/web-1 app {2}P\d {2}Container app .*k8s\/web\.yaml:\d+$/);
  watching.child.kill('SIGINT');
  expect([await watching.ended, watching.err()]).toEqual([0, '']);
  expect(readdirSync(record)).toHaveLength(1);

  const replayed = run('replay', record, 'k8s');
  expect([await replayed.ended, replayed.err()]).toEqual([0, '']);
  expect(replayed.out()).toContain('recording  loopback');
  expect(replayed.out().split('\n')).toContain(line);
});

test('watch --format json writes one object on each line, of one namespace, until its time is over', async () => {
  const watching = run('watch', '--kubeconfig', kubeconfig(), '--format', 'json', '--namespace', 'shop', '--for', '3s');
  await watching.printed(/"connection"/);
  restart('other-1', 1, 'other');
  restart('web-1', 2);
  expect(await watching.ended).toBe(0);
  const lines = watching.out().trimEnd().split('\n');
  const objects = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(objects[0]).toMatchObject({ type: 'connection', state: 'live', context: 'loopback', totals: { pods: 2 } });
  const opened = objects.filter(({ type }) => type === 'opened' || type === 'open');
  expect(opened.length).toBeGreaterThan(0);
  for (const each of opened)
    expect(each).toMatchObject({ namespace: 'shop', subject: { kind: 'Pod', name: 'web-1' }, container: 'app' });
});

test('rights in one namespace are enough for it', async () => {
  const config = kubeconfig({ name: 'jane' });
  const watching = run('watch', '--kubeconfig', config, '--format', 'json', '--namespace', 'shop');
  const first = JSON.parse((await watching.printed(/\n/)).split('\n')[0] ?? '') as Record<string, unknown>;
  expect(first).toMatchObject({ state: 'live', totals: { pods: 1 } });
  expect(String(first['warnings'])).toContain('are shown for namespace "shop" only');
});

test('the connection is told when it is lost and found; an outage ends nothing', async () => {
  const watching = run('watch', '--kubeconfig', kubeconfig());
  await watching.printed(/live/);
  await server.faults.goAway();
  await watching.printed(/no news {2}loopback/);
  await server.faults.comeBack();
  await watching.printed(/no news[\s\S]*live {2}loopback/);
  watching.child.kill('SIGTERM');
  expect(await watching.ended).toBe(0);
});

test('watch ends with 2 for a call that is wrong, and says why', async () => {
  const wrong = [
    [['--context', 'nowhere'], 'There is no context "nowhere"'],
    [['--for', 'ever'], '--for needs a time such as 90s'],
    [['--format', 'xml'], '--format cannot be "xml"'],
    [['nowhere'], 'There is no file or folder'],
  ] as const;
  const config = kubeconfig();
  const results = wrong.map(async ([args, reason]) => {
    const failing = run('watch', '--kubeconfig', config, ...args);
    return [await failing.ended, failing.err().includes(reason) ? reason : failing.err()];
  });
  expect(await Promise.all(results)).toEqual(wrong.map(([, reason]) => [2, reason]));
});

test('watch ends with 2 where it cannot get in', async () => {
  const refused = run('watch', '--kubeconfig', kubeconfig({ user: 'wrong-token' }));
  expect(await refused.ended).toBe(2);
  expect(refused.err()).toMatch(/does not accept the credentials \(401\)[\s\S]*Log in/);
  expect(refused.out()).toBe('');
});

test('a reader that goes away ends the watch', async () => {
  const watching = run('watch', '--kubeconfig', kubeconfig(), '--format', 'json');
  await watching.printed(/connection/);
  watching.child.stdout?.destroy();
  restart('web-1', 3);
  restart('web-1', 4);
  expect(await watching.ended).toBe(0);
});

test.each(['04-oomkilled', '10-node-notready'])('the recorded watches of %s are replayed', async (scenario) => {
  const replayed = run('replay', '--format', 'json', join(recordings, scenario));
  expect([await replayed.ended, replayed.err()]).toEqual([0, '']);
  const lines = replayed.out().trimEnd().split('\n');
  const types = lines.map((text) => (JSON.parse(text) as { type: string }).type);
  expect([types[0], types.includes('opened')]).toEqual(['connection', true]);
});

test('replay ends with 2 where there is no recording', async () => {
  const failing = run('replay', place);
  expect(await failing.ended).toBe(2);
  expect(failing.err()).toContain('is no recording');
  expect(await run('replay').ended).toBe(2);
});

const grantsOf = (yaml: string): { kind: string; metadata: { namespace?: string }; [field: string]: unknown }[] =>
  parseAllDocuments(yaml).map((document) => document.toJS() as never);

test('rights lists what is missing and prints what grants it', async () => {
  const asking = run('rights', '--kubeconfig', kubeconfig({ name: 'jane' }));
  expect([await asking.ended, asking.err()]).toEqual([1, '']);
  expect(asking.out()).toContain('jane may not read everything in loopback. What is missing:');
  expect(asking.out()).toContain('nodes (list, watch)  Not visible: nodes that are lost');
  const manifests = grantsOf(asking.out().slice(asking.out().indexOf('apiVersion:')));
  expect(manifests.map(({ kind }) => kind)).toEqual(['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding']);
  expect(manifests[2]).toMatchObject({ subjects: [{ kind: 'User', name: 'jane' }] });
});

test('rights in a namespace asks for no more', async () => {
  const asking = run('rights', '--kubeconfig', kubeconfig({ name: 'jane' }), '--namespace', 'shop', '--format', 'json');
  expect(await asking.ended).toBe(1);
  const { missing, yaml } = JSON.parse(asking.out()) as { missing: { resource: string }[]; yaml: string };
  const resources = missing.map(({ resource }) => resource);
  expect(resources).toContain('jobs');
  expect(resources).not.toContain('pods');
  expect(grantsOf(yaml).map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
    ['Role', 'shop'],
    ['RoleBinding', 'shop'],
  ]);
});

test('rights of a service account are granted to it; yaml alone can be piped', async () => {
  const name = 'system:serviceaccount:tools:watcher';
  const asking = run('rights', '--kubeconfig', kubeconfig({ name }), '--format', 'yaml');
  expect(await asking.ended).toBe(1);
  expect(grantsOf(asking.out())[2]).toMatchObject({
    subjects: [{ kind: 'ServiceAccount', name: 'watcher', namespace: 'tools' }],
  });
});

test('the rights that the manifests grant are all that is needed: the picture is complete, nothing is missing', async () => {
  const before = server.requests.length;
  const asking = run('rights', '--kubeconfig', kubeconfig({ name: 'complete' }));
  expect([await asking.ended, asking.out()]).toEqual([0, 'complete may read everything that is shown of loopback.\n']);
  // Reviews are the only requests that are no GET.
  const posts = server.requests.slice(before).filter(({ method }) => method !== 'GET');
  expect(new Set(posts.map(({ path }) => path.split('/').at(-1)))).toEqual(
    new Set(['selfsubjectaccessreviews', 'selfsubjectreviews']),
  );
  const watching = run('watch', '--kubeconfig', kubeconfig({ name: 'complete' }), '--format', 'json');
  const first = JSON.parse((await watching.printed(/\n/)).split('\n')[0] ?? '') as { warnings: string[] };
  expect(first.warnings).toEqual([]);
});
