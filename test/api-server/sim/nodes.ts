/** Nodes and the node lifecycle controller: heartbeats, NotReady, taints, eviction after the toleration time. */
import { rfc3339 } from '../store.ts';
import type { Kubelets } from './kubelet.ts';
import { patchPod } from './pods.ts';
import { setCondition, terminating, type Bench, type Condition, type Node, type Pod } from './types.ts';

export interface Nodes {
  add(name: string, zone: string): void;
  /** The node's kubelet stops. Resolves when its pods have been marked for deletion. */
  lose(name: string): Promise<void>;
  /** The kubelet starts again. Resolves when the node takes pods again. */
  recover(name: string): Promise<void>;
  /** Renews every living node's lease; called every ten seconds. */
  heartbeat(): void;
}

const unreachable = 'node.kubernetes.io/unreachable';

const healthy: readonly { type: string; status: 'True' | 'False'; reason: string; message: string; event?: string }[] =
  [
    {
      type: 'MemoryPressure',
      status: 'False',
      reason: 'KubeletHasSufficientMemory',
      message: 'kubelet has sufficient memory available',
      event: 'NodeHasSufficientMemory',
    },
    {
      type: 'DiskPressure',
      status: 'False',
      reason: 'KubeletHasNoDiskPressure',
      message: 'kubelet has no disk pressure',
      event: 'NodeHasNoDiskPressure',
    },
    {
      type: 'PIDPressure',
      status: 'False',
      reason: 'KubeletHasSufficientPID',
      message: 'kubelet has sufficient PID available',
      event: 'NodeHasSufficientPID',
    },
    { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ];

/** `remove` deletes a pod through the API, as the taint manager does. */
export function createNodes(bench: Bench, kubelets: Kubelets, remove: (pod: Pod) => void): Nodes {
  const { store, clock, events, settings } = bench;

  const patchNode = (name: string, change: (draft: Node) => void): Node | undefined =>
    store.patch('nodes', undefined, name, (draft) => change(draft as Node)) as Node | undefined;
  const podsOn = (name: string): Pod[] => (store.list('pods') as Pod[]).filter((pod) => pod.spec.nodeName === name);
  const micro = (): string => `${new Date(clock.now()).toISOString().slice(0, 23)}000Z`;

  function setHealthy(conditions: Condition[]): void {
    const now = bench.stamp();
    for (const { type, status, reason, message } of healthy) {
      setCondition(conditions, now, { type, status, lastHeartbeatTime: now, reason, message });
    }
  }

  function setTaints(name: string, effects: readonly string[]): void {
    patchNode(name, (node) => {
      const { taints, ...spec } = node.spec;
      const kept = effects.map(
        (effect) =>
          taints?.find((taint) => taint.effect === effect) ?? { key: unreachable, effect, timeAdded: bench.stamp() },
      );
      node.spec = kept.length === 0 ? spec : { ...spec, taints: kept };
    });
  }

  function markPodsNotReady(name: string): void {
    for (const pod of podsOn(name)) {
      patchPod(bench, pod, (draft) => {
        setCondition(draft.status.conditions ?? [], bench.stamp(), {
          type: 'Ready',
          status: 'False',
          lastProbeTime: null,
        });
      });
      events.record({
        about: pod,
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
        component: 'node-controller',
      });
    }
  }

  function evict(pod: Pod): void {
    events.record({
      about: pod,
      reason: 'TaintManagerEviction',
      component: 'taint-eviction-controller',
      message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
    });
    patchPod(bench, pod, (draft) => {
      setCondition(draft.status.conditions ?? [], bench.stamp(), {
        type: 'DisruptionTarget',
        status: 'True',
        lastProbeTime: null,
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
      });
    });
    remove(pod);
  }

  function add(name: string, zone: string): void {
    const number = store.list('nodes').length + 1;
    const conditions: Condition[] = [];
    setHealthy(conditions);
    const node = store.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'topology.kubernetes.io/zone': zone,
        },
        annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
      },
      spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`] },
      status: {
        capacity: { cpu: '8', memory: '32863096Ki', pods: '110', 'ephemeral-storage': '264212084Ki' },
        allocatable: { cpu: '7910m', memory: '31773560Ki', pods: '110', 'ephemeral-storage': '243500000000' },
        conditions,
        addresses: [
          { type: 'InternalIP', address: `10.88.0.${10 + number}` },
          { type: 'Hostname', address: name },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        nodeInfo: {
          machineID: `${number}`.repeat(32),
          systemUUID: `${number}`.repeat(32),
          bootID: `00000000-0000-4000-8000-00000000000${number}`,
          kernelVersion: '6.12.0',
          osImage: 'Debian GNU/Linux 12 (bookworm)',
          containerRuntimeVersion: 'containerd://1.7.27',
          kubeletVersion: 'v1.32.13',
          kubeProxyVersion: 'v1.32.13',
          operatingSystem: 'linux',
          architecture: 'amd64',
        },
        images: [],
      },
    });
    store.create({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace: 'kube-node-lease',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid ?? '' }],
      },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: micro() },
    });
  }

  async function lose(name: string): Promise<void> {
    kubelets.setAlive(name, false);
    await clock.sleep(settings.nodeGrace);
    if (kubelets.isAlive(name)) return;
    const lost = patchNode(name, (node) => {
      for (const { type } of healthy) {
        const old = node.status.conditions.find((condition) => condition.type === type);
        setCondition(node.status.conditions, bench.stamp(), {
          type,
          status: 'Unknown',
          lastHeartbeatTime: old?.['lastHeartbeatTime'] ?? bench.stamp(),
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
        });
      }
    });
    if (lost === undefined) return;
    setTaints(name, ['NoSchedule']);
    events.record({
      about: lost,
      reason: 'NodeNotReady',
      message: `Node ${name} status is now: NodeNotReady`,
      component: 'node-controller',
    });
    markPodsNotReady(name);
    await clock.sleep(5);
    if (kubelets.isAlive(name)) return;
    setTaints(name, ['NoSchedule', 'NoExecute']);
    await clock.sleep(settings.toleration);
    if (kubelets.isAlive(name)) return;
    for (const pod of podsOn(name)) {
      const waits = pod.spec.tolerations?.some(
        (toleration) => toleration.key === unreachable && toleration.tolerationSeconds === undefined,
      );
      if (waits !== true && !terminating(pod)) evict(pod);
    }
  }

  async function recover(name: string): Promise<void> {
    const node = store.get('nodes', undefined, name);
    if (node === undefined || kubelets.isAlive(name)) return;
    events.record({ about: node, reason: 'Starting', message: 'Starting kubelet.', component: 'kubelet', host: name });
    for (const { event } of healthy) {
      if (event !== undefined)
        events.record({
          about: node,
          reason: event,
          message: `Node ${name} status is now: ${event}`,
          component: 'kubelet',
          host: name,
        });
    }
    const back = patchNode(name, (draft) => setHealthy(draft.status.conditions));
    if (back !== undefined)
      events.record({
        about: back,
        reason: 'NodeReady',
        message: `Node ${name} status is now: NodeReady`,
        component: 'kubelet',
        host: name,
      });
    heartbeatOf(name);
    setTaints(
      name,
      (back?.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute').map((taint) => taint.effect),
    );
    kubelets.setAlive(name, true);
    for (const pod of podsOn(name)) {
      if (terminating(pod)) continue;
      patchPod(bench, pod, (draft) => {
        const ready = draft.status.containerStatuses?.every((status) => status.ready) === true;
        if (ready)
          setCondition(draft.status.conditions ?? [], bench.stamp(), {
            type: 'Ready',
            status: 'True',
            lastProbeTime: null,
          });
      });
    }
    await clock.sleep(4);
    setTaints(name, []);
  }

  function heartbeatOf(name: string): void {
    store.patch('leases', 'kube-node-lease', name, (lease) => {
      lease['spec'] = { ...(lease['spec'] as object), renewTime: micro() };
    });
  }

  return {
    add,
    lose,
    recover,
    heartbeat() {
      for (const node of store.list('nodes') as Node[]) {
        const { name } = node.metadata;
        if (!kubelets.isAlive(name)) continue;
        heartbeatOf(name);
        // The kubelet reports its status every five minutes even when nothing changed.
        const last = node.status.conditions.find((condition) => condition.type === 'Ready')?.['lastHeartbeatTime'];
        if (typeof last === 'string' && clock.now() - Date.parse(last) >= 300_000)
          patchNode(name, (draft) => setHealthy(draft.status.conditions));
      }
    },
  };
}

/** Sets a pod's deletionTimestamp, as `DELETE` on the API does. `grace` in seconds. */
export function markDeleted(
  bench: Bench,
  pod: Pod,
  grace = pod.spec.terminationGracePeriodSeconds ?? 30,
): Pod | undefined {
  return patchPod(bench, pod, (draft) => {
    draft.metadata.deletionTimestamp = rfc3339(bench.clock.now() + (grace * 1000) / bench.clock.speed);
    draft.metadata.deletionGracePeriodSeconds = grace;
  });
}
