/** The workload controllers, the scheduler and the endpoint slices: they look at the pods and bring about what is wanted. */
import type { KubeObject } from '../store.ts';
import { newPod, patchPod } from './pods.ts';
import {
  controllerReference,
  isReady,
  setCondition,
  terminating,
  type Bench,
  type Condition,
  type Node,
  type Pod,
  type Workload,
} from './types.ts';

export interface Controllers {
  /** Looks at everything once, now. */
  reconcile(): void;
}

/** `started` is called for each pod that got a node. */
export function createControllers(bench: Bench, started: (pod: Pod) => void): Controllers {
  const { store, events } = bench;

  const podsOf = (owner: KubeObject): Pod[] =>
    (store.list('pods', owner.metadata.namespace) as Pod[]).filter((pod) =>
      pod.metadata.ownerReferences?.some(
        (reference) => reference.controller === true && reference.uid === owner.metadata.uid,
      ),
    );

  function setStatus(resource: string, object: KubeObject, status: Record<string, unknown>): void {
    if (JSON.stringify(object['status']) === JSON.stringify(status)) return;
    store.patch(resource, object.metadata.namespace, object.metadata.name, (draft) => {
      draft['status'] = status;
    });
  }

  function create(
    owner: Workload,
    plan: { name?: string; labels?: Record<string, string>; node?: string },
    component: string,
  ): void {
    const pod = newPod({ owner, template: owner.spec.template, ...plan }, bench.settings);
    const created = store.create(pod);
    const text =
      owner.kind === 'StatefulSet'
        ? `create Pod ${created.metadata.name} in StatefulSet ${owner.metadata.name} successful`
        : `Created pod: ${created.metadata.name}`;
    events.record({ about: owner, reason: 'SuccessfulCreate', message: text, component });
  }

  function replicaSet(owner: Workload): void {
    const pods = podsOf(owner);
    const active = pods.filter((pod) => !terminating(pod));
    const wanted = owner.spec.replicas ?? 1;
    const hash = owner.metadata.labels?.['pod-template-hash'];
    for (let missing = wanted - active.length; missing > 0; missing -= 1) {
      create(owner, hash === undefined ? {} : { labels: { 'pod-template-hash': hash } }, 'replicaset-controller');
    }
    const now = podsOf(owner).filter((pod) => !terminating(pod));
    const ready = now.filter(isReady).length;
    setStatus('replicasets', owner, {
      replicas: now.length,
      fullyLabeledReplicas: now.length,
      ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
      observedGeneration: owner.metadata.generation ?? 1,
    });
  }

  function deployment(owner: Workload): void {
    const sets = (store.list('replicasets', owner.metadata.namespace) as Workload[]).filter(
      (set) => set.metadata.ownerReferences?.[0]?.uid === owner.metadata.uid,
    );
    const sum = (field: string): number => sets.reduce((total, set) => total + Number(set.status?.[field] ?? 0), 0);
    const [replicas, ready, wanted] = [sum('replicas'), sum('readyReplicas'), owner.spec.replicas ?? 1];
    // maxUnavailable 25 % rounds down: a Deployment of three or fewer is available only when all of it is.
    const available = ready >= wanted - Math.floor(wanted / 4);
    const conditions = structuredClone((owner.status?.['conditions'] as Condition[] | undefined) ?? []);
    setCondition(
      conditions,
      bench.stamp(),
      available
        ? {
            type: 'Available',
            status: 'True',
            reason: 'MinimumReplicasAvailable',
            message: 'Deployment has minimum availability.',
          }
        : {
            type: 'Available',
            status: 'False',
            reason: 'MinimumReplicasUnavailable',
            message: 'Deployment does not have minimum availability.',
          },
    );
    setCondition(conditions, bench.stamp(), {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${sets[0]?.metadata.name ?? ''}" has successfully progressed.`,
    });
    setStatus('deployments', owner, {
      observedGeneration: owner.metadata.generation ?? 1,
      replicas,
      updatedReplicas: replicas,
      ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
      ...(wanted > ready ? { unavailableReplicas: wanted - ready } : {}),
      conditions,
    });
  }

  function statefulSet(owner: Workload): void {
    const wanted = owner.spec.replicas ?? 1;
    const pods = podsOf(owner);
    const names = Array.from({ length: wanted }, (_, index) => `${owner.metadata.name}-${index}`);
    // A StatefulSet never has two pods of one name: it waits for a terminating one to be gone, and goes in order.
    for (const [index, name] of names.entries()) {
      const pod = pods.find((one) => one.metadata.name === name);
      if (pod === undefined) {
        create(
          owner,
          {
            name,
            labels: { 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(index) },
          },
          'statefulset-controller',
        );
      }
      const ordered = owner.spec['podManagementPolicy'] !== 'Parallel';
      if (ordered && (pod === undefined || !isReady(pod))) break;
    }
    const now = podsOf(owner);
    const ready = now.filter(isReady).length;
    setStatus('statefulsets', owner, {
      observedGeneration: owner.metadata.generation ?? 1,
      replicas: now.length,
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      currentReplicas: now.length,
      updatedReplicas: now.length,
      currentRevision: `${owner.metadata.name}-6b55c77bff`,
      updateRevision: `${owner.metadata.name}-6b55c77bff`,
      collisionCount: 0,
      availableReplicas: ready,
    });
  }

  function daemonSet(owner: Workload): void {
    const nodes = store.list('nodes');
    const pods = podsOf(owner);
    for (const node of nodes) {
      if (pods.some((pod) => onNode(pod) === node.metadata.name)) continue;
      create(
        owner,
        { node: node.metadata.name, labels: { 'controller-revision-hash': '7c9d6d5b4f' } },
        'daemonset-controller',
      );
    }
    const ready = podsOf(owner).filter(isReady).length;
    setStatus('daemonsets', owner, {
      currentNumberScheduled: nodes.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes.length,
      numberReady: ready,
      observedGeneration: owner.metadata.generation ?? 1,
      updatedNumberScheduled: nodes.length,
      ...(ready === 0 ? {} : { numberAvailable: ready }),
      ...(nodes.length > ready ? { numberUnavailable: nodes.length - ready } : {}),
    });
  }

  /** The node with the fewest pods wins; a placement the story wants goes first. */
  function schedule(pod: Pod): void {
    const nodes = store.list('nodes') as Node[];
    const free = nodes.filter((node) => (node.spec.taints ?? []).length === 0 && node.spec.unschedulable !== true);
    const pinnedTo = pinnedNode(pod);
    const load = (node: Node): number =>
      store.list('pods').filter((other) => (other as Pod).spec.nodeName === node.metadata.name).length;
    const candidates = pinnedTo === undefined ? free : nodes.filter((node) => node.metadata.name === pinnedTo);
    const hint = bench.settings.place(pod);
    const node =
      candidates.find((one) => one.metadata.name === hint) ?? candidates.toSorted((a, b) => load(a) - load(b))[0];
    if (node === undefined) return;
    const placed = patchPod(bench, pod, (draft) => {
      draft.spec.nodeName = node.metadata.name;
      draft.status['hostIP'] = node.status.addresses[0]?.address;
      draft.status.conditions = [
        { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: bench.stamp() },
      ];
    });
    if (placed === undefined) return;
    events.recordNew({
      about: placed,
      reason: 'Scheduled',
      component: 'default-scheduler',
      action: 'Binding',
      message: `Successfully assigned ${placed.metadata.namespace}/${placed.metadata.name} to ${node.metadata.name}`,
    });
    started(placed);
  }

  return {
    reconcile() {
      for (const set of store.list('replicasets')) replicaSet(set as Workload);
      for (const set of store.list('statefulsets')) statefulSet(set as Workload);
      for (const set of store.list('daemonsets')) daemonSet(set as Workload);
      for (const pod of store.list('pods')) if ((pod as Pod).spec.nodeName === undefined) schedule(pod as Pod);
      for (const owner of store.list('deployments')) deployment(owner as Workload);
      for (const service of store.list('services')) endpointSlice(bench, service);
    },
  };
}

function pinnedNode(pod: Pod): string | undefined {
  const affinity = pod.spec['affinity'] as
    | {
        nodeAffinity?: {
          requiredDuringSchedulingIgnoredDuringExecution?: {
            nodeSelectorTerms: { matchFields?: { values: string[] }[] }[];
          };
        };
      }
    | undefined;
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
    ?.values[0];
}

const onNode = (pod: Pod): string | undefined => pod.spec.nodeName ?? pinnedNode(pod);

/** One slice per Service with a selector, kept in step with its pods. */
function endpointSlice(bench: Bench, service: KubeObject): void {
  const { store } = bench;
  const { namespace, name } = service.metadata;
  const spec = service['spec'] as {
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; targetPort?: number | string }[];
  };
  if (spec.selector === undefined) return;
  const wanted = Object.entries(spec.selector);
  const pods = (store.list('pods', namespace) as Pod[]).filter(
    (pod) => pod.status.podIP !== undefined && wanted.every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  const endpoints = pods.map((pod) => ({
    addresses: [pod.status.podIP],
    conditions: { ready: isReady(pod) && !terminating(pod), serving: isReady(pod), terminating: terminating(pod) },
    targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    nodeName: pod.spec.nodeName,
  }));
  const ports = (spec.ports ?? []).map((port) => ({
    name: port.name ?? '',
    protocol: 'TCP',
    port: portNumber(pods[0], port.targetPort ?? port.port),
  }));
  const sliceName = `${name}-slice`;
  const old = store.get('endpointslices', namespace, sliceName);
  if (old !== undefined && JSON.stringify(old['endpoints']) === JSON.stringify(endpoints)) return;
  const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': bench.stamp() };
  store.put({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: sliceName,
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      generation: (old?.metadata.generation ?? 0) + 1,
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      annotations,
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    endpoints: endpoints.length === 0 ? null : endpoints,
    ports: endpoints.length === 0 ? null : ports,
  });
}

function portNumber(pod: Pod | undefined, port: number | string): number {
  if (typeof port === 'number') return port;
  const named = pod?.spec.containers.flatMap((container) => container.ports ?? []).find((one) => one.name === port);
  return named?.containerPort ?? 0;
}
