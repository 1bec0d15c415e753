/** Revisions, endpoints, urgency and the day's count of restarts. */
import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { event, iso, pod, replicaSet, story, t0, terminated } from './objects.ts';

const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' };
const next = { kind: 'ReplicaSet', name: 'web-2', uid: 'uid-web-2' };
const only = (s: Story, at: number): IncidentRow => {
  const rows = s.view(at).incidents;
  expect(rows).toHaveLength(1);
  return rows[0] as IncidentRow;
};
const down = (id: string, at: number): Record<string, unknown> => ({
  ready: false,
  state: terminated(id, 1, at - 5, at),
});
const slice = (ready: readonly boolean[]): Record<string, unknown> => ({
  metadata: { name: 'web-x', namespace: 'shop', uid: 'slice', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: ready.map((state, i) => ({
    targetRef: { uid: `uid-web-1-${'ab'[i] ?? 'c'}` },
    conditions: { ready: state },
  })),
});

describe('revisions', () => {
  it('sees no incident in the rolling update of a StatefulSet, even without an event', () => {
    const s = story();
    const set = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
    const object = (revision: string): Record<string, unknown> => ({
      metadata: { name: 'db', namespace: 'shop', uid: 'uid-db' },
      spec: { replicas: 1 },
      status: { updateRevision: revision },
    });
    const old = { name: 'db-0', owner: set, labels: { 'controller-revision-hash': 'r1' }, ready: 0 };
    s.list(0, 'statefulsets', [object('r1')]);
    s.list(0, 'pods', [pod(old)]);
    s.send(5, 'statefulsets', object('r2'));
    s.send(6, 'pods', pod({ ...old, deleted: 6 }));
    expect(s.view(6).incidents).toEqual([]);
    const other = story();
    other.list(0, 'statefulsets', [object('r1')]);
    other.list(0, 'pods', [pod(old)]);
    other.send(6, 'pods', pod({ ...old, deleted: 6 }));
    expect(only(other, 6).cause).toBe('pod-deleted/by-request');
  });

  it('counts a rollback as the end of the trouble from the moment the bad pod went', () => {
    const s = story();
    const [hash1, hash2] = [{ 'pod-template-hash': '1' }, { 'pod-template-hash': '2' }];
    s.list(0, 'replicasets', [replicaSet('web-1', 1, { revision: '1' }), replicaSet('web-2', 1, { revision: '2' })]);
    s.list(0, 'pods', [
      pod({ name: 'web-1-a', owner, labels: hash1, ready: 0 }),
      pod({ name: 'web-2-b', owner: next, labels: hash2, ready: 0 }),
    ]);
    s.send(10, 'pods', pod({ name: 'web-2-b', owner: next, labels: hash2, notReady: 10, status: down('c1', 10) }));
    s.send(20, 'replicasets', replicaSet('web-1', 1, { revision: '3' }));
    s.send(20, 'replicasets', replicaSet('web-2', 0, { revision: '2' }));
    s.send(
      21,
      'pods',
      pod({ name: 'web-2-b', owner: next, labels: hash2, notReady: 10, deleted: 21, status: down('c1', 10) }),
    );
    const crash = (seconds: number) => s.view(seconds).incidents.find(({ container }) => container === 'app');
    expect(crash(21)).toMatchObject({ state: 'verifying', cause: 'container-exit/error' });
    s.tick(81);
    expect(crash(81)).toMatchObject({ state: 'recovered', ttr: 11, ending: { id: 'ending.new-revision' } });
    expect(crash(81)?.phases.replaced).toBeUndefined();
    const rollout = s.view(81).incidents.find(({ id }) => id === crash(81)?.parent);
    expect(rollout).toMatchObject({ cause: 'rollout-failed/not-ready', state: 'recovered', count: 1 });
  });
});

describe('late events', () => {
  it('leave each incident the restarts of its own faults', () => {
    const s = story();
    const container = { livenessProbe: { exec: {} } };
    const up = (restarts: number, started: number, last: Record<string, unknown>): Record<string, unknown> => ({
      ready: true,
      restartCount: restarts,
      state: { running: { startedAt: iso(started) } },
      lastState: last,
    });
    s.send(0, 'pods', pod({ name: 'web-1-a', owner, ready: 0, container }), 'ADDED');
    s.send(
      31,
      'pods',
      pod({ name: 'web-1-a', owner, ready: 0, container, status: up(1, 31, terminated('c1', 0, 0, 30, 'Completed')) }),
    );
    s.send(
      61,
      'pods',
      pod({ name: 'web-1-a', owner, ready: 0, container, status: up(2, 61, terminated('c2', 0, 31, 60, 'Completed')) }),
    );
    expect(only(s, 61)).toMatchObject({ cause: 'container-exit/completed', count: 2, restarts: 2 });
    s.send(
      62,
      'events',
      event('e1', 'Killing', 'Container app failed liveness probe, will be restarted', 59, {
        uid: 'uid-web-1-a',
        name: 'web-1-a',
        fieldPath: 'spec.containers{app}',
      }),
    );
    const rows = s.view(62).incidents;
    expect(
      rows.map((row) => [row.cause, row.count, row.restarts]).sort((a, b) => String(a).localeCompare(String(b))),
    ).toEqual([
      ['container-exit/completed', 1, 1],
      ['liveness-probe-failed/exec', 1, 1],
    ]);
  });

  it('weigh a probe’s kill against the exit before it', () => {
    const s = story();
    const container = { livenessProbe: { exec: {} } };
    const kill = event('e1', 'Killing', 'Container app failed liveness probe, will be restarted', 29, {
      uid: 'uid-web-1-a',
      name: 'web-1-a',
      fieldPath: 'spec.containers{app}',
    });
    const status = (restarts: number): Record<string, unknown> => ({
      ready: false,
      restartCount: restarts,
      state: terminated('c2', 137, 0, 30),
      lastState: terminated('c1', 137, -15, -5),
    });
    for (const [restarts, wait] of [
      [2, 0],
      [3, 0],
      [4, 40],
    ] as const) {
      const story_ = story();
      story_.send(
        0,
        'pods',
        pod({
          name: 'web-1-a',
          owner,
          ready: 0,
          container,
          status: {
            ready: true,
            restartCount: restarts,
            state: { running: { startedAt: iso(0) } },
            lastState: terminated('c1', 137, -15, -5),
          },
        }),
        'ADDED',
      );
      story_.send(29, 'events', kill);
      story_.send(30, 'pods', pod({ name: 'web-1-a', owner, notReady: 30, container, status: status(restarts) }));
      expect([restarts, only(story_, 30).nextRetry?.at]).toEqual([restarts, t0 + (30 + wait) * 1000]);
    }
    expect(s.view(0).incidents).toEqual([]);
  });
});

describe('endpoints and urgency', () => {
  it('says when a pod left its service and when it came back', () => {
    const s = story();
    const container = { readinessProbe: { httpGet: {} } };
    s.list(0, 'endpointslices', [slice([true])]);
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0, container })]);
    const running = { state: { running: { startedAt: iso(0) } } };
    s.send(10, 'pods', pod({ name: 'web-1-a', owner, notReady: 10, container, status: { ...running, ready: false } }));
    s.send(11, 'endpointslices', slice([false]));
    s.send(20, 'pods', pod({ name: 'web-1-a', owner, ready: 20, container, status: { ...running, ready: true } }));
    s.send(21, 'endpointslices', slice([true]));
    expect(only(s, 21)).toMatchObject({
      cause: 'readiness-lost/http',
      actor: 'endpointslice',
      phases: { endpointRemoved: t0 + 11_000, endpointReturned: t0 + 21_000 },
    });
  });

  it('puts what left a service without anyone first, then what needs a person, then what heals alone', () => {
    const s = story();
    const priorities: number[] = [];
    for (const [ready, restarts] of [
      [[false], 0],
      [[false, true], 0],
    ] as const) {
      const t = story();
      t.list(0, 'replicasets', [replicaSet('web-1', 2)]);
      t.list(0, 'endpointslices', [slice(ready)]);
      t.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 }), pod({ name: 'web-1-b', owner, ready: 0 })]);
      t.send(
        10,
        'pods',
        pod({ name: 'web-1-a', owner, notReady: 10, status: { ...down('c1', 10), restartCount: restarts } }),
      );
      priorities.push(only(t, 10).priority);
    }
    expect(priorities).toEqual([1, 4]);
    // Needs a person, but its service lives: between the two.
    const waiting = {
      waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=app' },
    };
    s.list(0, 'replicasets', [replicaSet('web-1', 2)]);
    s.list(0, 'pods', [
      pod({
        name: 'web-1-a',
        owner,
        notReady: -9,
        status: { state: waiting, lastState: terminated('c1', 1, -20, -9) },
      }),
      pod({ name: 'web-1-b', owner, ready: 0 }),
    ]);
    expect(only(s, 0)).toMatchObject({ priority: 2, needs: { reason: { id: 'needs.back-off-cap' } } });
  });

  it('orders incidents by urgency and lists ended ones last', () => {
    const s = story();
    s.list(0, 'pods', [pod({ name: 'a', ready: 0 }), pod({ name: 'b', ready: 0 }), pod({ name: 'c', ready: 0 })]);
    s.send(1, 'pods', pod({ name: 'a', notReady: 1, status: down('c1', 1) }));
    s.send(
      2,
      'pods',
      pod({
        name: 'a',
        ready: 2,
        status: {
          ready: true,
          restartCount: 1,
          state: { running: { startedAt: iso(2) } },
          lastState: terminated('c1', 1, 0, 1),
        },
      }),
    );
    s.tick(100);
    s.send(100, 'pods', pod({ name: 'b', notReady: 100, status: down('c1', 100) }));
    s.send(101, 'pods', pod({ name: 'c', phase: 'Failed', reason: 'Evicted' }));
    s.tick(102);
    expect(s.view(102).incidents.map((row) => row.subject.name)).toEqual(['c', 'b', 'a']);
  });
});

describe('restarts of a day', () => {
  it('outlive the pod they happened in, and end after 24 hours', () => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', 1)]);
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
    s.send(
      10,
      'pods',
      pod({
        name: 'web-1-a',
        owner,
        ready: 10,
        status: {
          ready: true,
          restartCount: 3,
          state: { running: { startedAt: iso(10) } },
          lastState: terminated('c3', 1, 5, 9),
        },
      }),
    );
    s.send(20, 'pods', pod({ name: 'web-1-a', owner, ready: 10, deleted: 20 }), 'DELETED');
    s.send(20, 'pods', pod({ name: 'web-1-b', owner, created: 20, ready: 21 }), 'ADDED');
    const row = (at: number): unknown =>
      s.view(at).workloads.find((entry) => entry.ref.kind === 'Deployment')?.restarts24h;
    expect(row(30)).toBe(3);
    s.tick(86_400 + 9);
    expect(row(86_400 + 9)).toBe(3);
    s.tick(86_400 + 100);
    expect(row(86_400 + 100)).toBe(0);
  });
});
