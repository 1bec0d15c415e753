/** What is recorded and played again is what was seen: over recordings of a real cluster, cut, rotated and torn. */
import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recorded } from '../../core/src/live/recording.ts';
import type { HealthView } from '../../core/src/live/view.ts';
import { createEngine } from '../../core/src/live/engine.ts';
import { aliveLine, createRecorder, createRecordingReader, gapLine } from '../../core/src/live/history.ts';
import { createPlayer, type Player } from '../../core/src/live/player.ts';
import { slim, type SlimObject } from '../../core/src/live/slim.ts';
import { connection, load, play, recordings } from './replay.ts';
import { pod as rawPod, replicaSet, type PodOptions } from './objects.ts';

const scenarios = readdirSync(recordings, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .map(({ name }) => name);

/** A ready pod of a ReplicaSet, slim. */
function pod(name: string, options: Partial<PodOptions> = {}): SlimObject {
  const object = slim('pods', rawPod({ name, ready: 5, owner, ...options }));
  if (object === undefined) throw new Error('no pod');
  return { ...object, resourceVersion: '1' };
}
const owner = { kind: 'ReplicaSet', name: 'web', uid: 'uid-web' };

const header = { context: 'demo', server: 'https://127.0.0.1:6443' };

/** Lines of a recording of these observations, with a new segment before each of the given indexes. */
function record(observations: readonly Recorded[], rotate: readonly number[] = []): string[] {
  const recorder = createRecorder();
  const lines = [...recorder.begin({ ...header, at: observations[0]?.at ?? 1 })];
  for (const [index, { at, observation }] of observations.entries()) {
    if (rotate.includes(index)) lines.push(...recorder.begin({ ...header, at, continues: true }));
    lines.push(...recorder.observe(observation, at));
  }
  return lines;
}

/** Plays lines and `after` ms more; gives what the engine then shows. */
function replay(lines: Iterable<string>, after = 0): { view: HealthView; player: Player; unreadable: number } {
  const engine = createEngine();
  const reader = createRecordingReader();
  const player = createPlayer(engine);
  let unreadable = 0;
  for (const line of lines) {
    const entry = reader.read(line);
    if (entry === 'unreadable') unreadable += 1;
    else if (entry !== 'part') player.play(entry);
  }
  player.advance((player.now ?? 0) + after);
  return { view: engine.view(player.now ?? 0, connection), player, unreadable };
}

/** The list of a resource after the first `count` observations, as a relist brings it; the first `lost` are gone. */
function relistAt(observations: readonly Recorded[], resource: string, count: number, lost: number): Recorded {
  const state = new Map<string, SlimObject>();
  for (const { observation } of observations.slice(0, count)) {
    if (observation.resource !== resource) continue;
    if (observation.type === 'RELIST') {
      state.clear();
      for (const object of observation.objects) state.set(object.uid, object);
    } else if (observation.type === 'DELETED') state.delete(observation.object.uid);
    else state.set(observation.object.uid, observation.object);
  }
  const at = observations[count - 1]?.at ?? 0;
  return { at, observation: { type: 'RELIST', resource, objects: [...state.values()].slice(lost) } };
}

describe.each(scenarios)('recording %s, recorded by ourselves and played again', (scenario) => {
  const observations = load(scenario);
  const live = play(observations, 900);

  it('shows the same', () => {
    const { view, unreadable } = replay(record(observations), 900_000);
    expect(unreadable).toBe(0);
    expect({ ...view, now: 0 }).toEqual({ ...live, now: 0 });
  });

  it('shows the same, wherever new segments begin and lists are read again', () => {
    const point = fc.integer({ min: 1, max: observations.length });
    const kinds = fc.constantFrom('pods', 'nodes');
    fc.assert(
      fc.property(fc.array(point, { maxLength: 3 }), point, kinds, fc.nat(2), (rotate, at, kind, lost) => {
        const list = relistAt(observations, kind, at, lost);
        const again = [...observations.slice(0, at), list, ...observations.slice(at)];
        expect({ ...replay(record(again, rotate), 900_000).view, now: 0 }).toEqual({ ...play(again, 900), now: 0 });
      }),
      { numRuns: 5, seed: 11 },
    );
  });
});

describe('a recording', () => {
  it('says nothing about a list that changed nothing', () => {
    const recorder = createRecorder();
    const list = { type: 'RELIST', resource: 'pods', objects: [pod('web-1'), pod('web-2')] } as const;
    expect([...recorder.observe(list, 1)]).toHaveLength(1);
    expect([...recorder.observe(list, 2)]).toEqual([]);
    expect([...recorder.observe({ ...list, objects: [pod('web-1')] }, 3)]).toHaveLength(1);
  });

  it('puts long lists on several lines, and believes them only when they are complete', () => {
    const recorder = createRecorder();
    const objects = Array.from({ length: 450 }, (_, index) => pod(`web-${index}`));
    const lines = [
      ...recorder.begin({ ...header, at: 1000 }),
      ...recorder.observe({ type: 'RELIST', resource: 'pods', objects }, 1000),
    ];
    expect(lines).toHaveLength(4);
    expect(replay(lines).view.totals.pods).toBe(450);
    expect(replay(lines.slice(0, -1)).view.totals.pods).toBe(0);
  });

  it('survives any bytes', () => {
    const lines = record(load('04-oomkilled')).slice(0, 40);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(39), fc.nat(4000), fc.oneof(fc.string(), fc.json(), fc.constant('null'))), {
          maxLength: 6,
        }),
        (edits) => {
          const broken = [...lines];
          for (const [index, place, text] of edits) {
            const line = broken[index] ?? '';
            broken[index] = line.slice(0, place) + text + line.slice(place + text.length);
          }
          expect(() => replay(broken)).not.toThrow();
        },
      ),
      { numRuns: 150, seed: 4 },
    );
  });

  it.each([
    ['no owner', { owner: null }],
    ['no containers', { containers: undefined }],
    ['containers of nothing', { containers: [null] }],
    ['a date that is text', { created: 'yesterday' }],
  ])('does not take a pod with %s', (_, fault) => {
    const [first = ''] = record([]);
    const line = JSON.stringify({ at: 2000, type: 'ADDED', object: { ...pod('web-1'), ...fault } });
    const { unreadable, view } = replay([first, line]);
    expect([unreadable, view.totals.pods]).toEqual([1, 0]);
  });

  it('cannot make time run for ever', () => {
    const [first = ''] = record([]);
    let ticks = 0;
    const engine = createEngine();
    const player = createPlayer({ ...engine, tick: () => void (ticks += 1) });
    const reader = createRecordingReader();
    for (const line of [first, aliveLine(250_000_000_000_000), aliveLine(5), aliveLine(9e99)]) {
      const entry = reader.read(line);
      if (typeof entry !== 'string') player.play(entry);
    }
    expect(ticks).toBeLessThanOrEqual(900);
    expect(player.now).toBe(250_000_000_000_000);
  });
});

describe('a time in which nobody watched', () => {
  const minute = 60_000;
  const start = Date.parse('2026-11-21T22:00:00Z');
  const morning = start + 9 * 60 * minute;
  const list = (resource: string, objects: readonly SlimObject[]) => ({ type: 'RELIST', resource, objects }) as const;

  /** What is seen in the evening, then by another session in the morning. */
  function nightBetween(evening: readonly SlimObject[], next: readonly SlimObject[]) {
    const first = createRecorder();
    const second = createRecorder();
    return replay(
      [
        ...first.begin({ ...header, at: start }),
        ...first.observe(list('pods', evening), start),
        aliveLine(start + minute),
        ...second.begin({ ...header, at: morning }),
        ...second.observe(list('pods', next), morning),
      ],
      minute,
    );
  }

  it('makes no incident of pods that are gone', () => {
    const { view, player } = nightBetween([pod('web-a'), pod('web-b')], [pod('web-c')]);
    expect(view.incidents).toEqual([]);
    expect(view.totals.pods).toBe(1);
    expect(player.gaps).toEqual([{ from: start + minute, to: morning }]);
  });

  it('closes a place that was filled meanwhile, without saying when', () => {
    const recorder = createRecorder();
    const set = slim('replicasets', {
      ...replicaSet('web', 1),
      metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
    });
    if (set === undefined) throw new Error('no ReplicaSet');
    const lines = [
      ...recorder.begin({ ...header, at: start }),
      ...recorder.observe({ type: 'RELIST', resource: 'replicasets', objects: [set] }, start),
      ...recorder.observe(list('pods', [pod('web-a')]), start),
      ...recorder.observe(
        { type: 'DELETED', resource: 'pods', object: { ...pod('web-a'), resourceVersion: '2' } },
        start + minute,
      ),
    ];
    expect(replay(lines).view.incidents.map(({ state }) => state)).toEqual(['detected']);
    const { view } = replay([
      ...lines,
      gapLine(morning),
      ...recorder.observe(list('pods', [pod('web-c', { created: 9 * 3600 })]), morning),
    ]);
    expect(view.incidents.map(({ state, ttr, ending }) => [state, ttr, ending?.id])).toEqual([
      ['superseded', undefined, 'ending.unwatched'],
    ]);
  });

  it('within one session forgets what was known no more than another session would', () => {
    const recorder = createRecorder();
    const { view, player } = replay([
      ...recorder.begin({ ...header, at: start }),
      ...recorder.observe(list('pods', [pod('web-a'), pod('web-b')]), start),
      gapLine(morning),
      ...recorder.observe(list('pods', [pod('web-b')]), morning),
    ]);
    expect([view.incidents, view.totals.pods, player.gaps]).toEqual([[], 1, [{ from: start, to: morning }]]);
  });

  it('is no reason to miss a pod that goes afterwards', () => {
    const recorder = createRecorder();
    const after = morning + minute;
    const { view } = replay([
      ...recorder.begin({ ...header, at: start }),
      ...recorder.observe(list('pods', [pod('web-a')]), start),
      ...recorder.begin({ ...header, at: morning }),
      ...recorder.observe(list('pods', [pod('web-a')]), morning),
      ...recorder.observe(
        { type: 'DELETED', resource: 'pods', object: { ...pod('web-a'), resourceVersion: '2' } },
        after,
      ),
    ]);
    expect(view.incidents.map(({ cause, phases }) => [cause, phases.fault])).toEqual([
      ['pod-deleted/by-request', after],
    ]);
  });
});
