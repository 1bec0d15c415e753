/** One trouble is one row: what keeps a lost pod's place from being filled, and whatever else comes of it, is told under it. */
import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { event, iso, node, pod, replicaSet, story, t0, terminated } from './objects.ts';

type Json = Record<string, unknown>;
const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' };
const labels = { 'pod-template-hash': '1' };
const web = (name: string, more: Json = {}): Json => pod({ name, owner, labels, ...more });
const waiting = (reason: string, message = ''): Json => ({ state: { waiting: { reason, message } } });
const noConfig = waiting('CreateContainerConfigError', 'configmap "limits" not found');
const starting = (name: string, created: number, status = waiting('ContainerCreating')): Json =>
  web(name, { created, notReady: created, phase: 'Pending', status });
const running = (name: string, created: number, at: number): Json =>
  web(name, { created, ready: at, status: { state: { running: { startedAt: iso(at) } } } });

function begun(...names: readonly string[]): Story {
  const s = story();
  s.list(0, 'nodes', [node('node-1', 'True', -600)]);
  s.list(0, 'replicasets', [replicaSet('web-1', names.length)]);
  s.list(
    0,
    'pods',
    names.map((name) => web(name, { ready: 0 })),
  );
  return s;
}

/** `cause state < cause of what it is part of`, after a tick. */
function told(s: Story, at: number): string[] {
  s.tick(at);
  const { incidents } = s.view(at);
  const causeOf = (id?: string): string => incidents.find((row) => row.id === id)?.cause ?? 'none';
  return incidents.map((row) => `${row.cause} ${row.state} < ${causeOf(row.parent)}`).sort();
}
const top = (s: Story, at: number): IncidentRow[] => s.view(at).incidents.filter(({ parent }) => parent === undefined);

describe('a pod that is not ready in the place of a lost one', () => {
  it.each([
    ['cannot be created', noConfig, 'create-container/config'],
    ['cannot be pulled', waiting('ErrImagePull', 'not found'), 'image-pull/not-found'],
    ['crashes', { restartCount: 0, state: terminated('c1', 3, 11, 12) }, 'container-exit/error'],
  ])('since its container %s is told with the loss', (_what, status, cause) => {
    const s = begun('web-1-a', 'web-1-c');
    s.send(10, 'pods', web('web-1-a', { deleted: 10 }));
    s.send(10, 'pods', starting('web-1-b', 10), 'ADDED');
    s.send(12, 'pods', starting('web-1-b', 10, status));
    const lines = told(s, 13);
    expect(lines).toHaveLength(2);
    expect(lines.find((line) => line.startsWith(cause))).toContain('< pod-deleted/by-request');
  });

  it('hands on what it needs, how urgent it is and what is to blame', () => {
    const s = begun('web-1-a', 'web-1-c');
    s.send(10, 'pods', web('web-1-a', { deleted: 10 }));
    s.send(10, 'pods', starting('web-1-b', 10), 'ADDED');
    expect(top(s, 11)).toMatchObject([{ rootCause: 'unknown', confidence: 0.5, priority: 4 }]);
    s.send(12, 'pods', starting('web-1-b', 10, noConfig));
    expect(top(s, 13)[0]?.needs).toBeUndefined();
    s.tick(80);
    const [part] = s.view(80).incidents.filter(({ cause }) => cause === 'create-container/config');
    const [row] = top(s, 80);
    expect(row).toMatchObject({ cause: 'pod-deleted/by-request', rootCause: 'configuration', confidence: 0.95 });
    expect(row?.needs).toEqual({ reason: { id: 'needs.cannot-create', data: { minutes: 1 } }, since: t0 + 72_000 });
    expect([row?.priority, s.view(80).incidents[0]?.priority]).toEqual([part?.priority, part?.priority]);
    expect(s.view(80).totals.needsHuman).toBe(1);
    s.send(90, 'pods', running('web-1-b', 10, 90));
    expect(top(s, 91)).toMatchObject([{ state: 'recovered', ttr: 80 }]);
    expect(top(s, 91)[0]?.needs).toBeUndefined();
  });

  it('is told with the loss, too, where its own trouble is seen first', () => {
    const s = begun('web-1-a');
    s.send(11, 'pods', starting('web-1-b', 10, noConfig), 'ADDED');
    expect(told(s, 11)).toEqual(['create-container/config healing < none']);
    s.send(12, 'pods', web('web-1-a', { deleted: 10 }));
    expect(told(s, 12)[0]).toBe('create-container/config healing < pod-deleted/by-request');
  });

  it('stands alone again when the removal turns out to be meant', () => {
    const s = begun('web-1-a');
    s.send(10, 'pods', web('web-1-a', { deleted: 10 }));
    s.send(10, 'pods', starting('web-1-b', 10), 'ADDED');
    s.send(12, 'pods', starting('web-1-b', 10, noConfig));
    const involved = { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' };
    s.send(13, 'events', event('e1', 'SuccessfulDelete', 'Deleted pod: web-1-a', 10, involved), 'ADDED');
    expect(told(s, 13)).toEqual(['create-container/config healing < none']);
  });

  it('is over when a new revision takes it away', () => {
    const s = begun('web-1-a');
    s.send(10, 'pods', web('web-1-a', { deleted: 10 }));
    s.send(10, 'pods', starting('web-1-b', 10), 'ADDED');
    s.send(11, 'pods', web('web-1-a', { deleted: 10 }), 'DELETED');
    s.send(12, 'pods', starting('web-1-b', 10, noConfig));
    const next = { kind: 'ReplicaSet', name: 'web-2', uid: 'uid-web-2' };
    const fresh = (more: Json): Json =>
      pod({ name: 'web-2-a', owner: next, labels: { 'pod-template-hash': '2' }, created: 100, ...more });
    s.send(100, 'replicasets', replicaSet('web-2', 1, { revision: '2' }), 'ADDED');
    s.send(100, 'pods', fresh({ notReady: 100, phase: 'Pending', status: waiting('ContainerCreating') }), 'ADDED');
    s.send(105, 'pods', fresh({ ready: 105, status: { state: { running: { startedAt: iso(104) } } } }));
    s.send(106, 'replicasets', replicaSet('web-1', 0));
    s.send(
      106,
      'pods',
      web('web-1-b', { created: 10, notReady: 10, phase: 'Pending', status: noConfig, deleted: 106 }),
    );
    s.send(107, 'pods', web('web-1-b', { created: 10, notReady: 10, status: noConfig, deleted: 106 }), 'DELETED');
    expect(told(s, 240)).toEqual([
      'create-container/config recovered < pod-deleted/by-request',
      'pod-deleted/by-request recovered < none',
    ]);
  });
});

describe('pods that may not be created', () => {
  const refusing = (replicas: number): Json => ({
    ...replicaSet('web-1', replicas),
    status: {
      replicas: 0,
      conditions: [
        {
          type: 'ReplicaFailure',
          status: 'True',
          reason: 'FailedCreate',
          message: 'pods "web-1-" is forbidden: exceeded quota: q',
          lastTransitionTime: iso(11),
        },
      ],
    },
  });
  const under = 'pod-deleted/by-request detected < failed-create/quota';

  it('are one row with all places that stay empty, until those are filled', () => {
    const s = begun('web-1-a', 'web-1-b');
    s.send(10, 'pods', web('web-1-a', { deleted: 10 }));
    s.send(11, 'replicasets', refusing(2));
    s.send(20, 'pods', web('web-1-b', { deleted: 20 }));
    expect(told(s, 21)).toEqual(['failed-create/quota healing < none', under, under]);
    s.tick(80);
    expect(top(s, 80)).toMatchObject([{ needs: { reason: { id: 'needs.not-created' } } }]);
    s.send(90, 'replicasets', replicaSet('web-1', 2));
    for (const name of ['c', 'd']) s.send(91, 'pods', starting(`web-1-${name}`, 90), 'ADDED');
    expect(told(s, 92)[0]).toBe('failed-create/quota verifying < none');
    s.send(95, 'replicasets', replicaSet('web-1', 2));
    for (const name of ['c', 'd']) s.send(100, 'pods', running(`web-1-${name}`, 90, 100));
    expect(told(s, 101)[0]).toBe('failed-create/quota recovered < none');
    expect(top(s, 101)).toMatchObject([{ ttr: 79 }]);
  });

  it('leave a place that stays empty for another reason to itself after two minutes', () => {
    const s = begun('web-1-a');
    s.send(10, 'pods', web('web-1-a', { deleted: 10 }));
    s.send(11, 'pods', web('web-1-a', { deleted: 10 }), 'DELETED');
    s.send(11, 'replicasets', refusing(1));
    s.send(90, 'replicasets', replicaSet('web-1', 1));
    s.send(90, 'pods', starting('web-1-b', 90), 'ADDED');
    expect(told(s, 209)[0]).toBe('failed-create/quota verifying < none');
    expect(told(s, 211)).toEqual(['failed-create/quota recovered < none', 'pod-deleted/by-request healing < none']);
  });
});

describe('a pod that does not go', () => {
  const held = (more: Json = {}): Json => {
    const made = web('web-1-a', { deleted: 10, ...more });
    return { ...made, metadata: { ...(made.metadata as Json), finalizers: ['shop.example/unregister'] } };
  };

  it('is one row with the loss that was made good long before', () => {
    const s = begun('web-1-a');
    s.send(10, 'pods', held());
    s.send(10, 'pods', starting('web-1-b', 10), 'ADDED');
    s.send(15, 'pods', running('web-1-b', 10, 15));
    expect(told(s, 102)).toEqual([
      'pod-deleted/by-request recovered < pod-stuck/finalizer',
      'pod-stuck/finalizer detected < none',
    ]);
  });

  it('is told, too, while its place is not filled for another reason', () => {
    const s = begun('web-1-a');
    s.send(10, 'pods', held());
    s.send(10, 'pods', starting('web-1-b', 10), 'ADDED');
    expect(told(s, 102)).toEqual([
      'pod-deleted/by-request healing < pod-stuck/finalizer',
      'pod-stuck/finalizer detected < none',
    ]);
  });

  it('from a lost node is part of the node’s trouble', () => {
    const s = begun('web-1-a');
    s.send(10, 'nodes', node('node-1', 'Unknown', 10));
    s.send(310, 'pods', web('web-1-a', { deleted: 310, disruption: 'DeletionByTaintManager' }));
    s.send(310, 'pods', web('web-1-b', { node: 'node-2', created: 310, ready: 312 }), 'ADDED');
    expect(told(s, 720).filter((line) => line.endsWith('< none'))).toHaveLength(1);
    expect(told(s, 720).find((line) => line.startsWith('pod-stuck/'))).toContain('< node-not-ready/');
  });
});

it('a StatefulSet that waits for its first pod is one row with the second, which is missing', () => {
  const s = story();
  const set = { metadata: { name: 'db', namespace: 'shop', uid: 'uid-db' }, spec: { replicas: 2 }, status: {} };
  const own = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
  const probe = { readinessProbe: { httpGet: { path: '/', port: 80 } } };
  const db = (name: string, more: Json): Json => pod({ name, owner: own, container: probe, ...more });
  s.list(0, 'nodes', [node('node-1', 'True', -600)]);
  s.list(0, 'statefulsets', [set]);
  s.list(0, 'pods', [db('db-0', { ready: 0 }), db('db-1', { ready: 0 })]);
  s.send(10, 'pods', db('db-0', { notReady: 10 }));
  s.send(20, 'pods', db('db-1', { deleted: 20 }));
  s.send(25, 'pods', db('db-1', { deleted: 20 }), 'DELETED');
  expect(told(s, 80)).toEqual([
    'pod-deleted/by-request detected < statefulset-blocked/predecessor',
    'readiness-lost/http healing < statefulset-blocked/predecessor',
    'statefulset-blocked/predecessor detected < none',
  ]);
});
