/** Builds pods from templates and keeps their status consistent. */
import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../store.ts';
import {
  controllerReference,
  randomSuffix,
  setCondition,
  type Bench,
  type ContainerStatus,
  type Pod,
  type PodTemplate,
  type Settings,
} from './types.ts';

export interface PodPlan {
  readonly owner: KubeObject;
  readonly template: PodTemplate;
  /** A fixed name (StatefulSet), else `<owner>-<suffix>`. */
  readonly name?: string;
  readonly labels?: Record<string, string>;
  /** The only node it may run on (DaemonSet). */
  readonly node?: string;
}

const unhealthyNode = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The pod as a controller creates it: no node, no status but its phase. */
export function newPod(plan: PodPlan, settings: Settings): Pod {
  const { owner, template } = plan;
  const tolerations = [
    ...(template.spec.tolerations ?? []),
    ...unhealthyNode.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      // Pods of a DaemonSet stay on a lost node for good; the others get the default of the admission plugin.
      ...(owner.kind === 'DaemonSet' ? {} : { tolerationSeconds: settings.toleration }),
    })),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: plan.name ?? `${owner.metadata.name}-${randomSuffix(5)}`,
      ...(plan.name === undefined ? { generateName: `${owner.metadata.name}-` } : {}),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: { ...template.metadata?.labels, ...plan.labels },
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      schedulerName: 'default-scheduler',
      ...structuredClone(template.spec),
      ...(plan.node === undefined ? {} : { affinity: pinned(plan.node) }),
      tolerations,
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: { phase: 'Pending', qosClass: 'Burstable' },
  };
}

function pinned(node: string): unknown {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
}

export const containerId = (): string => `containerd://${randomBytes(32).toString('hex')}`;

/** A container that waits for its first start. */
export function waitingStatus(name: string, image: string): ContainerStatus {
  return {
    name,
    image,
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
    ready: false,
    restartCount: 0,
    imageID: '',
    started: false,
  };
}

/** Changes the pod if it is still the same one (by UID); returns the stored pod. */
export function patchPod(bench: Bench, pod: Pod, change: (draft: Pod) => void): Pod | undefined {
  const { namespace, name, uid } = pod.metadata;
  if (bench.store.get('pods', namespace, name)?.metadata.uid !== uid) return undefined;
  return bench.store.patch('pods', namespace, name, (draft) => change(draft as Pod)) as Pod | undefined;
}

export function currentPod(bench: Bench, pod: Pod): Pod | undefined {
  const found = bench.store.get('pods', pod.metadata.namespace, pod.metadata.name) as Pod | undefined;
  return found?.metadata.uid === pod.metadata.uid ? found : undefined;
}

/** Changes one container's status and what follows from it. */
export function patchContainer(
  bench: Bench,
  pod: Pod,
  container: string,
  change: (status: ContainerStatus) => void,
): Pod | undefined {
  return patchPod(bench, pod, (draft) => {
    const status = draft.status.containerStatuses?.find((one) => one.name === container);
    if (status === undefined) return;
    change(status);
    refreshConditions(draft, bench.stamp());
  });
}

/** Derives phase and conditions from the containers, as the kubelet does on each sync. */
export function refreshConditions(pod: Pod, now: string): void {
  const statuses = pod.status.containerStatuses ?? [];
  const conditions = (pod.status.conditions ??= []);
  const begun = statuses.some((status) => status.state.waiting?.reason !== 'ContainerCreating');
  const unready = statuses.filter((status) => !status.ready).map((status) => status.name);
  if (begun) pod.status.phase = 'Running';
  const readiness =
    unready.length === 0
      ? { status: 'True' as const }
      : {
          status: 'False' as const,
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  const set = (type: string, rest: { status: 'True' | 'False'; reason?: string; message?: string }): void =>
    setCondition(conditions, now, { type, lastProbeTime: null, ...rest });
  set('PodReadyToStartContainers', { status: begun ? 'True' : 'False' });
  set('Initialized', { status: 'True' });
  set('Ready', readiness);
  set('ContainersReady', readiness);
  set('PodScheduled', { status: 'True' });
  conditions.sort((a, b) => conditionOrder.indexOf(a.type) - conditionOrder.indexOf(b.type));
}

const conditionOrder = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'DisruptionTarget',
];
