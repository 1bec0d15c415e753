/** What befalls nodes, and what their kubelets and the disruption of pods make of it. */
import type { SimulatedCluster } from '../cluster.ts';
import { currentPod, patchPod } from '../pods.ts';
import { setCondition, type Bench, type Condition, type Node, type Pod } from '../types.ts';

const patchNode = ({ store }: Bench, name: string, change: (draft: Node) => void): Node | undefined =>
  store.patch('nodes', undefined, name, (draft) => change(draft as Node)) as Node | undefined;

function tell(bench: Bench, node: Node, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
  bench.events.record({ about: node, type, reason, message, component: 'kubelet', host: node.metadata.name });
}

function setPressure(bench: Bench, name: string, on: boolean): void {
  const node = patchNode(bench, name, (draft) => {
    setCondition(draft.status.conditions, bench.stamp(), {
      type: 'MemoryPressure',
      status: on ? 'True' : 'False',
      lastHeartbeatTime: bench.stamp(),
      reason: on ? 'KubeletHasInsufficientMemory' : 'KubeletHasSufficientMemory',
      message: on ? 'kubelet has insufficient memory available' : 'kubelet has sufficient memory available',
    });
  });
  if (node === undefined) return;
  const state = on ? 'NodeHasInsufficientMemory' : 'NodeHasSufficientMemory';
  tell(bench, node, state, `Node ${name} status is now: ${state}`);
  if (on) tell(bench, node, 'EvictionThresholdMet', 'Attempting to reclaim memory', 'Warning');
}

/** Ends a pod as the kubelet does: the object stays, with a reason, until somebody tidies up. */
async function failPod(
  { bench }: SimulatedCluster,
  pod: Pod,
  { reason, message, target }: { reason: string; message: string; target?: string },
): Promise<void> {
  patchPod(bench, pod, (draft) => {
    draft.status.phase = 'Failed';
    draft.status['reason'] = reason;
    draft.status['message'] = message;
    const conditions = (draft.status.conditions ??= []);
    const set = (type: string, rest: { status: Condition['status']; reason: string; message?: string }): void =>
      setCondition(conditions, bench.stamp(), { ...rest, type, lastProbeTime: null });
    if (target !== undefined) set('DisruptionTarget', { status: 'True', reason: target, message });
    set('Ready', { status: 'False', reason: 'PodFailed' });
    set('ContainersReady', { status: 'False', reason: 'PodFailed' });
    for (const status of draft.status.containerStatuses ?? []) {
      const { running } = status.state;
      if (running === undefined) continue;
      const ended = { exitCode: 137, reason: 'Error', startedAt: running.startedAt, finishedAt: bench.stamp() };
      status.state = { terminated: { ...ended, containerID: status.containerID ?? '' } };
      status.ready = false;
      status.started = false;
    }
  });
  await bench.clock.sleep(40);
  if (currentPod(bench, pod) !== undefined) bench.store.delete('pods', pod.metadata.namespace, pod.metadata.name);
}

/** The node of a pod runs low on memory and the pod has to go; a minute later all is well. */
export async function memoryPressure(cluster: SimulatedCluster, pod: Pod, container: string): Promise<void> {
  const { bench } = cluster;
  const name = pod.spec.nodeName ?? '';
  setPressure(bench, name, true);
  const message =
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 52484Ki. ' +
    `Container ${container} was using 812Mi, request is 128Mi, has larger consumption of memory. `;
  bench.events.record({ about: pod, type: 'Warning', reason: 'Evicted', message, component: 'kubelet', host: name });
  void failPod(cluster, pod, { reason: 'Evicted', message, target: 'TerminationByKubelet' });
  await bench.clock.sleep(45);
  setPressure(bench, name, false);
}

/** The kernel of a node kills a container for want of memory; its runtime does not learn why. */
export async function systemOutOfMemory(cluster: SimulatedCluster, pod: Pod, container: string): Promise<void> {
  const node = cluster.bench.store.get('nodes', undefined, pod.spec.nodeName ?? '') as Node | undefined;
  if (node !== undefined)
    tell(cluster.bench, node, 'SystemOOM', 'System OOM encountered, victim process: java, pid: 31742', 'Warning');
  await cluster.exit(pod, container, { exitCode: 137, reason: 'Error' });
}

/** The node starts anew: every container on it ends without a word and is started again. */
export async function reboot(cluster: SimulatedCluster, name: string): Promise<void> {
  const { bench } = cluster;
  const boot = `00000000-0000-4000-8000-${String(bench.clock.now()).padStart(12, '0').slice(-12)}`;
  const node = patchNode(bench, name, (draft) => {
    draft.status['nodeInfo'] = { ...(draft.status['nodeInfo'] as object), bootID: boot };
  });
  if (node === undefined) return;
  tell(bench, node, 'Rebooted', `Node ${name} has been rebooted, boot id: ${boot}`, 'Warning');
  const pods = (bench.store.list('pods') as Pod[]).filter((pod) => pod.spec.nodeName === name);
  await Promise.all(
    pods.flatMap((pod) =>
      pod.spec.containers.map((spec) => cluster.exit(pod, spec.name, { exitCode: 255, reason: 'Unknown' })),
    ),
  );
}

/** The kubelet refuses a pod that it was given, since others were faster. */
export async function refusePod(cluster: SimulatedCluster, pod: Pod): Promise<void> {
  const message = "Pod was rejected: Node didn't have enough resource: cpu, requested: 500, used: 7600, capacity: 7910";
  cluster.bench.events.record({
    about: pod,
    type: 'Warning',
    reason: 'OutOfcpu',
    message,
    component: 'kubelet',
    host: pod.spec.nodeName ?? '',
  });
  await failPod(cluster, pod, { reason: 'OutOfcpu', message });
}

/** A pod has run for longer than it may (activeDeadlineSeconds). */
export async function passDeadline(cluster: SimulatedCluster, pod: Pod): Promise<void> {
  const message = 'Pod was active on the node longer than the specified deadline';
  await failPod(cluster, pod, { reason: 'DeadlineExceeded', message });
}

/** A container is asked to stop, its preStop hook fails, and it ends all the same. */
export async function failPreStop(cluster: SimulatedCluster, pod: Pod, container: string): Promise<void> {
  cluster.bench.events.record({
    about: pod,
    type: 'Warning',
    reason: 'FailedPreStopHook',
    message: 'PreStopHook failed',
    component: 'kubelet',
    host: pod.spec.nodeName ?? '',
    fieldPath: `spec.containers{${container}}`,
  });
  await cluster.exit(pod, container, { exitCode: 143, reason: 'Error' });
}

/** Somebody drains a node; the eviction API refuses for a budget's sake until the node is given back. */
export async function drain(cluster: SimulatedCluster, name: string, seconds: number): Promise<void> {
  const { bench } = cluster;
  const unschedulable = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  patchNode(bench, name, (node) => {
    const remover = { key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' };
    node.spec = { ...node.spec, unschedulable: true, taints: [unschedulable, remover] };
  });
  await bench.clock.sleep(seconds);
  patchNode(bench, name, (node) => {
    const { taints: _taints, unschedulable: _cordoned, ...spec } = node.spec;
    node.spec = spec;
  });
}

/** A deleted pod does not go, since somebody's finalizer holds it; after a while it is taken off. */
export async function stickToFinalizer(cluster: SimulatedCluster, pod: Pod, seconds: number): Promise<void> {
  const { bench } = cluster;
  patchPod(bench, pod, (draft) => {
    draft.metadata.finalizers = ['shop.example/unregister'];
    draft.metadata.deletionTimestamp = bench.stamp();
    draft.metadata.deletionGracePeriodSeconds = 1;
  });
  await bench.clock.sleep(seconds);
  if (currentPod(bench, pod) !== undefined) bench.store.delete('pods', pod.metadata.namespace, pod.metadata.name);
}
