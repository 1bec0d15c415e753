/** Replays recordings of a real cluster and compares with tables written by hand from the recorded objects. */
import { describe, expect, it } from 'vitest';
import type { HealthView } from '../../core/src/live/view.ts';
import { connection, hasRecording, load } from './replay.ts';
import { createEngine } from '../../core/src/live/engine.ts';
import { differences, expectationOf, rowOf, unexpected } from './expectation.ts';

const scenarios = [
  '01-healthy-rollout',
  '02-crashloop',
  '03-liveness',
  '04-oomkilled',
  '05-readiness',
  '06-delete-pod',
  '07-jobs',
  '08-pvc',
  '09-other-failures',
  '10-node-notready',
  '12-apiserver-restart',
  '13-etcd-stall',
];
/** Plays a recording up to `until` with a tick every `step` milliseconds, and a last one at `until`. */
function viewAt(scenario: string, until: number, watch?: (view: HealthView, now: number) => void): HealthView {
  const engine = createEngine();
  const observations = load(scenario);
  let now = observations[0]?.at ?? 0;
  const tickTo = (end: number): void => {
    for (; now + 500 <= end; now += 500) {
      engine.tick(now + 500);
      watch?.(engine.view(now + 500, connection), now + 500);
    }
  };
  for (const { at, observation } of observations) {
    if (at > until) break;
    tickTo(at);
    engine.observe(observation, at);
    watch?.(engine.view(at, connection), at);
  }
  tickTo(until);
  engine.tick(until);
  return engine.view(until, connection);
}

describe.each(scenarios)('recording %s', (scenario) => {
  const expected = expectationOf(scenario);
  const [end, settled] = [Date.parse(expected.end), Date.parse(expected.settled)];

  it('is there', () => expect(hasRecording(scenario)).toBe(true));

  it('yields exactly the expected incidents', () => {
    const view = viewAt(scenario, settled);
    expect(unexpected(view, expected).map((row) => `${row.state} ${row.cause} ${row.subject.name}`)).toEqual([]);
    const found = expected.incidents.map((entry) => {
      const row = rowOf(view, entry);
      return { id: entry.id, differences: row === undefined ? ['missing'] : differences(row, entry, expected, view) };
    });
    expect(found).toEqual(expected.incidents.map(({ id }) => ({ id, differences: [] })));
  });

  it('has each incident in its state at the end and when settled', () => {
    for (const [until, state] of [
      [end, 'atEnd'],
      [settled, 'settledState'],
    ] as const) {
      const view = viewAt(scenario, until);
      for (const entry of expected.incidents) {
        const row = rowOf(view, entry);
        expect([entry.id, state, [entry[state].state].flat()]).toEqual([
          entry.id,
          state,
          expect.arrayContaining([row?.state ?? 'none']),
        ]);
        if (entry[state].needs !== undefined)
          expect([entry.id, row?.needs !== undefined]).toEqual([entry.id, entry[state].needs]);
      }
    }
  });

  it('asks for a person when it should, and says recovered from the expected moment on', () => {
    const needed = new Map<string, number>();
    const confirmed = new Map<string, number>();
    viewAt(scenario, settled, (view, now) => {
      for (const entry of expected.incidents) {
        const row = rowOf(view, entry);
        if (row?.needs !== undefined && !needed.has(entry.id)) needed.set(entry.id, row.needs.since);
        if (row?.state !== 'recovered') confirmed.delete(entry.id);
        else if (!confirmed.has(entry.id)) confirmed.set(entry.id, now);
      }
    });
    const near = (actual: number | undefined, wanted: string | null | undefined): boolean =>
      wanted === null || wanted === undefined
        ? actual === undefined
        : actual !== undefined && Math.abs(actual - Date.parse(wanted)) <= expected.toleranceSeconds * 1000;
    for (const entry of expected.incidents) {
      expect([entry.id, 'needs', needed.get(entry.id), near(needed.get(entry.id), entry.needs?.since)]).toEqual([
        entry.id,
        'needs',
        needed.get(entry.id),
        true,
      ]);
      expect([
        entry.id,
        'confirmed',
        confirmed.get(entry.id),
        near(confirmed.get(entry.id), entry.confirmedAt),
      ]).toEqual([entry.id, 'confirmed', confirmed.get(entry.id), true]);
    }
  });

  it.each(expected.checkpoints)('$at: $incident is $state', (checkpoint) => {
    const view = viewAt(scenario, Date.parse(checkpoint.at));
    const entry = expected.incidents.find(({ id }) => id === checkpoint.incident);
    const row = entry && rowOf(view, { ...entry, cause: checkpoint.cause ?? entry.cause });
    expect([checkpoint.state].flat()).toContain(row?.state ?? 'none');
    if (checkpoint.count !== undefined) expect(row?.count).toBe(checkpoint.count);
    if (checkpoint.needs !== undefined) expect(row?.needs !== undefined).toBe(checkpoint.needs);
    if (checkpoint.nextRetry !== undefined) {
      expect(Math.abs((row?.nextRetry?.at ?? 0) - Date.parse(checkpoint.nextRetry))).toBeLessThanOrEqual(
        expected.toleranceSeconds * 1000,
      );
    }
  });

  it('counts restarts as the containers were started', () => {
    const view = viewAt(scenario, settled);
    const restarts = expected.restarts.reduce((sum, entry) => sum + entry.startedAt.length - 1, 0);
    expect(view.totals.restarts24h).toBe(restarts);
    const last = Math.max(
      ...expected.restarts.flatMap((entry) => entry.startedAt.slice(1).map((at) => Date.parse(at))),
    );
    const lastRow = Math.max(...view.workloads.map((row) => row.lastRestartAt ?? -Infinity));
    expect(lastRow).toBe(last);
  });
});
