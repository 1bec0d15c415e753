/** What must hold for any stream: repetition, relists, late events and broken objects change nothing or harm nothing. */
import * as fc from 'fast-check';
import { join } from 'node:path';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HealthView, IncidentRow } from '../../core/src/live/view.ts';
import type { Recorded } from '../../core/src/live/recording.ts';
import type { SlimObject } from '../../core/src/live/slim.ts';
import { applyPatch, diffView } from '../../core/src/live/patch.ts';
import { connection, load, play, recordings } from './replay.ts';
import { createEngine } from '../../core/src/live/engine.ts';
import { slim } from '../../core/src/live/slim.ts';
import { watchedKinds } from '../../core/src/live/kinds.ts';

const scenarios = readdirSync(recordings).filter((name) => /^\d\d-/.test(name));
const recorded = new Map(scenarios.map((scenario) => [scenario, load(scenario)]));
const observationsOf = (scenario: string): Recorded[] => recorded.get(scenario) ?? [];
const reference = new Map(scenarios.map((scenario) => [scenario, play(observationsOf(scenario), 700)]));

/** Everything of a view but the moments at which messages happened to arrive. */
function essence(view: HealthView): unknown {
  const row = ({ phases, ttd: _ttd, evidence, ...rest }: IncidentRow) => ({
    ...rest,
    phases: {
      fault: phases.fault,
      acting: phases.acting,
      replaced: phases.replaced,
      restoring: phases.restoring,
      recovered: phases.recovered,
    },
    evidence: evidence.length > 0,
  });
  return {
    totals: view.totals,
    incidents: view.incidents.map(row).sort((a, b) => (a.id < b.id ? -1 : 1)),
    workloads: view.workloads,
    nodes: view.nodes,
  };
}

/** The complete list of a resource after the first `count` observations. */
function stateAfter(observations: readonly Recorded[], count: number, resource: string): SlimObject[] {
  const state = new Map<string, SlimObject>();
  for (const { observation } of observations.slice(0, count)) {
    if (observation.resource !== resource) continue;
    if (observation.type === 'RELIST') {
      state.clear();
      for (const object of observation.objects) state.set(object.uid, object);
    } else if (observation.type === 'DELETED') state.delete(observation.object.uid);
    else state.set(observation.object.uid, observation.object);
  }
  return [...state.values()];
}

/** Lists of every resource after the first `count` observations, as a session that resumes after a loss reads them. */
function listsAfter(observations: readonly Recorded[], count: number, at: number): Recorded[] {
  const resources = [...new Set(observations.map(({ observation }) => observation.resource))];
  return resources.map((resource) => ({
    at,
    observation: { type: 'RELIST', resource, objects: stateAfter(observations, count, resource) },
  }));
}

const scenario = fc.constantFrom(...scenarios);
/** Runs of a property; more by hand: `PROPERTY_RUNS=2000`. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 40);

describe('the end state', () => {
  it('is the same when messages come more than once', () => {
    fc.assert(
      fc.property(scenario, fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), fc.nat(30), (name, picks, back) => {
        const observations = observationsOf(name);
        const doubled = [...observations];
        for (const pick of picks) {
          // Again at once, or some messages later: then it is old news.
          const at = pick % observations.length;
          const original = observations[at];
          const later = observations[Math.min(observations.length - 1, at + (pick % (back + 1)))];
          if (original === undefined || later === undefined || original.observation.type === 'RELIST') continue;
          const index = doubled.indexOf(later) + 1;
          doubled.splice(index, 0, { at: later.at, observation: original.observation });
        }
        expect(essence(play(doubled, 700))).toEqual(essence(reference.get(name) as HealthView));
      }),
      { numRuns: runs },
    );
  });

  it('is the same with a complete list at any moment', () => {
    fc.assert(
      fc.property(scenario, fc.nat(), fc.nat(), (name, moment, which) => {
        const observations = observationsOf(name);
        const count = 1 + (moment % observations.length);
        const resources = [...new Set(observations.map(({ observation }) => observation.resource))];
        const resource = resources[which % resources.length] ?? 'pods';
        const objects = stateAfter(observations, count, resource);
        const at = observations[count - 1]?.at ?? 0;
        const listed: Recorded[] = [
          ...observations.slice(0, count),
          { at, observation: { type: 'RELIST', resource, objects } },
          ...observations.slice(count),
        ];
        expect(essence(play(listed, 700))).toEqual(essence(reference.get(name) as HealthView));
      }),
      { numRuns: runs },
    );
  });

  it('is the same when events come late or early', () => {
    fc.assert(
      fc.property(
        scenario,
        fc.array(fc.integer({ min: -3000, max: 20_000 }), { minLength: 1, maxLength: 7 }),
        (name, delays) => {
          // Events keep their order among themselves; the status does not wait for them.
          let last = 0;
          let index = 0;
          const moved = observationsOf(name).map((entry) => {
            if (entry.observation.resource !== 'events' || entry.observation.type === 'RELIST') return entry;
            last = Math.max(last, entry.at + (delays[index++ % delays.length] ?? 0));
            return { ...entry, at: last };
          });
          moved.sort((a, b) => a.at - b.at);
          const end = (observationsOf(name).at(-1)?.at ?? 0) + 700_000;
          const after = (end - (moved.at(-1)?.at ?? 0)) / 1000;
          expect(essence(play(moved, after))).toEqual(essence(reference.get(name) as HealthView));
        },
      ),
      { numRuns: runs },
    );
  });

  it('is the same when the stream is cut anywhere and everything is listed again', () => {
    fc.assert(
      fc.property(scenario, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (name, moments) => {
        const observations = observationsOf(name);
        const cuts = new Set(moments.map((moment) => 1 + (moment % observations.length)));
        const resumed = observations.flatMap((entry, index): Recorded[] =>
          cuts.has(index + 1) ? [entry, ...listsAfter(observations, index + 1, entry.at)] : [entry],
        );
        expect(essence(play(resumed, 700))).toEqual(essence(reference.get(name) as HealthView));
      }),
      { numRuns: runs },
    );
  });

  it('keeps what is still to be seen when every stream is away for a while', () => {
    fc.assert(
      fc.property(scenario, fc.nat(), fc.integer({ min: 1, max: 25 }), (name, moment, length) => {
        const observations = observationsOf(name);
        const lists = observations.filter(({ observation }) => observation.type === 'RELIST').length;
        const start = lists + (moment % (observations.length - lists));
        const end = Math.min(observations.length, start + length);
        const back = observations[end - 1]?.at ?? 0;
        const resumed = [
          ...observations.slice(0, start),
          ...listsAfter(observations, end, back),
          ...observations.slice(end),
        ];
        const [view, whole] = [play(resumed, 700), reference.get(name) as HealthView];
        // A pod that went meanwhile took its last restarts with it.
        const went = observations
          .slice(start, end)
          .some(({ observation }) => observation.type === 'DELETED' && observation.resource === 'pods');
        if (went) expect(view.totals.restarts24h).toBeLessThanOrEqual(whole.totals.restarts24h);
        else expect(view.totals.restarts24h).toBe(whole.totals.restarts24h);
        expect(view.totals.pods).toBe(whole.totals.pods);
        const gone = observations[start]?.at ?? 0;
        const same = (a: IncidentRow, b: IncidentRow): boolean =>
          a.cause === b.cause && a.subject.uid === b.subject.uid && a.container === b.container;
        for (const row of whole.incidents) {
          // What began and ended, or first showed itself, while nobody looked may have left no trace.
          const unseen = Object.values(row.phases).some((at) => at >= gone - 3000 && at <= back + 3000);
          const found = view.incidents.find((other) => same(row, other));
          if (unseen) continue;
          expect([row.cause, row.subject.name, found?.state]).toEqual([row.cause, row.subject.name, row.state]);
          expect(found?.count).toBeLessThanOrEqual(row.count);
        }
      }),
      { numRuns: runs },
    );
  });

  it('has a replacement for a pod that left while nobody watched', () => {
    const observations = observationsOf('06-delete-pod');
    const named = (name: string) => (entry: Recorded) =>
      entry.observation.type !== 'RELIST' && entry.observation.object.name === name;
    // From before the deletion of this pod until its replacement was ready.
    const start = observations.findIndex(
      (entry) => named('web-6c9f6d9c64-lht5m')(entry) && Number(Reflect.get(entry.observation, 'object').deleted) > 0,
    );
    const end = observations.findIndex(named('web-6c9f6d9c64-fld7b'));
    expect(start).toBeLessThan(end);
    const resumed = [
      ...observations.slice(0, start),
      ...listsAfter(observations, end, observations[end - 1]?.at ?? 0),
      ...observations.slice(end),
    ];
    const slots = play(resumed, 700).incidents.filter((row) => row.cause.startsWith('pod-'));
    expect(slots.map((row) => [row.state, row.replacement?.ref.name])).not.toContainEqual(['detected', undefined]);
    const lost = slots.find((row) => row.subject.name === 'web-6c9f6d9c64-lht5m');
    expect(lost).toMatchObject({ state: 'recovered', replacement: { ref: { name: 'web-6c9f6d9c64-rzdcg' } } });
    expect(lost?.phases.fault).toBeLessThanOrEqual(lost?.phases.acting ?? 0);
  });

  it('counts every restart when a stretch of the stream is lost', () => {
    fc.assert(
      fc.property(scenario, fc.nat(), fc.integer({ min: 1, max: 6 }), (name, moment, length) => {
        const observations = observationsOf(name);
        const pods = observations.filter(
          ({ observation }) => observation.resource === 'pods' && observation.type !== 'RELIST',
        );
        const start = moment % pods.length;
        const lost = new Set(pods.slice(start, start + length));
        const end = observations.indexOf(pods[Math.min(pods.length, start + length) - 1] as Recorded) + 1;
        const objects = stateAfter(observations, end, 'pods');
        const cut: Recorded[] = [
          ...observations.slice(0, end).filter((entry) => !lost.has(entry)),
          { at: observations[end - 1]?.at ?? 0, observation: { type: 'RELIST', resource: 'pods', objects } },
          ...observations.slice(end),
        ];
        const [view, whole] = [play(cut, 700), reference.get(name) as HealthView];
        expect(view.totals.restarts24h).toBe(whole.totals.restarts24h);
        expect(view.totals.pods).toBe(whole.totals.pods);
        const causes = new Set(whole.incidents.map((row) => row.cause));
        const [gone, back] = [pods[start]?.at ?? 0, observations[end - 1]?.at ?? 0];
        for (const row of view.incidents) {
          // While nobody looks, what is over may seem to go on: a pod that is gone looks stuck.
          const { detected = 0 } = row.phases;
          if (row.state === 'recovered' && detected >= gone && detected <= back) continue;
          expect(causes).toContain(row.cause);
        }
        for (const row of view.incidents)
          expect(row.count).toBeLessThanOrEqual(
            whole.incidents.find((other) => other.cause === row.cause && other.subject.name === row.subject.name)
              ?.count ?? row.count,
          );
      }),
      { numRuns: runs },
    );
  });
});

describe('patches', () => {
  it.each(scenarios)('rebuild every view of %s', (name) => {
    const engine = createEngine();
    let held = engine.view(0, connection);
    let patches = 0;
    for (const { at, observation } of observationsOf(name)) {
      engine.observe(observation, at);
      engine.tick(at);
      const next = engine.view(at, connection);
      const patch = diffView(held, next);
      if (patch === undefined) {
        expect({ ...next, now: held.now }).toEqual(held);
        continue;
      }
      patches++;
      held = applyPatch(held, structuredClone(patch));
      expect(held).toEqual(next);
    }
    expect(patches).toBeGreaterThan(10);
  });

  it('are none when nothing but the time changed, and leave what did not change alone', () => {
    const engine = createEngine();
    const observations = observationsOf('06-delete-pod');
    for (const { at, observation } of observations) engine.observe(observation, at);
    const end = observations.at(-1)?.at ?? 0;
    const [a, b] = [engine.view(end, connection), engine.view(end + 10, connection)];
    expect(diffView(a, b)).toBeUndefined();
    expect(b.workloads).toBe(a.workloads);
    expect(b.incidents).toBe(a.incidents);
  });
});

/** Replaces one value somewhere inside by junk. */
function spoil(value: unknown, path: readonly number[], junk: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return junk;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return junk;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value };
  copy[key] = spoil(copy[key], rest, junk);
  return copy;
}

describe('garbage', () => {
  const resources = [...watchedKinds.map((kind) => kind.resource), 'leases', 'secrets', ''];

  it('never makes the gateway throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...resources), fc.anything(), (resource, junk) => void slim(resource, junk)),
      { numRuns: 500 },
    );
  });

  it('never makes the engine throw, and its view stays plain JSON', () => {
    const raw = scenarios.flatMap((name) =>
      ['pods', 'nodes', 'events', 'replicasets'].flatMap((resource) => {
        let text = '';
        try {
          text = readFileSync(join(recordings, name, `${resource}.watch.jsonl`), 'utf8');
        } catch {
          return [];
        }
        return text
          .split('\n')
          .filter((line) => line.includes('"event"'))
          .slice(0, 60)
          .map((line) => ({ resource, object: (JSON.parse(line) as { event: { object: unknown } }).event.object }));
      }),
    );
    expect(raw.length).toBeGreaterThan(200);
    const step = fc.record({
      pick: fc.nat(),
      path: fc.array(fc.nat(12), { maxLength: 7 }),
      junk: fc.oneof(fc.anything(), fc.constant(null), fc.string(), fc.integer()),
      type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'),
      wait: fc.integer({ min: -100_000, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const engine = createEngine();
        let now = Date.parse('2026-11-21T19:00:00Z');
        for (const { pick, path, junk, type, wait } of steps) {
          const source = raw[pick % raw.length];
          if (source === undefined) continue;
          now += wait;
          const object = slim(source.resource, spoil(source.object, path, junk));
          if (object !== undefined) engine.observe({ type: type as 'ADDED', resource: source.resource, object }, now);
          engine.tick(now);
        }
        const view = engine.view(now, connection);
        expect(JSON.parse(JSON.stringify(view))).toEqual(view);
      }),
      { numRuns: 150 },
    );
  });
});
