/** Pods that cannot start, are refused, are evicted or do not go, with objects as the API server writes them. */
import { describe, expect, it } from 'vitest';
import type { Story } from './objects.ts';
import { event, iso, node, pod, replicaSet, story } from './objects.ts';

const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' };
type Json = Record<string, unknown>;
const involved = { uid: 'uid-web-1-a', name: 'web-1-a' };

/** A pod that found no node at second 10. */
function pending(message: string): Json {
  const made = pod({ name: 'web-1-a', owner, created: 10, phase: 'Pending' });
  const conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: iso(10) },
  ];
  return { ...made, spec: { ...(made.spec as Json), nodeName: undefined }, status: { phase: 'Pending', conditions } };
}

function scheduled(s: Story, message: string): Story {
  s.send(11, 'pods', pending(message), 'ADDED');
  return s;
}

const preemption = ' preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.';

describe('a pod without a node', () => {
  it.each([
    ['0/5 nodes are available: 3 Insufficient memory, 2 node(s) had untolerated taint(s).', 'resources', 'resources'],
    ['0/5 nodes are available: 1 Insufficient cpu, 4 node(s) had untolerated taint {a: b}.', 'taint', 'configuration'],
    ["0/5 nodes are available: 5 node(s) didn't match Pod's node affinity/selector.", 'affinity', 'configuration'],
    ["0/5 nodes are available: 5 node(s) didn't match pod anti-affinity rules.", 'spread', 'configuration'],
    ["0/5 nodes are available: 5 node(s) didn't match pod topology spread constraints.", 'spread', 'configuration'],
    ['0/5 nodes are available: pod has unbound immediate PersistentVolumeClaims.', 'volume', 'storage'],
    ['0/5 nodes are available: 5 node(s) had volume node affinity conflict.', 'volume', 'storage'],
    [
      "0/5 nodes are available: 5 node(s) didn't have free ports for the requested pod ports.",
      'ports',
      'configuration',
    ],
    ['0/5 nodes are available: 5 node(s) were unschedulable.', 'cordoned', 'node'],
    ['0/5 nodes are available: 5 Too many pods.', 'too-many-pods', 'node'],
    ['no nodes available to schedule pods', 'other', 'unknown'],
  ])('because of "%s" is unschedulable/%s', (message, reason, rootCause) => {
    const [row] = scheduled(story(), message + preemption).view(11).incidents;
    expect(row).toMatchObject({ cause: `unschedulable/${reason}`, rootCause, actor: 'scheduler', state: 'detected' });
    expect(row?.phases).toMatchObject({ fault: Date.parse(iso(10)), detected: Date.parse(iso(10)) });
  });

  it('needs a person after five minutes, and recovers when it is bound', () => {
    const s = scheduled(story(), '0/1 nodes are available: 1 Insufficient cpu.');
    s.tick(309);
    expect(s.view(309).incidents[0]?.needs).toBeUndefined();
    s.tick(310);
    expect(s.view(310).incidents[0]?.needs).toMatchObject({ reason: { id: 'needs.not-scheduled' } });
    s.send(400, 'pods', pod({ name: 'web-1-a', owner, created: 390, notReady: 390, phase: 'Pending' }));
    expect(s.view(400).incidents).toMatchObject([{ state: 'recovered', ttr: 380, ending: { id: 'ending.scheduled' } }]);
  });

  it.each(['before', 'after'])('waits for the node that an autoscaler makes, told %s the status', (when) => {
    const s = story();
    const up = event('e1', 'TriggeredScaleUp', 'pod triggered scale-up: [{pool-1 3->4 (max: 10)}]', 12, involved);
    if (when === 'before') s.send(10, 'events', up, 'ADDED');
    scheduled(s, '0/1 nodes are available: 1 Insufficient cpu.');
    if (when === 'after') s.send(12, 'events', up, 'ADDED');
    s.tick(900);
    const [row] = s.view(900).incidents;
    expect(row).toMatchObject({ actor: 'autoscaler', state: 'healing', phases: { acting: Date.parse(iso(12)) } });
    expect(row?.needs).toBeUndefined();
  });

  it('needs a person at once when the autoscaler says that no node would help', () => {
    const s = scheduled(story(), '0/1 nodes are available: 1 Insufficient cpu.');
    const text = "pod didn't trigger scale-up: 2 max node group size reached";
    s.send(20, 'events', event('e1', 'NotTriggerScaleUp', text, 20, involved), 'ADDED');
    s.tick(21);
    expect(s.view(21).incidents[0]?.needs).toMatchObject({
      reason: { id: 'needs.no-scale-up' },
      since: Date.parse(iso(20)),
    });
  });

  it('is told under the pod whose place it is to take', () => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', 1)]);
    s.list(0, 'pods', [pod({ name: 'web-1-z', owner, ready: 0 })]);
    s.send(9, 'pods', pod({ name: 'web-1-z', owner, ready: 0, deleted: 9 }));
    scheduled(s, '0/1 nodes are available: 1 Insufficient cpu.');
    const rows = s.view(11).incidents;
    const slot = rows.find((row) => row.cause === 'pod-deleted/by-request');
    expect(rows.find((row) => row.cause === 'unschedulable/resources')?.parent).toBe(slot?.id);
  });
});

describe('a sandbox', () => {
  const creating = pod({
    name: 'web-1-a',
    owner,
    created: 0,
    notReady: 0,
    phase: 'Pending',
    status: { state: { waiting: { reason: 'ContainerCreating' } } },
  });
  const failed = (at: number, text: string): Json => event(`e${at}`, 'FailedCreatePodSandBox', text, at, involved);
  const network =
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "abc": plugin type="calico" failed (add)';

  it.each([
    [network, 'sandbox-failed/network', 'network'],
    ['Failed to create pod sandbox: rpc error: code = DeadlineExceeded', 'sandbox-failed/runtime', 'node'],
  ])('that fails with "%s" keeps its pod from starting', (text, cause, rootCause) => {
    const s = story();
    s.send(0, 'pods', creating, 'ADDED');
    s.send(5, 'events', failed(5, text), 'ADDED');
    s.send(20, 'events', failed(20, text), 'ADDED');
    expect(s.view(20).incidents).toMatchObject([{ cause, rootCause, count: 2, actor: 'kubelet', state: 'healing' }]);
    s.send(
      40,
      'pods',
      pod({ name: 'web-1-a', owner, created: 0, ready: 40, status: { state: { running: { startedAt: iso(39) } } } }),
    );
    expect(s.view(40).incidents).toMatchObject([{ state: 'recovered', ttr: 34 }]);
  });

  it('of a pod that runs is no trouble any more', () => {
    const s = story();
    s.send(0, 'pods', pod({ name: 'web-1-a', owner, ready: 0 }), 'ADDED');
    s.send(5, 'events', failed(1, network), 'ADDED');
    expect(s.view(5).incidents).toEqual([]);
  });
});

describe('a node refuses', () => {
  it.each([
    ['OutOfcpu', "Pod was rejected: Node didn't have enough resource: cpu", 'pod-rejected/resources'],
    ['OutOfmemory', 'x', 'pod-rejected/resources'],
    ['NodeAffinity', 'Pod was rejected: Predicate NodeAffinity failed', 'pod-rejected/node'],
    ['UnexpectedAdmissionError', 'Allocate failed due to device plugin', 'pod-rejected/admission'],
    ['NodeShutdown', 'Pod was rejected as the node is shutting down.', 'pod-evicted/node-shutdown'],
    ['DeadlineExceeded', 'Pod was active on the node longer than the specified deadline', 'pod-failed/deadline'],
    ['Preempting', 'Preempted in order to admit critical pod', 'pod-evicted/preemption'],
  ])('with %s', (reason, message, cause) => {
    const s = story();
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
    const failed = pod({ name: 'web-1-a', owner, phase: 'Failed', reason });
    s.send(10, 'pods', { ...failed, status: { ...(failed.status as Json), message, containerStatuses: [] } });
    expect(s.view(10).incidents).toMatchObject([{ cause, actor: 'replicaset' }]);
  });
});

describe('an eviction', () => {
  function evicted(message: string, annotations?: Json, pressure?: string): Story {
    const s = story();
    const well = node('node-1', 'True', -100);
    s.list(0, 'nodes', [well]);
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
    if (pressure !== undefined) {
      const conditions = [
        ...((well.status as Json).conditions as Json[]),
        { type: pressure, status: 'True', reason: 'KubeletHasPressure', message: 'x', lastTransitionTime: iso(5) },
      ];
      s.send(5, 'nodes', { ...well, status: { conditions } });
    }
    const note = event('e1', 'Evicted', message, 9, involved);
    s.send(9, 'events', { ...note, metadata: { ...(note.metadata as Json), annotations } }, 'ADDED');
    const failed = pod({
      name: 'web-1-a',
      owner,
      phase: 'Failed',
      reason: 'Evicted',
      disruption: 'TerminationByKubelet',
    });
    s.send(10, 'pods', { ...failed, status: { ...(failed.status as Json), message } });
    return s;
  }
  const annotations = { offending_containers: 'app', offending_containers_usage: '812Mi', starved_resource: 'memory' };

  it('for memory blames the pod that used more than it asked for, and the node otherwise', () => {
    const [over] = evicted('The node was low on resource: memory. ', annotations).view(10).incidents;
    expect(over).toMatchObject({ cause: 'pod-evicted/memory', rootCause: 'resources', confidence: 0.9 });
    expect(over?.evidence.map(({ value }) => value)).toContain('app: 812Mi (memory)');
    const [under] = evicted('The node was low on resource: memory. ').view(10).incidents;
    expect(under).toMatchObject({ cause: 'pod-evicted/memory', rootCause: 'node', confidence: 0.95 });
  });

  it('for a full emptyDir blames the pod', () => {
    expect(evicted('Usage of EmptyDir volume "x" exceeds the limit "10Mi". ').view(10).incidents).toMatchObject([
      { cause: 'pod-evicted/storage', rootCause: 'resources', confidence: 0.9 },
    ]);
  });

  it('under pressure is told under the pressure of its node', () => {
    const rows = evicted('The node was low on resource: memory. ', annotations, 'MemoryPressure').view(10).incidents;
    const parent = rows.find((row) => row.cause === 'node-pressure/memory');
    expect(rows.find((row) => row.cause === 'pod-evicted/memory')?.parent).toBe(parent?.id);
    expect(parent?.children).toHaveLength(1);
  });
});

describe('an eviction through the API', () => {
  it.each([
    ['EvictedByVPA', 'Pod was evicted by VPA Updater to apply resource recommendation.', 'vpa-updater', 'vpa'],
    ['ScaleDown', 'deleting pod for node scale down', 'cluster-autoscaler', 'cluster-autoscaler'],
    ['Evicted', 'Evicted pod: Underutilized', 'karpenter', 'karpenter'],
    ['RemoveDuplicates', 'pod eviction from node-1 node', 'sigs.k8s.io/descheduler', 'descheduler'],
  ])('with the event %s names who asked for it, whenever that is told', (reason, message, component, by) => {
    const gone = pod({ name: 'web-1-a', owner, ready: 0, deleted: 10, disruption: 'EvictionByEvictionAPI' });
    const note = { ...event('e1', reason, message, 9, involved), source: { component } };
    for (const late of [false, true]) {
      const s = story();
      s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
      if (!late) s.send(9, 'events', note, 'ADDED');
      s.send(10, 'pods', gone);
      if (late) {
        expect(s.view(10).incidents[0]?.removedBy).toBe('eviction-api');
        s.send(11, 'events', note, 'ADDED');
      }
      expect(s.view(11).incidents).toMatchObject([{ cause: 'pod-evicted/eviction-api', removedBy: by }]);
    }
  });
});

describe('a pod that does not go', () => {
  const leaving = (finalizers?: string[]): Json => {
    const made = pod({ name: 'web-1-a', owner, ready: 0, deleted: 10 });
    return { ...made, metadata: { ...(made.metadata as Json), finalizers } };
  };

  it.each([
    [['example.com/hold'], 'pod-stuck/finalizer'],
    [undefined, 'pod-stuck/kubelet'],
  ])('although it was meant to (finalizers %j) is %s', (finalizers, cause) => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', 1)]);
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
    s.send(9, 'replicasets', replicaSet('web-1', 0));
    s.send(10, 'pods', leaving(finalizers));
    s.tick(99);
    expect(s.view(99).incidents).toEqual([]);
    s.tick(100);
    expect(s.view(100).incidents).toMatchObject([{ cause, needs: { reason: { id: 'needs.stuck-terminating' } } }]);
    s.send(130, 'pods', leaving(finalizers), 'DELETED');
    expect(s.view(130).incidents).toMatchObject([{ state: 'recovered', ending: { id: 'ending.gone' }, ttr: 90 }]);
  });

  it('waits longer on a node that is lost', () => {
    const s = story();
    s.list(0, 'nodes', [node('node-1', 'Unknown', 5)]);
    s.list(0, 'replicasets', [replicaSet('web-1', 0)]);
    s.list(0, 'pods', [leaving()]);
    s.tick(304);
    expect(s.view(304).incidents.filter((row) => row.cause.startsWith('pod-stuck/'))).toEqual([]);
    s.tick(306);
    expect(s.view(306).incidents.filter((row) => row.cause.startsWith('pod-stuck/'))).toHaveLength(1);
  });
});
