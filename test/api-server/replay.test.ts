/** Recordings play through the server as they were recorded. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { virtualClock } from './clock.ts';
import { readRecording, replay } from './replay.ts';
import { ask } from './client.ts';
import { startApiServer } from './server.ts';
import { createStore, type Change, type KubeObject } from './store.ts';

const folder = (name: string): string => join(import.meta.dirname, '../fixtures/live/recordings', name);

/** Without what a store decides itself. */
function plain(object: KubeObject): unknown {
  const {
    metadata: { resourceVersion: _version, ...metadata },
    ...rest
  } = object;
  return { ...rest, metadata };
}

test.each(['02-crashloop', '06-delete-pod', '10-node-notready'])(
  '%s: every recorded change arrives, in order and at its time',
  async (name) => {
    const recording = readRecording(folder(name));
    expect(recording.changes.length).toBeGreaterThan(100);
    const clock = virtualClock(recording.start);
    const store = createStore({ now: clock.now });
    const seen: { at: number; type: Change['type']; object: KubeObject }[] = [];
    for (const kind of new Set(recording.changes.map(({ object }) => object.kind))) {
      store.subscribe(`${kind.toLowerCase()}s`, ({ type, entry }) =>
        seen.push({ at: clock.now(), type, object: entry.object }),
      );
    }
    const done = replay(recording, store, clock, { shiftTimes: false });
    seen.length = 0; // the first lists are written at once
    await clock.advance((recording.changes.at(-1)?.at ?? 0) / 1000 - recording.start / 1000 + 1);
    await done;
    expect(seen.map(({ at, object }) => ({ at, object: plain(object) }))).toEqual(
      recording.changes.map(({ at, object }) => ({ at, object: plain(object) })),
    );
    expect(seen.filter(({ type }) => type === 'DELETED')).toHaveLength(
      recording.changes.filter(({ type }) => type === 'DELETED').length,
    );
  },
);

test('times can be moved to now and shrunk by the speed', async () => {
  const recording = readRecording(folder('02-crashloop'));
  const clock = { ...virtualClock(Date.parse('2030-01-01T00:00:00Z')), speed: 1 };
  const store = createStore({ now: clock.now });
  const done = replay(recording, store, clock);
  await clock.advance(1000);
  await done;
  const pods = store.list('pods') as (KubeObject & { status: { startTime: string } })[];
  expect(pods.length).toBeGreaterThan(0);
  for (const pod of pods) {
    expect(pod.metadata.creationTimestamp).toMatch(/^2030-01-01T00:0\d:\d\dZ$/);
    const age = Date.parse(pod.status.startTime) - Date.parse(pod.metadata.creationTimestamp ?? '');
    expect(Math.abs(age)).toBeLessThanOrEqual(2000);
  }
});

test('a watch over the wire sees the replay', async () => {
  const recording = readRecording(folder('04-oomkilled'));
  const clock = virtualClock(recording.start);
  const store = createStore({ now: clock.now });
  const server = await startApiServer({ store });
  const recorded = recording.changes.filter(({ object }) => object.kind === 'Pod');
  const watched = ask(server, {
    path: '/api/v1/namespaces/demo-oom/pods?watch=1&resourceVersion=1',
    lines: recorded.length,
  });
  void replay(recording, store, clock, { shiftTimes: false });
  await clock.advance(900);
  const lines = (await watched).events();
  expect(lines.map(({ type, object }) => [type, plain(object as KubeObject)])).toEqual(
    recorded.map(({ type, object }) => [type, plain(object)]),
  );
  await server.close();
});
