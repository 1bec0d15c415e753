/** What was seen survives: restarts of the editor, cut files, full disks, other windows. */
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { HealthView } from '../../core/src/live/view.ts';
import { createEngine } from '../../core/src/live/engine.ts';
import { slim } from '../../core/src/live/slim.ts';
import { historyFolder, prune, segmentsOf } from '../../server/src/cluster/history/files.ts';
import { readLines } from '../../server/src/cluster/history/lines.ts';
import { loadHistory } from '../../server/src/cluster/history/load.ts';
import { takeLock } from '../../server/src/cluster/history/lock.ts';
import { createHistoryWriter, type HistoryWriter } from '../../server/src/cluster/history/writer.ts';
import { temporaryFolder } from './folder.ts';
import { connectLive, follow, live } from './harness.ts';
import { pod } from './objects.ts';
import { start } from './running.ts';
import { render } from './texts.ts';

const folder = temporaryFolder();
let places = 0;
/** An empty folder for recordings. */
function place(): string {
  places += 1;
  const path = join(folder.path, `history-${places}`);
  mkdirSync(path);
  return path;
}

const ids = (view: HealthView): readonly string[] => view.incidents.map(({ id }) => id).sort();

interface Written {
  readonly writer: HistoryWriter;
  readonly root: string;
  readonly folder: string;
  clock: number;
}

/** A writer with a clock that stands still until it is set. */
function write(options: { limit?: number; age?: number; root?: string } = {}): Written {
  const root = options.root ?? place();
  const written: Omit<Written, 'writer'> = {
    root,
    folder: historyFolder(root, 'demo', 'https://demo'),
    clock: Date.now() - 3600_000,
  };
  const { limit, age } = options;
  const writer = createHistoryWriter({
    root,
    folder: written.folder,
    context: 'demo',
    server: 'https://demo',
    days: 7,
    clean: (text) => text.replaceAll(/token=\S+/g, 'token=***'),
    clock: () => written.clock,
    ...(limit !== undefined && { limit }),
    ...(age !== undefined && { age }),
  });
  return Object.assign(written, { writer });
}

/** The engine's object of a pod at a revision. */
function seen(name: string, revision: number, change: Parameters<typeof pod>[1] = {}) {
  const raw = pod(name, change);
  const object = slim('pods', { ...raw, metadata: { ...raw.metadata, uid: name, resourceVersion: String(revision) } });
  if (object === undefined) throw new Error('no pod');
  return object;
}

/** Makes a segment as old as if everything in it had happened and been seen that many ms earlier. */
function age(file: string, by: number): void {
  const older = linesOf(file).map((line) => line.replace(/\b\d{13}\b/g, (time) => String(Number(time) - by)));
  writeFileSync(file, `${older.join('\n')}\n`);
}

const linesOf = (file: string): string[] => gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
const files = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => name.includes('.jsonl'))
    .sort();

test('what healed before a restart of the editor is there after it, before the cluster answers', async () => {
  const root = place();
  const history = { folder: root, days: 7 };
  const running = await start();
  await connectLive(running, { kubeconfig: running.kubeconfig, history });
  running.server.store.patch('pods', 'shop', 'web-1', (draft) => {
    draft['status'] = pod('web-1', { restarts: 1 }).status;
  });
  const before = await running.until('an incident', ({ incidents }) => incidents.length > 0);
  await running.session.disconnect();
  // Meanwhile, unseen, a pod goes that nobody asked for.
  running.server.store.delete('pods', 'shop', 'web-2');
  // And the night passes.
  const own = join(root, readdirSync(root)[0] ?? '');
  for (const name of files(own)) age(join(own, name), 3600_000);

  const later = follow();
  const answer = running.server.faults.inject({ type: 'status', code: 503 }, { path: /version/ });
  await later.session.connect({ kubeconfig: running.kubeconfig, history });
  const first = await later.until('a first attempt', ({ connection }) => connection.state === 'stale');
  // Time does not settle what nobody has seen: an hour of health would end the incident.
  const waiting = await later.until('some ticks', ({ now }) => now > first.now + 1000);
  expect(waiting.incidents.map(({ id, state }) => [id, state])).toEqual(
    before.incidents.map(({ id, state }) => [id, state]),
  );
  answer();
  const view = await later.until('live', live);
  await later.session.dispose();
  expect(ids(view)).toEqual(ids(before));
  expect(view.totals.pods).toBe(1);
  const warnings = view.connection.warnings?.map(render).join('\n') ?? '';
  expect(warnings).toMatch(/Nobody watched between \d{4}-\d\d-\d\d \d\d:\d\d and /);
  expect(statSync(own).mode & 0o777).toBe(0o700);
});

test.each([
  ['is not blamed on the moment of the next list, when the silence was long', 300, 0],
  ['is told as it would have been, when the silence was short', 600_000, 1],
])('a pod that went while the server was away %s', async (_, lost, incidents) => {
  const running = await start({}, {}, { timings: { lost } });
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true };
  const owned = pod('owned');
  running.server.store.create({ ...owned, metadata: { ...owned.metadata, ownerReferences: [owner] } });
  await connectLive(running, { kubeconfig: running.kubeconfig, history: { folder: place(), days: 7 } });
  await running.server.faults.goAway();
  const stale = await running.until('stale', ({ connection }) => connection.state === 'stale');
  running.server.store.delete('pods', 'shop', 'owned');
  running.server.store.compact();
  await running.until('a while later', ({ now }) => now > stale.now + 700);
  await running.server.faults.comeBack();
  const view = await running.until('live again', (next) => live(next) && next.totals.pods === 2);
  expect(view.incidents).toHaveLength(incidents);
  const file = join(folder.path, 'away.jsonl');
  await running.session.exportRecording(file);
  await running.session.openRecording(file);
  expect(running.view().incidents).toHaveLength(incidents);
});

test('a restart while the history is off shows nothing of before, and writes nothing', async () => {
  const root = place();
  const running = await start();
  await connectLive(running, { kubeconfig: running.kubeconfig });
  await running.session.disconnect();
  expect(readdirSync(root)).toEqual([]);
  expect(await running.session.exportRecording(join(root, 'x.jsonl'))).toMatchObject({
    problem: { id: 'cluster.history/nothing' },
  });
});

test('an exported recording shows what the cluster showed, without any cluster', async () => {
  const root = place();
  const running = await start();
  await connectLive(running, { kubeconfig: running.kubeconfig, history: { folder: root, days: 7 } });
  running.server.store.patch('pods', 'shop', 'web-1', (draft) => {
    draft['status'] = pod('web-1', { restarts: 1 }).status;
  });
  const seenLive = await running.until('an incident', ({ incidents }) => incidents.length > 0);
  for (const name of ['shop.jsonl.gz', 'shop.jsonl']) {
    const file = join(folder.path, name);
    const { from, to, problem } = await running.session.exportRecording(file);
    expect([problem, (from ?? 0) > 0, (to ?? 0) >= (from ?? 0)]).toEqual([undefined, true, true]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const viewer = follow();
    expect(await viewer.session.openRecording(file)).toEqual({ started: true });
    const view = viewer.view();
    expect(view.connection).toMatchObject({ state: 'recording', context: seenLive.connection.context });
    expect(render(view.connection.problem)).toContain(`This is a recording (${name})`);
    expect(view.now).toBe(to);
    expect(ids(view)).toEqual(ids(seenLive));
    // Times of arrival differ by the moment that lies between recording and judging.
    const { recovery: _, ...counts } = seenLive.totals;
    expect(view.totals).toMatchObject(counts);
    await viewer.session.disconnect();
    expect(viewer.view().connection.state).toBe('disconnected');
    await viewer.session.dispose();
  }
});

test('what is no recording is said, and what is shown stays', async () => {
  const running = await start();
  await connectLive(running, { kubeconfig: running.kubeconfig });
  for (const path of [
    join(folder.path, 'nowhere'),
    folder.write('notes.jsonl', 'hello\n'),
    folder.write('other.jsonl', '{"selfheal":"recording","format":99,"at":1}\n'),
    place(),
  ]) {
    const { started, problem } = await running.session.openRecording(path);
    expect([started, problem?.id]).toEqual([false, 'cluster.recording/none']);
  }
  expect(running.view().connection.state).toBe('live');
});

test.each(['02-crashloop', '10-node-notready'])('the recorded watches of %s are a recording', async (scenario) => {
  const viewer = follow();
  const path = join(import.meta.dirname, '../fixtures/live/recordings', scenario);
  expect(await viewer.session.openRecording(path)).toEqual({ started: true });
  expect(viewer.view().incidents.length).toBeGreaterThan(0);
  await viewer.session.dispose();
});

test('a file that is cut at any byte gives every whole line before the cut', async () => {
  const { writer, folder: path, clock } = write();
  for (let index = 0; index < 8; index += 1) {
    writer.observe({ type: 'ADDED', resource: 'pods', object: seen(`web-${index}`, index + 1) }, clock + index);
    await writer.flush();
  }
  await writer.close();
  const [name = ''] = files(path);
  const whole = linesOf(join(path, name));
  expect(whole).toHaveLength(10);
  const bytes = readFileSync(join(path, name));
  let least = 0;
  for (const size of Array.from({ length: bytes.length }, (_, index) => index)) {
    const cut = join(folder.path, 'cut.jsonl.gz');
    writeFileSync(cut, bytes.subarray(0, size));
    const lines: string[] = [];
    const { damage } = await readLines(cut, 1e9, (line) => void lines.push(line));
    expect(damage).toBeUndefined();
    expect(lines).toEqual(whole.slice(0, lines.length));
    expect(lines.length).toBeGreaterThanOrEqual(least);
    least = lines.length;
  }
  expect(least).toBeGreaterThanOrEqual(9);
});

test('a torn last line is dropped and said; a damaged file is set aside and said; neither stops a connection', async () => {
  const root = place();
  const running = await start();
  const history = { folder: root, days: 7 };
  const connect = { kubeconfig: running.kubeconfig, history };
  await connectLive(running, connect);
  await running.session.disconnect();
  const own = join(root, readdirSync(root)[0] ?? '');
  const [name = ''] = files(own);
  truncateSync(join(own, name), statSync(join(own, name)).size - 60);
  await connectLive(running, connect);
  const torn = running.view().connection.warnings?.map(({ id }) => id);
  await running.session.disconnect();
  expect(torn).toContain('cluster.history/torn');

  writeFileSync(join(own, name), Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(300, 7)]));
  await connectLive(running, connect);
  expect(running.view().connection.warnings?.map(({ id }) => id)).toContain('cluster.history/damaged');
  expect(files(own)).toContain(`${name}.damaged`);
});

test('bytes of any kind in the folder never stop a connection', async () => {
  const root = place();
  const running = await start();
  const own = historyFolder(root, 'loopback', running.server.url);
  mkdirSync(own);
  for (const [index, bytes] of [
    Buffer.alloc(0),
    Buffer.from('{"at":'),
    Buffer.from([0x1f, 0x8b, 8]),
    Buffer.alloc(999, 10),
  ].entries())
    writeFileSync(join(own, `20261121T22000000${index}Z.jsonl`), bytes);
  await connectLive(running, { kubeconfig: running.kubeconfig, history: { folder: root, days: 365_000 } });
  expect(running.view().totals.pods).toBe(2);
});

test('a folder that cannot be written is said, and nothing else happens', async () => {
  const running = await start();
  const file = folder.write('no-folder', '');
  await connectLive(running, { kubeconfig: running.kubeconfig, history: { folder: file, days: 7 } });
  const view = await running.until(
    'the problem',
    ({ connection }) => connection.warnings?.some(({ id }) => id === 'cluster.history/unwritable') === true,
  );
  expect(view.connection.state).toBe('live');
});

test('segments end at a size, begin with everything that is known, and the oldest go', async () => {
  const limit = 40_000;
  const written = write({ limit });
  const { writer, folder: path } = written;
  for (let round = 1; round <= 60; round += 1) {
    written.clock += 1000;
    for (let index = 0; index < 40; index += 1)
      writer.observe(
        { type: 'MODIFIED', resource: 'pods', object: seen(`web-${index}`, round, { restarts: (round * index) % 7 }) },
        written.clock,
      );
    await writer.flush();
  }
  await writer.close();
  const segments = await segmentsOf(path);
  expect(segments.length).toBeGreaterThan(2);
  expect(segments.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(limit * 1.5);
  for (const segment of segments) {
    expect(statSync(segment.path).mode & 0o777).toBe(0o600);
    const [header = '', list = ''] = linesOf(segment.path);
    expect(JSON.parse(header)).toMatchObject({ continues: true, context: 'demo' });
    expect(JSON.parse(list)).toMatchObject({ type: 'RELIST', resource: 'pods' });
  }
  const engine = createEngine();
  const { player, notes } = await loadHistory(path, engine, Date.now(), () => true);
  expect([notes, player?.gaps, player?.failed]).toEqual([[], [], 0]);
  expect(engine.view(player?.now ?? 0, { state: 'live', since: 0, kinds: [] }).totals.pods).toBe(40);
});

test('segments end at an age, and those of long ago are removed, from the folders of other clusters too', async () => {
  const written = write({ age: 1000 });
  const { writer, folder: path, root } = written;
  for (let index = 0; index < 3; index += 1) {
    written.clock += 2000;
    writer.observe({ type: 'ADDED', resource: 'pods', object: seen(`web-${index}`, 1) }, written.clock);
    await writer.flush();
  }
  await writer.close();
  expect(files(path)).toHaveLength(3);
  const other = historyFolder(root, 'other', 'https://other');
  mkdirSync(other);
  writeFileSync(join(other, '20261101T000000000Z.jsonl.gz.damaged'), '');
  writeFileSync(join(other, 'mine.txt'), '');
  await prune(root, path, 7, Date.now() + 8 * 24 * 3600_000);
  expect(files(path)).toEqual([]);
  expect(readdirSync(other)).toEqual(['mine.txt']);
});

test('one window records at a time; the next goes on when it is gone', async () => {
  const root = place();
  const first = write({ root });
  const second = write({ root });
  first.writer.observe({ type: 'ADDED', resource: 'pods', object: seen('web-1', 1) }, first.clock);
  await first.writer.flush();
  second.writer.observe({ type: 'ADDED', resource: 'pods', object: seen('web-1', 1) }, second.clock);
  await second.writer.flush();
  expect(files(first.folder)).toHaveLength(1);
  await first.writer.close();
  second.clock += 61_000;
  second.writer.observe({ type: 'ADDED', resource: 'pods', object: seen('web-2', 2) }, second.clock);
  await second.writer.flush();
  await second.writer.close();
  const [, last = ''] = files(first.folder);
  const lines = linesOf(join(first.folder, last)).map((line) => JSON.parse(line) as Record<string, unknown>);
  // What the second window knew before it could write is there as well.
  expect(lines[0]).not.toHaveProperty('continues');
  expect(lines[1]).toMatchObject({ type: 'RELIST', objects: [{ name: 'web-1' }] });
  expect(lines[2]).toMatchObject({ type: 'ADDED', object: { name: 'web-2' } });
});

test.each([
  ['a process that is gone', 99_999_999],
  ['a thread of ours that crashed', process.pid],
])('a lock of %s is no lock', async (_, pid) => {
  const path = place();
  writeFileSync(join(path, 'writer.lock'), String(pid));
  const lock = await takeLock(path);
  expect(lock).toBeDefined();
  expect(await takeLock(path)).toBeUndefined();
  await lock?.release();
});

test('credentials in messages do not get to the disk', async () => {
  const { writer, folder: path, clock } = write();
  const event = slim('events', {
    metadata: { name: 'e', namespace: 'shop', uid: 'e' },
    reason: 'Failed',
    message: 'pull failed: https://registry?token=abcdefgh "quoted"',
    involvedObject: { kind: 'Pod', name: 'web-1', uid: 'web-1' },
  });
  if (event === undefined) throw new Error('no event');
  writer.observe({ type: 'ADDED', resource: 'events', object: event }, clock);
  await writer.close();
  const [name = ''] = files(path);
  const text = linesOf(join(path, name)).join('\n');
  expect(text).toContain('token=***');
  expect(text).not.toContain('abcdefgh');
});
