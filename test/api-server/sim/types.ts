/** The parts of objects that the simulated controllers read and write, and the bench they share. */
import type { Clock } from '../clock.ts';
import type { ClusterStore, KubeObject, ObjectMeta } from '../store.ts';
import type { EventRecorder } from './events.ts';
import type { Obstacles } from './obstacles.ts';

export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly httpGet?: { readonly port?: number | string; readonly path?: string };
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly resources?: { readonly limits?: Record<string, string>; readonly requests?: Record<string, string> };
}

export interface Terminated {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly containerID: string;
}

export interface ContainerState {
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: Terminated;
}

export interface ContainerStatus {
  name: string;
  state: ContainerState;
  lastState: ContainerState;
  ready: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  containerID?: string;
  started: boolean;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  lastTransitionTime: string;
  reason?: string;
  message?: string;
  [field: string]: unknown;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export interface Pod extends KubeObject {
  spec: {
    nodeName?: string;
    containers: ContainerSpec[];
    initContainers?: ContainerSpec[];
    terminationGracePeriodSeconds?: number;
    tolerations?: Toleration[];
    [field: string]: unknown;
  };
  status: {
    phase: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
    podIP?: string;
    [field: string]: unknown;
  };
}

export interface Taint {
  readonly key: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

export interface Node extends KubeObject {
  spec: { taints?: Taint[]; unschedulable?: boolean; [field: string]: unknown };
  status: { conditions: Condition[]; addresses: { type: string; address: string }[]; [field: string]: unknown };
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: Pod['spec'];
}

/** A Deployment, ReplicaSet, StatefulSet or DaemonSet. */
export interface Workload extends KubeObject {
  spec: {
    replicas?: number;
    selector?: { matchLabels?: Record<string, string> };
    template: PodTemplate;
    [field: string]: unknown;
  };
  status?: Record<string, unknown>;
}

/** Time constants of the simulated cluster, in seconds; the defaults are Kubernetes' own. */
export interface Settings {
  /** First and longest crash back-off, and how long a container must run to start over. */
  readonly backoffFirst: number;
  readonly backoffMax: number;
  readonly backoffReset: number;
  /** Silence after which a node is NotReady (node-monitor-grace-period). */
  readonly nodeGrace: number;
  /** How long pods stay bound to an unreachable node (default-unreachable-toleration-seconds). */
  readonly toleration: number;
  /** How long a stopping container takes to exit after SIGTERM. */
  readonly stopTakes: number;
  /** How long a container takes to start, and to pass its first readiness probe. */
  readonly startTakes: number;
  readonly readyTakes: number;
  /** How long a rollout may stand still (progressDeadlineSeconds). */
  readonly progressDeadline: number;
  /** The node a pod goes to if it is free; undefined leaves it to the scheduler. */
  readonly place: (pod: Pod) => string | undefined;
}

export const defaultSettings: Settings = {
  backoffFirst: 10,
  backoffMax: 300,
  backoffReset: 600,
  nodeGrace: 50,
  toleration: 300,
  stopTakes: 2,
  startTakes: 1,
  readyTakes: 3,
  progressDeadline: 600,
  place: () => undefined,
};

/** What every simulated component works with. */
export interface Bench {
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly settings: Settings;
  readonly obstacles: Obstacles;
  /** RFC 3339 of now. */
  stamp(): string;
}

/** Names are unique in a way that looks like Kubernetes' `rand.String`. */
export function randomSuffix(length: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  let text = '';
  for (let index = 0; index < length; index += 1) text += alphabet[Math.floor(Math.random() * alphabet.length)];
  return text;
}

export function controllerReference(owner: KubeObject): NonNullable<ObjectMeta['ownerReferences']>[number] {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Sets a condition; its transition time moves only when its status changes. */
export function setCondition(conditions: Condition[], now: string, next: Omit<Condition, 'lastTransitionTime'>): void {
  const index = conditions.findIndex((condition) => condition.type === next['type']);
  const old = conditions[index];
  const condition = {
    ...next,
    lastTransitionTime: old !== undefined && old.status === next['status'] ? old.lastTransitionTime : now,
  } as Condition;
  if (index < 0) conditions.push(condition);
  else conditions[index] = condition;
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
}

export const terminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** Whether its controller still counts on it. */
export const isActive = (pod: Pod): boolean =>
  !terminating(pod) && pod.status.phase !== 'Failed' && pod.status.phase !== 'Succeeded';
