/** The simulated cluster does what the recorded cluster did, in the same order of writes. */
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { virtualClock, type VirtualClock } from './clock.ts';
import { readRecording } from './replay.ts';
import { createControl, type Control } from './scenario.ts';
import { simulateCluster, type SimulatedCluster } from './sim/cluster.ts';
import { goDuration } from './sim/go-duration.ts';
import type { Node, Pod, Workload } from './sim/types.ts';
import { createStore, type Change, type ClusterStore, type KubeObject } from './store.ts';

const recordings = join(import.meta.dirname, '../fixtures/live/recordings');

let clock: VirtualClock;
let store: ClusterStore;
let cluster: SimulatedCluster;
let control: Control;
let podChanges: Change[];

function workload(kind: string, name: string, replicas: number, probe = false): KubeObject {
  const labels = { app: name };
  const container = {
    name: 'app',
    image: 'app:1',
    ...(probe
      ? {
          readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 5, failureThreshold: 3 },
          livenessProbe: { periodSeconds: 10, failureThreshold: 3 },
        }
      : {}),
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}
const service = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
});

async function setUp(objects: readonly KubeObject[]): Promise<void> {
  clock = virtualClock();
  store = createStore({ now: clock.now });
  cluster = simulateCluster(store, clock);
  control = createControl(cluster, clock);
  podChanges = [];
  store.subscribe('pods', (change) => podChanges.push(change));
  for (const node of ['a', 'b', 'c']) cluster.addNode(node);
  cluster.apply(objects);
  await clock.advance(60);
}

const web = { namespace: 'shop', workload: 'web' };
const pods = (name = 'web'): Pod[] => cluster.pods('shop', name);
const events = (reason: string): KubeObject[] => store.list('events').filter((event) => event['reason'] === reason);

/** What a pod's first container did, write by write, repetitions left out. */
function lifeOf(changes: readonly { object: KubeObject }[]): string[] {
  const steps = changes.flatMap(({ object }) => {
    const status = (object as Pod).status.containerStatuses?.[0];
    if (status === undefined) return [];
    const { state, restartCount, lastState, ready } = status;
    const text = state.running !== undefined ? 'running' : (state.terminated?.reason ?? state.waiting?.reason ?? '?');
    return [`${text} ${restartCount} ${ready ? 'ready' : 'unready'} last=${lastState.terminated?.exitCode ?? '-'}`];
  });
  return steps.filter((step, index) => step !== steps[index - 1]);
}

const lifeInStore = (name: string): string[] =>
  lifeOf(podChanges.filter((change) => change.entry.object.metadata.name === name).map((change) => change.entry));

describe('kubelet', () => {
  beforeEach(() => setUp([workload('Deployment', 'web', 1)]));

  test('a crash loop goes through the recorded states with the recorded events', async () => {
    const recording = readRecording(join(recordings, '02-crashloop'));
    const first = recording.changes.find((change) => change.object.kind === 'Pod')?.object.metadata.name ?? '';
    const recorded = lifeOf(recording.changes.filter((change) => change.object.metadata.name === first));

    const pod = pods()[0]?.metadata.name ?? '';
    const loop = async (): Promise<void> => {
      for (let crashes = 0; crashes < 10; crashes += 1) await control.crash(web).done.then(() => clock.sleep(1));
    };
    void loop();
    await clock.advance(400);
    const life = lifeInStore(pod);
    expect(life.length).toBeGreaterThan(15);
    const common = Math.min(life.length, recorded.length);
    expect(common).toBeGreaterThan(12);
    expect(life.slice(0, common)).toEqual(recorded.slice(0, common));

    const messages = podChanges.map(
      (change) => (change.entry.object as Pod).status.containerStatuses?.[0]?.state.waiting?.message ?? '',
    );
    const delays = [...new Set(messages.flatMap((message) => /^back-off (\S+) /.exec(message)?.[1] ?? []))];
    expect(delays).toEqual(['10s', '20s', '40s', '1m20s', '2m40s', '5m0s']);
    expect(events('BackOff').map((event) => [event['type'], event['count']])).toEqual([['Warning', 6]]);
    expect(
      events('Pulled').find((event) => (event['involvedObject'] as { name: string }).name === pod)?.['count'],
    ).toBe(7);
  });

  test('the back-off starts over after ten good minutes', async () => {
    const crash = async (): Promise<number> => {
      const started = control.crash(web);
      const from = clock.now();
      let took = -1;
      void started.done.then(() => (took = clock.now() - from));
      await clock.advance(30);
      return took / 1000;
    };
    expect(await crash()).toBe(1);
    expect(await crash()).toBe(10);
    await clock.advance(601);
    expect(await crash()).toBe(1);
  });

  test('durations are written as Go writes them', () => {
    expect([10, 80, 300, 2.5, 5 / 3].map(goDuration)).toEqual(['10s', '1m20s', '5m0s', '2.5s', '1.667s']);
  });

  test('a deleted pod is replaced at once and removed after its grace', async () => {
    const old = control.deletePod(web);
    await clock.advance(0.2);
    expect(pods().map((pod) => pod.metadata.uid)).not.toContain(old.uid);
    expect(store.list('pods')).toHaveLength(2);
    await clock.advance(20);
    expect(store.list('pods')).toHaveLength(1);
    const mine = podChanges.filter((change) => change.entry.object.metadata.uid === old.uid);
    const tail = mine
      .slice(-4)
      .map(({ type, entry }) => [
        type,
        (entry.object as Pod).status.phase,
        entry.object.metadata.deletionGracePeriodSeconds,
      ]);
    expect(tail).toEqual([
      ['MODIFIED', 'Running', 30],
      ['MODIFIED', 'Succeeded', 30],
      ['MODIFIED', 'Succeeded', 0],
      ['DELETED', 'Succeeded', 0],
    ]);
  });
});

describe('probes', () => {
  beforeEach(() => setUp([workload('Deployment', 'web', 2, true), service('web')]));

  const readyEndpoints = (): number =>
    ((store.list('endpointslices')[0]?.['endpoints'] ?? []) as { conditions: { ready: boolean } }[]).filter(
      (endpoint) => endpoint.conditions.ready,
    ).length;

  test('a failing liveness probe kills the container with 137 after its threshold', async () => {
    const { pod } = control.liveness(web);
    await clock.advance(60);
    expect(lifeInStore(pod).slice(-4)).toEqual([
      'running 0 ready last=-',
      'Error 0 unready last=-',
      'running 1 unready last=137',
      'running 1 ready last=137',
    ]);
    expect(events('Unhealthy').map((event) => [event['count'], event['message']])).toEqual([
      [3, 'Liveness probe failed: HTTP probe failed with statuscode: 503'],
    ]);
    expect(events('Killing')[0]?.['message']).toBe('Container app failed liveness probe, will be restarted');
  });

  test('a failing readiness probe takes the pod out of its Service until it passes again', async () => {
    expect(readyEndpoints()).toBe(2);
    const started = control.readiness(web);
    await clock.advance(20);
    expect(readyEndpoints()).toBe(1);
    expect((store.get('deployments', 'shop', 'web') as Workload).status?.['readyReplicas']).toBe(1);
    started.restore();
    await clock.advance(1);
    expect(readyEndpoints()).toBe(2);
    expect(pods().flatMap((pod) => pod.status.containerStatuses?.map((status) => status.restartCount))).toEqual([0, 0]);
  });
});

describe('nodes', () => {
  beforeEach(() =>
    setUp([workload('Deployment', 'web', 3), workload('StatefulSet', 'db', 3), workload('DaemonSet', 'agent', 0)]),
  );

  test('a lost node goes through the recorded writes; Deployments replace, StatefulSets wait, DaemonSets stay', async () => {
    const recording = readRecording(join(recordings, '10-node-notready'));
    const shape = (node: Node): string => {
      const ready = node.status.conditions.find((condition) => condition.type === 'Ready');
      return [
        ready?.status,
        ready?.reason,
        ...(node.spec.taints ?? []).map((taint) => `${taint.key}:${taint.effect}`),
      ].join(' ');
    };
    const distinct = (shapes: readonly string[]): string[] => shapes.filter((one, index) => one !== shapes[index - 1]);
    const recorded = distinct(
      recording.changes
        .filter(({ object }) => object.kind === 'Node' && object.metadata.name === 'node-a')
        .map(({ object }) => shape(object as Node)),
    );

    const seen: string[] = [];
    store.subscribe('nodes', ({ entry }) => {
      if (entry.object.metadata.name === 'a') seen.push(shape(entry.object as Node));
    });
    await clock.advance(300);
    control.killNode('a');
    await clock.advance(50 + 5 + 300 + 30);
    const onA = (store.list('pods') as Pod[]).filter((pod) => pod.spec.nodeName === 'a');
    const deleted = Object.fromEntries(
      onA.map((pod) => [pod.metadata.labels?.['app'] ?? '', pod.metadata.deletionTimestamp !== undefined]),
    );
    expect(deleted).toEqual({ agent: false, db: true, web: true });
    expect(pods('web')).toHaveLength(3); // the replacement runs elsewhere
    expect(pods('db')).toHaveLength(2); // nobody may take a name that still exists
    expect(events('TaintManagerEviction')).toHaveLength(2);
    const targets = onA.filter((pod) =>
      pod.status.conditions?.some((condition) => condition.reason === 'DeletionByTaintManager'),
    );
    expect(targets).toHaveLength(2);

    control.reviveNode('a');
    await clock.advance(60);
    expect(pods('db')).toHaveLength(3);
    expect((store.list('pods') as Pod[]).every((pod) => pod.metadata.deletionTimestamp === undefined)).toBe(true);
    expect(distinct(seen)).toEqual(recorded.slice(0, distinct(seen).length));
    expect(distinct(seen).length).toBeGreaterThanOrEqual(6);
  });

  test('a node that comes back in time keeps its pods', async () => {
    const before = new Set(pods().map((pod) => pod.metadata.uid));
    control.killNode('a');
    await clock.advance(100);
    const unready = pods().filter((pod) =>
      pod.status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'False'),
    );
    expect(unready.map((pod) => pod.spec.nodeName)).toEqual(['a']);
    control.reviveNode('a');
    await clock.advance(400);
    expect(new Set(pods().map((pod) => pod.metadata.uid))).toEqual(before);
    expect(
      store
        .list('pods')
        .every((pod) =>
          (pod as Pod).status.conditions?.some(
            (condition) => condition.type === 'Ready' && condition.status === 'True',
          ),
        ),
    ).toBe(true);
  });
});
