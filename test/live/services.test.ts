/** Services: rows, outages, and what is none because somebody wanted it or another row tells it already. */
import { describe, expect, it } from 'vitest';
import type { HealthView, IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { event, iso, node, pod, replicaSet, story, t0 } from './objects.ts';

type Json = Record<string, unknown>;

const service = (more: Json = {}): Json => ({
  metadata: { name: 'web', namespace: 'shop', uid: 'uid-svc', creationTimestamp: iso(-3600) },
  spec: { selector: { app: 'web' }, ...more },
});

/** The slice of Service `web`: `a` is ready, `a-` is not. */
const slice = (pods: readonly string[], name = 'web-x1', created = -3600): Json => ({
  metadata: {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    creationTimestamp: iso(created),
    labels: { 'kubernetes.io/service-name': 'web' },
  },
  endpoints: pods.map((text) => ({
    addresses: ['10.0.0.1'],
    conditions: { ready: !text.endsWith('-') },
    targetRef: { kind: 'Pod', uid: `uid-${text.replace(/-$/, '')}` },
  })),
});

const owner = { kind: 'ReplicaSet', name: 'web-abc', uid: 'uid-web-abc' };
const web = (name: string, more: Partial<Parameters<typeof pod>[0]> = {}): Json =>
  pod({ name, owner, created: -600, ready: -590, ...more });

const deployment = (replicas: number): Json => ({
  metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
  spec: { replicas },
  status: { readyReplicas: replicas },
});

/** Deployment `web` with these pods, all ready, and its Service. */
function begin(pods: readonly string[]): Story {
  const told = story();
  told.send(0, 'services', service());
  told.send(0, 'deployments', deployment(pods.length));
  told.send(0, 'replicasets', replicaSet('web-abc', pods.length));
  for (const name of pods) told.send(0, 'pods', web(name));
  told.send(0, 'endpointslices', slice(pods));
  told.tick(1);
  return told;
}

const outages = (view: HealthView): readonly IncidentRow[] =>
  view.incidents.filter((row) => row.cause === 'service-down/no-ready-endpoints');

describe('the row of a Service', () => {
  it('counts its endpoints and says how it is', () => {
    const told = begin(['a', 'b', 'c']);
    expect(told.view(1).services).toEqual([
      {
        ref: expect.objectContaining({ kind: 'Service', name: 'web', uid: 'uid-svc' }),
        ready: 3,
        total: 3,
        state: 'healthy',
        since: t0,
      },
    ]);
    told.send(5, 'endpointslices', slice(['a', 'b', 'c-']));
    expect(told.view(5).services[0]).toMatchObject({ ready: 2, total: 3, state: 'degraded', since: t0 + 5000 });
  });

  it('counts a pod with two addresses once', () => {
    const told = begin(['a', 'b']);
    told.send(2, 'endpointslices', slice(['a', 'b'], 'web-v6'));
    expect(told.view(2).services[0]).toMatchObject({ ready: 2, total: 2 });
    told.send(3, 'endpointslices', slice(['a', 'b'], 'web-v6'), 'DELETED');
    expect(told.view(3).services[0]).toMatchObject({ ready: 2, total: 2 });
  });

  it('is left out where there are no endpoints by nature', () => {
    const told = story();
    told.send(0, 'services', service({ type: 'ExternalName', selector: undefined }));
    expect(told.view(0).services).toEqual([]);
    told.send(1, 'services', service());
    expect(told.view(1).services).toEqual([expect.objectContaining({ state: 'empty', total: 0 })]);
    told.send(2, 'services', service(), 'DELETED');
    expect(told.view(2).services).toEqual([]);
  });

  it('says down of one that has long had endpoints and none that is ready when we come', () => {
    const told = story();
    told.send(0, 'endpointslices', slice(['a-', 'b-']));
    expect(told.view(0).services[0]).toMatchObject({ state: 'down', ready: 0, total: 2 });
    told.tick(10);
    expect(outages(told.view(10))).toEqual([]);
  });
});

describe('a pod that is not ready', () => {
  const unready = (name: string, at: number): Json =>
    web(name, { container: { readinessProbe: { exec: {} } }, status: { ready: false }, notReady: at });
  const ready = (name: string, at: number): Json =>
    web(name, { container: { readinessProbe: { exec: {} } }, ready: at });

  it('tells which Services left it out, and when they took it back', () => {
    const told = begin(['a', 'b']);
    told.send(2, 'pods', ready('a', -590));
    told.send(10, 'pods', unready('a', 10));
    for (const [at, text] of [
      [11, 'a-'],
      [20, 'a'],
      [25, 'a-'],
      [40, 'a'],
    ] as const)
      told.send(at, 'endpointslices', slice([text, 'b']));
    const [row] = told.view(41).incidents;
    expect(row).toMatchObject({
      cause: 'readiness-lost/exec',
      phases: { acting: t0 + 11_000, endpointRemoved: t0 + 11_000, endpointReturned: t0 + 40_000 },
    });
    expect(row?.evidence.filter(({ object }) => object.kind === 'Service')).toEqual([
      expect.objectContaining({ field: 'endpoints', value: 'removed', at: t0 + 11_000 }),
      expect.objectContaining({ field: 'endpoints', value: 'returned', at: t0 + 40_000 }),
    ]);
  });

  it('is as urgent as its Service is alive, in whichever slice the others are', () => {
    const told = begin(['a']);
    told.send(1, 'endpointslices', slice(['b'], 'web-x2'));
    told.send(2, 'pods', ready('a', -590));
    told.send(10, 'pods', unready('a', 10));
    told.send(11, 'endpointslices', slice(['a-']));
    const before = told.view(12).incidents[0]?.priority ?? 0;
    told.send(13, 'endpointslices', slice(['b-'], 'web-x2'));
    expect(before).toBeGreaterThan(told.view(14).incidents[0]?.priority ?? 9);
  });
});

describe('an outage', () => {
  it('begins with the last endpoint, holds the incidents of the pods, and ends with the first that returns', () => {
    const told = begin(['a', 'b']);
    told.send(10, 'endpointslices', slice(['a-', 'b']));
    told.tick(20);
    expect(outages(told.view(20))).toEqual([]);
    for (const name of ['a', 'b'])
      told.send(
        20,
        'pods',
        web(name, { container: { readinessProbe: { exec: {} } }, status: { ready: false }, notReady: 20 }),
      );
    told.send(21, 'endpointslices', slice(['a-', 'b-']));
    for (const name of ['a', 'b'])
      told.send(
        21,
        'pods',
        web(name, {
          status: {
            restartCount: 1,
            ready: false,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: {
              terminated: { exitCode: 1, containerID: `c-${name}`, startedAt: iso(0), finishedAt: iso(21) },
            },
          },
        }),
      );
    told.tick(23);
    const view = told.view(23);
    const [outage] = outages(view);
    expect(outage).toMatchObject({
      state: 'healing',
      actor: 'endpointslice',
      subject: { kind: 'Service', name: 'web' },
      phases: { fault: t0 + 21_000, detected: t0 + 21_000 },
      priority: 1,
    });
    expect(view.incidents.filter((row) => row.parent === undefined)).toEqual([outage]);
    expect(view.services[0]).toMatchObject({ state: 'down', since: t0 + 21_000 });
    told.tick(322);
    expect(outages(told.view(322))[0]?.needs).toMatchObject({
      reason: { id: 'needs.service-down' },
      since: t0 + 321_000,
    });
    told.send(330, 'endpointslices', slice(['a', 'b-']));
    expect(outages(told.view(330))[0]).toMatchObject({
      state: 'recovered',
      ttr: 309,
      ending: { id: 'ending.endpoint-returned' },
      phases: { endpointReturned: t0 + 330_000, recovered: t0 + 330_000 },
    });
  });

  it('that comes back within ten minutes is the same one', () => {
    const told = begin(['a', 'b']);
    for (const [from, to] of [
      [10, 20],
      [40, 50],
    ] as const) {
      told.send(from, 'endpointslices', slice(['a-', 'b-']));
      told.tick(from + 2);
      told.send(to, 'endpointslices', slice(['a', 'b']));
    }
    expect(outages(told.view(60))).toEqual([
      expect.objectContaining({ count: 2, reopened: 1, state: 'recovered', ttr: 20 }),
    ]);
  });

  it('is told by the only pod where there is only one', () => {
    const told = begin(['a']);
    told.send(10, 'endpointslices', slice([]));
    told.send(10, 'pods', web('a', { deleted: 10, disruption: 'EvictionByEvictionAPI' }));
    told.tick(15);
    const view = told.view(15);
    expect(view.incidents.map((row) => row.cause)).toEqual(['pod-evicted/eviction-api']);
    expect(view.services[0]?.state).toBe('down');
  });

  it('of pods on lost nodes is told by the nodes', () => {
    const told = begin(['a', 'b']);
    told.send(0, 'nodes', node('node-1', 'True', -3600));
    told.send(10, 'nodes', node('node-1', 'Unknown', 10));
    told.send(11, 'endpointslices', slice(['a-', 'b-']));
    told.tick(60);
    expect(told.view(60).incidents).toEqual([
      expect.objectContaining({ cause: 'node-not-ready/kubelet-stopped', priority: 1 }),
    ]);
    expect(told.view(60).services[0]?.state).toBe('down');
    told.send(90, 'nodes', node('node-1', 'True', 90));
    told.tick(92);
    told.send(93, 'endpointslices', slice(['a', 'b']));
    told.tick(95);
    expect(outages(told.view(95))).toEqual([]);
  });

  it('is none when somebody scales to zero, deletes the Deployment or the Service', () => {
    const scaled = begin(['a', 'b']);
    scaled.send(10, 'deployments', deployment(0));
    scaled.send(10, 'replicasets', replicaSet('web-abc', 0));
    scaled.send(11, 'endpointslices', slice([]));
    scaled.tick(20);
    expect(outages(scaled.view(20))).toEqual([]);
    expect(scaled.view(20).services[0]).toMatchObject({ state: 'empty', total: 0 });

    const removed = begin(['a', 'b']);
    removed.send(10, 'services', service(), 'DELETED');
    removed.send(11, 'endpointslices', slice([]));
    removed.tick(20);
    expect(outages(removed.view(20))).toEqual([]);
  });

  it('is none while the first endpoints are starting', () => {
    const told = story();
    told.send(0, 'services', service());
    told.send(0, 'endpointslices', slice([], 'web-x1', 0));
    told.send(1, 'endpointslices', slice(['a-', 'b-'], 'web-x1', 0));
    told.tick(60);
    expect(outages(told.view(60))).toEqual([]);
    expect(told.view(60).services[0]?.state).toBe('empty');
  });

  it('ends as wanted when the Service is deleted', () => {
    const told = begin(['a', 'b']);
    told.send(10, 'endpointslices', slice(['a-', 'b-']));
    told.tick(12);
    told.send(20, 'services', service(), 'DELETED');
    expect(outages(told.view(20))[0]).toMatchObject({ state: 'planned' });
  });
});

describe('autoscaled workloads', () => {
  it('lose no pods when the autoscaler lowers the number', () => {
    const told = begin(['a', 'b', 'c']);
    told.send(10, 'deployments', deployment(2));
    told.send(10, 'replicasets', replicaSet('web-abc', 2));
    told.send(10, 'pods', web('c', { deleted: 10 }));
    told.send(
      11,
      'events',
      event('e1', 'SuccessfulRescale', 'New size: 2; reason: All metrics below target', 10, {
        kind: 'HorizontalPodAutoscaler',
        name: 'web',
        uid: 'uid-hpa',
      }),
    );
    told.send(12, 'endpointslices', slice(['a', 'b']));
    told.tick(60);
    const view = told.view(60);
    expect(view.incidents).toEqual([]);
    expect(view.actions).toEqual([
      expect.objectContaining({
        at: t0 + 10_000,
        actor: 'autoscaler',
        subject: expect.objectContaining({ kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2' }),
        summary: { id: 'action.rescaled', data: { name: 'web', size: '2', detail: 'All metrics below target' } },
      }),
    ]);
  });
});

describe('a selector that matches nothing', () => {
  const named = (ready: number): Json => ({
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
    spec: { replicas: 2 },
    status: { readyReplicas: ready },
  });
  const mismatched = (): Story => {
    const told = story();
    told.send(0, 'services', service());
    told.send(0, 'endpointslices', slice([]));
    return told;
  };
  const rows = (told: Story, at: number): readonly IncidentRow[] =>
    told.view(at).incidents.filter((row) => row.cause === 'service-down/selector');

  it('is told where a workload of the same name has ready pods, and ends when they are found', () => {
    const told = mismatched();
    told.send(1, 'deployments', named(2));
    told.tick(2);
    told.tick(31);
    expect(rows(told, 31)).toEqual([]);
    told.tick(33);
    expect(rows(told, 33)).toEqual([
      expect.objectContaining({
        state: 'detected',
        actor: 'none',
        rootCause: 'configuration',
        subject: expect.objectContaining({ kind: 'Service', name: 'web' }),
        phases: { fault: t0 + 2000, detected: t0 + 2000 },
      }),
    ]);
    told.tick(400);
    expect(rows(told, 400)[0]?.needs?.reason.id).toBe('needs.service-down');
    told.send(500, 'endpointslices', slice(['a', 'b']));
    expect(rows(told, 500)[0]).toMatchObject({ state: 'recovered', phases: { recovered: t0 + 500_000 } });
  });

  it('is none without such a workload, without ready pods, or before the slices were seen', () => {
    const alone = mismatched();
    alone.tick(1);
    alone.tick(600);
    expect(rows(alone, 600)).toEqual([]);
    alone.send(601, 'deployments', named(0));
    alone.tick(602);
    alone.tick(900);
    expect(rows(alone, 900)).toEqual([]);

    const blind = story();
    blind.send(0, 'services', service());
    blind.send(0, 'deployments', named(2));
    blind.tick(1);
    blind.tick(600);
    expect(rows(blind, 600)).toEqual([]);
  });

  it('ends as wanted with its workload', () => {
    const told = mismatched();
    told.send(1, 'deployments', named(2));
    told.tick(2);
    told.tick(40);
    told.send(50, 'deployments', named(0));
    told.tick(51);
    expect(rows(told, 51)[0]).toMatchObject({ state: 'planned' });
  });
});
