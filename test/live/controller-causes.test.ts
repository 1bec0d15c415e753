/** Controllers whose pods are refused, and rollouts that fail. */
import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { event, iso, pod, replicaSet, story, terminated } from './objects.ts';

type Json = Record<string, unknown>;
const cause = (s: Story, seconds: number, trigger: string): IncidentRow[] =>
  s.view(seconds).incidents.filter((row) => row.cause.startsWith(trigger));

describe('a controller whose pods are refused', () => {
  const failing = (message: string, at = 10): Json => {
    const made = replicaSet('web-1', 3);
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: iso(at) },
    ];
    return { ...made, status: { replicas: 0, conditions } };
  };

  it.each([
    ['pods "web-1-" is forbidden: exceeded quota: q, requested: limits.memory=1Gi, used: 8Gi, limited: 8Gi', 'quota'],
    ['pods "web-1-" is forbidden: violates PodSecurity "restricted:latest": privileged', 'security'],
    ['pods "web-1-" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi', 'limit-range'],
    ['admission webhook "policy.example.com" denied the request: no latest tag', 'webhook'],
    ['Internal error occurred: failed calling webhook "x": connection refused', 'webhook'],
    [
      'pods "web-1-" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found',
      'account',
    ],
    ['pods "web-1-" is forbidden: no PriorityClass with name high was found', 'priority'],
    ['Pod "web-1-x" is invalid: spec.containers[0].image: Required value', 'invalid'],
    ['the server is currently unable to handle the request', 'other'],
  ])('because of "%s" tells failed-create/%s', (message, reason) => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', 3)]);
    s.send(11, 'replicasets', failing(message));
    expect(s.view(11).incidents).toMatchObject([
      { cause: `failed-create/${reason}`, actor: 'replicaset', workload: { kind: 'Deployment', name: 'web' } },
    ]);
  });

  it('needs a person after a minute and recovers when the condition goes', () => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', 3)]);
    s.send(11, 'replicasets', failing('exceeded quota: q'));
    s.tick(69);
    expect(s.view(69).incidents[0]?.needs).toBeUndefined();
    s.tick(70);
    expect(s.view(70).incidents[0]?.needs).toMatchObject({ reason: { id: 'needs.not-created' } });
    s.send(90, 'replicasets', replicaSet('web-1', 3));
    expect(s.view(90).incidents).toMatchObject([{ state: 'recovered', ttr: 80, ending: { id: 'ending.created' } }]);
  });

  it('without a condition tells it by an event, until a pod is created', () => {
    const s = story();
    const set = { metadata: { name: 'db', namespace: 'shop', uid: 'uid-db' }, spec: { replicas: 1 }, status: {} };
    s.list(0, 'statefulsets', [set]);
    const text = 'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: q';
    const involved = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
    s.send(5, 'events', event('e1', 'FailedCreate', text, 5, involved), 'ADDED');
    expect(s.view(5).incidents).toMatchObject([{ cause: 'failed-create/quota', subject: { kind: 'StatefulSet' } }]);
    const owner = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
    s.send(30, 'pods', pod({ name: 'db-0', owner, created: 30, notReady: 30 }), 'ADDED');
    expect(s.view(30).incidents).toMatchObject([{ state: 'recovered', ttr: 25 }]);
    s.send(31, 'events', event('e2', 'FailedCreate', text, 8, involved), 'ADDED');
    expect(cause(s, 31, 'failed-create/')).toHaveLength(1);
  });
});

describe('a rollout', () => {
  const owners = ['1', '2'].map((n) => ({ kind: 'ReplicaSet', name: `web-${n}`, uid: `uid-web-${n}` }));
  const deployment = (revision: string, progressing?: Json): Json => ({
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'uid-web',
      annotations: { 'deployment.kubernetes.io/revision': revision },
    },
    spec: { replicas: 2 },
    status: {
      readyReplicas: 2,
      conditions: progressing === undefined ? [] : [{ type: 'Progressing', ...progressing }],
    },
  });
  const old = (n: number): Json =>
    pod({ name: `web-1-${n}`, owner: owners[0]!, labels: { 'pod-template-hash': '1' }, ready: 0 });
  const fresh = (n: number, more: Json): Json =>
    pod({ name: `web-2-${n}`, owner: owners[1]!, created: 10, labels: { 'pod-template-hash': '2' }, ...more });
  const pulling = {
    notReady: 10,
    phase: 'Pending',
    status: { state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } },
  };

  function begun(): Story {
    const s = story();
    s.list(0, 'deployments', [deployment('1')]);
    s.list(0, 'replicasets', [replicaSet('web-1', 2, { revision: '1' })]);
    s.list(0, 'pods', [old(1), old(2)]);
    s.send(10, 'replicasets', replicaSet('web-2', 2, { revision: '2' }), 'ADDED');
    for (const n of [1, 2])
      s.send(10, 'pods', fresh(n, { notReady: 10, phase: 'Pending', status: { state: {} } }), 'ADDED');
    for (const n of [1, 2]) s.send(12, 'pods', fresh(n, pulling));
    return s;
  }

  it('with failing pods is one incident with theirs under it', () => {
    const rows = begun().view(12).incidents;
    const [rollout] = rows.filter((row) => row.cause === 'rollout-failed/not-ready');
    expect(rollout).toMatchObject({ subject: { kind: 'Deployment', name: 'web' }, rootCause: 'image', actor: 'none' });
    expect(rows.filter((row) => row.parent === rollout?.id)).toHaveLength(2);
    expect(rows).toHaveLength(3);
  });

  it('needs a person when its deadline is over, and once', () => {
    const s = begun();
    const over = {
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: 'timed out progressing',
      lastTransitionTime: iso(25),
    };
    s.send(25, 'deployments', deployment('2', over));
    expect(cause(s, 25, 'rollout-failed/')).toMatchObject([
      { count: 1, needs: { reason: { id: 'needs.rollout-stuck' }, since: Date.parse(iso(25)) } },
    ]);
    s.send(30, 'replicasets', replicaSet('web-1', 2, { revision: '3' }));
    s.send(30, 'replicasets', replicaSet('web-2', 0, { revision: '2' }));
    for (const n of [1, 2]) s.send(31, 'pods', fresh(n, { ...pulling, deleted: 31 }));
    s.send(32, 'deployments', deployment('3', over));
    expect(cause(s, 32, 'rollout-failed/')).toMatchObject([
      { state: 'recovered', ending: { id: 'ending.new-revision' } },
    ]);
  });

  it('that gets ready after all has healed by itself', () => {
    const s = begun();
    s.send(20, 'replicasets', replicaSet('web-1', 0, { revision: '1' }));
    for (const n of [1, 2])
      s.send(21, 'pods', fresh(n, { ready: 20, status: { state: { running: { startedAt: iso(20) } } } }));
    expect(cause(s, 21, 'rollout-failed/')).toMatchObject([
      { state: 'recovered', ending: { id: 'ending.rolled-out' }, ttr: 8 },
    ]);
  });

  it('is not over while one of its pods is not ready', () => {
    const s = begun();
    s.send(20, 'replicasets', replicaSet('web-1', 0, { revision: '1' }));
    s.send(21, 'pods', fresh(1, { ready: 20, status: { state: { running: { startedAt: iso(20) } } } }));
    expect(cause(s, 21, 'rollout-failed/')).toMatchObject([{ state: 'healing' }]);
  });

  it('is not blamed for a pod of the old revision that fails meanwhile', () => {
    const s = begun();
    const labels = { 'pod-template-hash': '1' };
    const status = { state: terminated('c1', 1, 0, 20) };
    s.send(20, 'pods', pod({ name: 'web-1-1', owner: owners[0]!, labels, notReady: 20, status }));
    expect(cause(s, 20, 'container-exit/')).toHaveLength(1);
    expect(cause(s, 20, 'container-exit/')[0]?.parent).toBeUndefined();
  });

  it('that goes well has nothing to do with a pod of the old revision', () => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', 1, { revision: '1' }), replicaSet('web-2', 1, { revision: '2' })]);
    s.list(0, 'pods', [old(1), fresh(1, { ready: 15 })]);
    const status = { state: terminated('c1', 1, 0, 20) };
    const labels = { 'pod-template-hash': '1' };
    s.send(20, 'pods', pod({ name: 'web-1-1', owner: owners[0]!, labels, notReady: 20, status }));
    expect(s.view(20).incidents.map((row) => row.cause)).toEqual(['container-exit/error']);
  });

  it('is not blamed for pods of the revision that was there before', () => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', 2, { revision: '1' })]);
    s.list(0, 'pods', [old(1), old(2)]);
    const status = terminated('c1', 1, 0, 20);
    s.send(
      20,
      'pods',
      pod({
        name: 'web-1-1',
        owner: owners[0]!,
        labels: { 'pod-template-hash': '1' },
        notReady: 20,
        status: { state: status },
      }),
    );
    expect(s.view(20).incidents.map((row) => row.cause)).toEqual(['container-exit/error']);
  });

  it('ends with its Deployment', () => {
    const s = begun();
    s.send(20, 'deployments', deployment('2'), 'DELETED');
    expect(cause(s, 20, 'rollout-failed/')).toMatchObject([{ state: 'planned', ending: { id: 'ending.removed' } }]);
  });
});
