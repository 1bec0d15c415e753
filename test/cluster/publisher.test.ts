import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyView, reduceHealth, type HealthState } from '../../core/src/health-stream.ts';
import type { HealthUpdate, HealthView, WorkloadRow } from '../../core/src/live/view.ts';
import { createIntake } from '../../server/src/cluster/intake.ts';
import { createPublisher } from '../../server/src/cluster/publisher.ts';
import type { Observation } from '../../core/src/live/engine.ts';
import { slim } from '../../core/src/live/slim.ts';
import { pod } from './objects.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const workload = (name: string, ready = 1): WorkloadRow => ({
  ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: name.padStart(200, '0') },
  ready,
  desired: 1,
  restarts24h: 0,
  openIncidents: 0,
  state: 'healthy',
});

/** A publisher whose receiver folds what it gets, and takes it when it is told to. */
function start(patient: boolean): {
  publisher: ReturnType<typeof createPublisher>;
  show(workloads: readonly WorkloadRow[]): void;
  updates: HealthUpdate[];
  state(): HealthView | undefined;
  take(): Promise<void>;
} {
  let view = emptyView(1);
  let state: HealthState | undefined;
  let taken = (): void => undefined;
  const updates: HealthUpdate[] = [];
  const publisher = createPublisher(
    100,
    () => view,
    (update) => {
      updates.push(update);
      const next = reduceHealth(state, update);
      if (next === 'gap') throw new Error('gap');
      state = next;
      return patient ? new Promise<void>((resolve) => (taken = resolve)) : undefined;
    },
  );
  return {
    publisher,
    updates,
    show(workloads) {
      view = { ...view, workloads };
      publisher.touch();
    },
    state: () => state?.view,
    async take() {
      taken();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

const rows = (count: number, ready = 1): WorkloadRow[] =>
  Array.from({ length: count }, (_, index) => workload(String(index), ready));

test('a large picture comes in parts of bounded size, and the parts make the whole', async () => {
  const { publisher, show, updates, state } = start(false);
  publisher.restart();
  show(rows(1000));
  await vi.advanceTimersByTimeAsync(100);
  expect(state()?.workloads).toEqual(rows(1000));
  expect(updates.length).toBeGreaterThan(4);
  for (const update of updates) expect(JSON.stringify(update).length).toBeLessThan(64 * 1024);
  const before = updates.length;
  publisher.restart();
  expect(updates[before]).toMatchObject({ type: 'snapshot', view: { workloads: [] } });
  expect(state()?.workloads).toEqual(rows(1000));
  for (const update of updates) expect(JSON.stringify(update).length).toBeLessThan(64 * 1024);
  publisher.stop();
});

test('a receiver that is busy gets the newest picture when it is ready, and nothing in between', async () => {
  const { publisher, show, updates, state, take } = start(true);
  publisher.restart();
  for (let ready = 1; ready <= 50; ready++) {
    show(rows(1, ready));
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(updates.length).toBe(1);
  await take();
  await vi.advanceTimersByTimeAsync(100);
  expect(updates.length).toBe(2);
  expect(state()?.workloads[0]?.ready).toBe(50);
  // Beginning anew does not wait for a receiver that has not answered.
  publisher.restart();
  expect(updates.at(-1)?.type).toBe('snapshot');
  publisher.stop();
  show(rows(2));
  await take();
});

test('at most ten updates a second, parts counted', async () => {
  const { publisher, show, updates } = start(false);
  publisher.restart();
  updates.length = 0;
  for (let moment = 0; moment < 1000; moment++) {
    show(rows(400, moment));
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(updates.length).toBeGreaterThan(20);
  expect(updates.length).toBeLessThanOrEqual(103);
  publisher.stop();
});

test('long lists are taken in slices, and what comes meanwhile after them', async () => {
  vi.useRealTimers();
  const objects = Array.from({ length: 5000 }, (_, index) => {
    const raw = pod(`web-${index}`);
    const found = slim('pods', { ...raw, metadata: { ...raw.metadata, uid: `uid-${index}` } });
    if (found === undefined) throw new Error('no pod');
    return found;
  });
  const seen: string[] = [];
  let [turns, parts, turnsOfKnown] = [0, 0, 0];
  const work = (): void => {
    const until = performance.now() + 0.05;
    while (performance.now() < until);
  };
  await new Promise<void>((resolve) => {
    const intake = createIntake({
      observe(observation: Observation) {
        seen.push(observation.type === 'RELIST' ? `list of ${observation.objects.length}` : observation.type);
        work();
      },
      *inSteps(observation: Observation) {
        const before = turns;
        seen.push(`steps of ${observation.type}`);
        for (const _ of objects) {
          work();
          yield;
        }
        turnsOfKnown = turns - before;
      },
      onPart: () => (parts += 1),
      onComplete: resolve,
    });
    const turn = (): void => {
      turns++;
      if (intake.busy) setImmediate(turn);
    };
    intake.take({ type: 'RELIST', resource: 'pods', objects }, true);
    expect(intake.busy).toBe(true);
    setImmediate(turn);
    const [first] = objects;
    if (first !== undefined) intake.take({ type: 'DELETED', resource: 'pods', object: first }, false);
    intake.take({ type: 'RELIST', resource: 'pods', objects }, false);
  });
  expect(turns).toBeGreaterThan(2);
  expect(parts).toBeGreaterThan(0);
  expect(seen.slice(0, 5000).every((type) => type === 'ADDED')).toBe(true);
  expect(seen.slice(5000)).toEqual(['DELETED', 'steps of RELIST']);
  expect(turnsOfKnown).toBeGreaterThan(2);
});
