/** Recurring patterns, times to recover, and what comes first. */
import { describe, expect, it } from 'vitest';
import type { Story } from './objects.ts';
import { applyPatch, diffView } from '../../core/src/live/patch.ts';
import { iso, pod, replicaSet, story, terminated } from './objects.ts';
import { median, p90 } from '../../core/src/live/statistics.ts';

const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' };
const labels = { 'pod-template-hash': '1' };
type Json = Record<string, unknown>;

/** A pod of the Deployment `web` whose container ended at `at` and was started again two seconds later. */
function fail(s: Story, name: string, at: number, code: number, restarts: number): void {
  const up = { running: { startedAt: iso(at + 2) } };
  const status = (state: Json, restartCount: number): Json => ({ state, restartCount, ready: 'running' in state });
  const more = { name, owner, labels };
  s.send(
    at,
    'pods',
    pod({ ...more, notReady: at, status: status(terminated(`${name}-${at}`, code, at - 60, at), restarts) }),
  );
  s.send(
    at + 2,
    'pods',
    pod({
      ...more,
      ready: at + 2,
      status: { ...status(up, restarts + 1), lastState: terminated(`${name}-${at}`, code, at - 60, at) },
    }),
  );
}

function shop(): Story {
  const s = story();
  s.list(0, 'replicasets', [replicaSet('web-1', 2)]);
  s.list(
    0,
    'pods',
    ['web-1-a', 'web-1-b'].map((name) => pod({ name, owner, labels, ready: 0 })),
  );
  return s;
}

describe('a problem', () => {
  it('is one fault over all pods and all its incidents', () => {
    const s = shop();
    fail(s, 'web-1-a', 100, 1, 0);
    fail(s, 'web-1-b', 200, 1, 0);
    for (let at = 201; at <= 1000; at += 60) s.tick(at);
    fail(s, 'web-1-a', 1000, 1, 1);
    expect(s.view(1002).incidents).toHaveLength(3);
    expect(s.view(1002).problems).toMatchObject([
      {
        key: 'Deployment/shop/web | app | container-exit | exit:1',
        workload: { kind: 'Deployment', name: 'web' },
        container: 'app',
        count: 3,
        pods: 2,
        open: true,
        firstAt: Date.parse(iso(100)),
        lastAt: Date.parse(iso(1000)),
        medianTtr: 2,
      },
    ]);
    expect(s.view(1002).problems[0]?.incidents).toHaveLength(3);
  });

  it('is another one for another exit', () => {
    const s = shop();
    fail(s, 'web-1-a', 100, 1, 0);
    fail(s, 'web-1-a', 150, 3, 1);
    expect(
      s
        .view(152)
        .problems.map(({ fingerprint, count }) => `${fingerprint} ${count}`)
        .sort(),
    ).toEqual(['exit:1 1', 'exit:3 1']);
  });

  it('is none when it happened once and is over', () => {
    const s = shop();
    fail(s, 'web-1-a', 100, 1, 0);
    s.tick(200);
    expect(s.view(200).incidents).toHaveLength(1);
    expect(s.view(200).problems).toEqual([]);
  });

  it('names the object that is missing', () => {
    const s = shop();
    const state = { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' } };
    s.send(10, 'pods', pod({ name: 'web-1-a', owner, labels, notReady: 10, status: { state } }));
    expect(s.view(10).problems).toMatchObject([{ fingerprint: 'configmap settings', count: 1 }]);
  });

  it('comes before a newer one that is less urgent', () => {
    const s = shop();
    s.list(0, 'pods', [
      ...['web-1-a', 'web-1-b'].map((name) => pod({ name, owner, labels, ready: 0 })),
      pod({ name: 'alone', ready: 0 }),
    ]);
    s.send(10, 'pods', pod({ name: 'alone', notReady: 10, status: { state: terminated('x', 1, 0, 10) } }));
    fail(s, 'web-1-a', 100, 1, 0);
    expect(s.view(102).problems.map((row) => `${row.workload.name} P${row.priority}`)).toEqual(['alone P3', 'web P4']);
  });

  it('travels in patches in its order', () => {
    const s = shop();
    let held = s.view(0);
    for (let i = 0; i < 12; i++) {
      fail(s, i % 3 === 0 ? 'web-1-a' : 'web-1-b', 100 + i * 400, 1 + (i % 4), i);
      s.tick(300 + i * 400);
      const next = s.view(300 + i * 400);
      const patch = diffView(held, next);
      held = patch === undefined ? held : applyPatch(held, structuredClone(patch));
      expect(held.problems).toEqual(next.problems);
    }
    expect(held.problems).toHaveLength(4);
  });
});

describe('times to recover', () => {
  it('are medians and nearest ranks', () => {
    expect([median([]), p90([])]).toEqual([undefined, undefined]);
    expect([median([3]), p90([3])]).toEqual([3, 3]);
    const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    expect([median(ten), p90(ten)]).toEqual([5.5, 9]);
  });

  it('count what recovered, and only tell the age of what is open', () => {
    const s = shop();
    fail(s, 'web-1-a', 100, 1, 0);
    s.tick(200);
    s.send(
      300,
      'pods',
      pod({ name: 'web-1-b', owner, labels, notReady: 300, status: { state: terminated('x', 1, 0, 300) } }),
    );
    const view = s.view(5000);
    const recovery = { recovered: 1, open: 1, oldestOpen: Date.parse(iso(300)), medianTtr: 2, p90Ttr: 2, medianTtd: 0 };
    expect(view.workloads.find((row) => row.ref.name === 'web')?.recovery).toMatchObject(recovery);
    expect(view.totals.recovery).toMatchObject({ application: recovery });
  });
});

describe('urgency', () => {
  const one = (name: string): Json => pod({ name, ready: 0 });
  const down = (name: string, at: number): Json =>
    pod({ name, notReady: at, status: { state: terminated(`c-${name}`, 1, 0, at) } });

  it('rises when healing takes longer than it should', () => {
    const s = story();
    s.list(0, 'pods', [one('slow')]);
    s.send(100, 'pods', down('slow', 100));
    s.tick(101);
    // 1 × (1 + 2 · 1): it heals alone, but all of it is down.
    expect(s.view(101).incidents[0]?.priority).toBe(3);
    s.tick(400);
    expect(s.view(400).incidents[0]?.priority).toBe(3);
    s.tick(401);
    // 2 × 3
    expect(s.view(401).incidents[0]?.priority).toBe(2);
  });

  it('rises with the third fault of an incident within an hour', () => {
    const s = shop();
    fail(s, 'web-1-a', 100, 1, 0);
    fail(s, 'web-1-a', 130, 1, 1);
    // 1 × (1 + 0.5 · 1/5)
    expect(s.view(132).incidents[0]?.priority).toBe(4);
    s.send(
      160,
      'pods',
      pod({
        name: 'web-1-a',
        owner,
        labels,
        notReady: 160,
        status: { restartCount: 2, state: terminated('z', 1, 132, 160) },
      }),
    );
    // 2 × (1 + 2 · 1/2 + 0.5 · 2/5)
    expect(s.view(160).incidents[0]).toMatchObject({ count: 3, priority: 3 });
  });

  it('rises with what happened to other pods of the workload', () => {
    const [alone, often] = [shop(), shop()];
    for (const at of [100, 130, 160]) fail(often, 'web-1-b', at, 1, (at - 100) / 30);
    for (const s of [alone, often]) for (const at of [500, 530, 560]) fail(s, 'web-1-a', at, 1, (at - 500) / 30);
    const priority = (s: Story): number | undefined =>
      s.view(562).incidents.find((row) => row.subject.name === 'web-1-a')?.priority;
    // 2 × (1 + 0.5 · 2/5) against 2 × (1 + 0.5 · 5/5)
    expect([priority(alone), priority(often)]).toEqual([4, 3]);
  });
});
