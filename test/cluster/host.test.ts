import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClusterHost, type ClusterHost } from '../../server/src/cluster/host.ts';
import { startApiServer, type ApiServer } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { follower, live, type Follower } from './harness.ts';
import { node, pod } from './objects.ts';
import { render } from './texts.ts';

const folder = temporaryFolder();
const workerPath = fileURLToPath(new URL('../../server/src/cluster/worker.ts', import.meta.url));
let server: ApiServer;
let host: ClusterHost;
let shell: Follower;
let kubeconfig: string;

/** A host whose worker can be brought down: it crashes when a file appears. */
function crashable(how = "throw new Error('out of luck')"): { path: string; crash: () => void } {
  const trigger = join(folder.path, `crash-${Math.random()}`);
  const text = `import { existsSync } from 'node:fs';
import ${JSON.stringify(workerPath)};
console.log('token: abcdefghijkl');
setInterval(() => { if (existsSync(${JSON.stringify(trigger)})) ${how}; }, 20);
`;
  return { path: folder.write(`worker-${Math.random()}.mjs`, text), crash: () => writeFileSync(trigger, '') };
}
function start(path: string): void {
  shell = follower();
  host = createClusterHost({ workerPath: path, onUpdate: shell.onUpdate, log: shell.onLog });
}

beforeEach(async () => {
  server = await startApiServer();
  server.store.create(pod('web-1'));
  server.store.create(node('node-a'));
  kubeconfig = folder.write('config', server.kubeconfig());
  start(workerPath);
});
afterEach(async () => {
  await host.dispose();
  await server.close();
});

test('no thread before the first question, and none after disconnecting', async () => {
  expect(host.running).toBe(false);
  expect(host.snapshot()).toMatchObject({ view: { connection: { state: 'disconnected' } } });
  await host.disconnect();
  expect(host.running).toBe(false);
  expect((await host.contexts(kubeconfig)).contexts.map(({ name }) => name)).toEqual(['loopback']);
  expect(host.running).toBe(true);
  await host.disconnect();
  expect(host.running).toBe(false);
});

test('the thread is gone after disconnecting, whatever it was doing', async () => {
  const beats = join(folder.path, 'beats');
  const text = `import { appendFileSync } from 'node:fs';
import ${JSON.stringify(workerPath)};
setInterval(() => appendFileSync(${JSON.stringify(beats)}, 'x'), 10);
`;
  start(folder.write('beating.mjs', text));
  await host.connect({ kubeconfig });
  await shell.followed.until('live', live);
  await host.disconnect();
  const beaten = statSync(beats).size;
  expect(beaten).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(statSync(beats).size).toBe(beaten);
});

test('a session in the thread: connected, updated, mirrored, and gone', async () => {
  expect(await host.connect({ kubeconfig })).toEqual({ started: true });
  await shell.followed.until('live', live);
  server.store.create(pod('web-2'));
  await shell.followed.until('two pods', ({ connection }) =>
    connection.kinds.some(({ resource, objects }) => resource === 'pods' && objects === 2),
  );
  const snapshot = host.snapshot();
  expect(snapshot.type === 'snapshot' && snapshot.view).toEqual(shell.followed.view());
  await host.disconnect();
  expect(shell.followed.view().connection.state).toBe('disconnected');
  await expect.poll(() => server.connections(), { timeout: 5000 }).toBe(0);
  // A second thread continues the versions of the first; the follower throws on a gap.
  await host.connect({ kubeconfig });
  await shell.followed.until('live', live);
});

test('a bad kubeconfig is answered, not thrown', async () => {
  const result = await host.connect({ kubeconfig: '/nowhere/config' });
  expect(result.started).toBe(false);
  expect(render(result.problem)).toContain('/nowhere/config does not exist');
});

test('a crash is a state with the picture kept, and connecting again works', async () => {
  const worker = crashable();
  const printed = vi.spyOn(process.stdout, 'write');
  start(worker.path);
  await host.connect({ kubeconfig });
  const before = await shell.followed.until('live', live);
  // What the thread prints goes to the log, never to the standard output of the process, which speaks a protocol.
  expect(shell.followed.log.filter((line) => line.includes('token:'))).toEqual(['debug cluster worker: token: ***']);
  expect(printed.mock.calls.filter(([chunk]) => String(chunk).includes('abcdefghijkl'))).toEqual([]);
  printed.mockRestore();
  worker.crash();
  const view = await shell.followed.until('failed', ({ connection }) => connection.state === 'failed');
  expect(render(view.connection.problem)).toBe('The cluster session stopped unexpectedly: out of luck.');
  expect(render(view.connection.remedy)).toBe('Connect again.');
  expect(view.totals).toEqual(before.totals);
  expect(view.connection.kinds.find(({ resource }) => resource === 'pods')).toMatchObject({
    state: 'stale',
    objects: 1,
  });
  expect(host.running).toBe(false);
  await expect.poll(() => server.connections(), { timeout: 5000 }).toBe(0);
  await host.disconnect();
  expect(shell.followed.view().connection.state).toBe('disconnected');
});

test('a thread that ends without an error is a crash too', async () => {
  const worker = crashable('process.exit(3)');
  start(worker.path);
  await host.connect({ kubeconfig });
  await shell.followed.until('live', live);
  worker.crash();
  const view = await shell.followed.until('failed', ({ connection }) => connection.state === 'failed');
  expect(render(view.connection.problem)).toBe('The cluster session stopped unexpectedly: exit code 3.');
});

test('a worker that cannot start answers every question', async () => {
  start(join(folder.path, 'no-such-worker.cjs'));
  const [list, result] = await Promise.all([host.contexts(kubeconfig), host.connect({ kubeconfig })]);
  expect(render(list.problem)).toContain('The cluster session stopped unexpectedly');
  expect(result).toMatchObject({ started: false, problem: { id: 'cluster.worker/crashed' } });
  await host.disconnect();
});

test('what a thread recorded survives its crash, is exported, and is shown without a cluster', async () => {
  const history = { folder: join(folder.path, 'history'), days: 7 };
  const files = (): string[] =>
    readdirSync(history.folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'));
  const { path, crash } = crashable();
  start(path);
  const nothing = { problem: { id: 'cluster.history/nothing' } };
  expect(await host.exportRecording(join(folder.path, 'none.jsonl'))).toEqual(nothing);
  expect(host.running).toBe(false);
  await host.connect({ kubeconfig, history });
  await shell.followed.until('live', live);
  server.store.patch('pods', 'shop', 'web-1', (draft) => {
    draft['status'] = pod('web-1', { restarts: 1 }).status;
  });
  const { incidents } = await shell.followed.until('an incident', (view) => view.incidents.length > 0);
  // All that is older than a second is on disk.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  crash();
  await shell.followed.until('crashed', ({ connection }) => connection.state === 'failed');
  await host.dispose();

  start(workerPath);
  await host.connect({ kubeconfig, history });
  const view = await shell.followed.until('live again', live);
  // The thread that crashed had no chance to say that it no longer writes.
  await expect.poll(() => files().length, { timeout: 5000 }).toBe(2);
  expect(view.incidents.map(({ id }) => id)).toEqual(incidents.map(({ id }) => id));
  const file = join(folder.path, 'exported.jsonl.gz');
  expect((await host.exportRecording(file)).problem).toBeUndefined();
  expect(await host.openRecording(join(folder.path, 'none.jsonl'))).toMatchObject({ started: false });
  expect(await host.openRecording(file)).toEqual({ started: true });
  const shown = await shell.followed.until('the recording', ({ connection }) => connection.state === 'recording');
  expect(shown.incidents.map(({ id }) => id)).toEqual(incidents.map(({ id }) => id));
  await host.disconnect();
  expect(host.running).toBe(false);
});

test('rights are asked in the thread too', async () => {
  const config = folder.write('reader', server.kubeconfig({ name: 'reader' }));
  const { missing, user, yaml } = await host.rights({ kubeconfig: config });
  expect([user, missing.map(({ resource }) => resource).includes('nodes')]).toEqual(['reader', true]);
  expect(yaml).toContain('kind: ClusterRole');
  expect(await host.rights({ kubeconfig: '/nowhere' })).toMatchObject({
    missing: [],
    yaml: '',
    problem: { id: 'cluster.kubeconfig/missing' },
  });
});
