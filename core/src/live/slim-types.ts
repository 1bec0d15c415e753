/** The slim objects: what the engine keeps of an API object. Times are epoch milliseconds, durations are seconds. */

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What every slim object has. */
export interface SlimMeta {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly created?: number;
  /** `metadata.deletionTimestamp`: when the grace period ends, not when the deletion was asked for. */
  readonly deleted?: number;
  /** `metadata.deletionGracePeriodSeconds` */
  readonly grace?: number;
  /** The owner reference that has `controller: true`. */
  readonly owner?: Owner;
}

export interface Condition {
  readonly status: string;
  readonly at?: number;
  readonly reason?: string;
  /** Kept where the text tells what the reason does not. */
  readonly message?: string;
}

/** One finished instance of a container. */
export interface Termination {
  /** `containerID`, else the time it finished: the same instance in `state` and later in `lastState` has one id. */
  readonly id: string;
  readonly reason?: string;
  readonly exitCode: number;
  readonly signal?: number;
  readonly message?: string;
  readonly started?: number;
  readonly finished?: number;
}

export interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

export type ProbeHandler = 'exec' | 'http' | 'tcp' | 'grpc';

export interface Probe {
  readonly handler: ProbeHandler;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/** A container: its status joined with what its spec says about it. */
export interface SlimContainer {
  readonly name: string;
  /** An init container that must end before the others start; sidecars (restartPolicy Always) are ordinary. */
  readonly init: boolean;
  /** An init container that runs beside the others (restartPolicy Always). */
  readonly sidecar?: true;
  readonly image?: string;
  /** `resources.limits.memory`, as written. */
  readonly memoryLimit?: string;
  readonly liveness?: Probe;
  readonly readiness?: Probe;
  readonly startup?: Probe;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting?: Waiting;
  /** `state.running.startedAt` */
  readonly running?: number;
  readonly terminated?: Termination;
  readonly last?: Termination;
}

export interface SlimPod extends SlimMeta {
  readonly resource: 'pods';
  readonly node?: string;
  /** Node that a DaemonSet's pod is meant for, known before it is bound. */
  readonly targetNode?: string;
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  /** With its message while the pod finds no node. */
  readonly scheduled?: Condition;
  readonly readyCondition?: Condition;
  readonly disruption?: Condition;
  readonly containers: readonly SlimContainer[];
  /** `pod-template-hash` of a ReplicaSet's pod, `controller-revision-hash` of others. */
  readonly revision?: string;
  readonly completionIndex?: string;
  /** Its volumes that are claims: name of the volume in the pod, name of the claim. Absent where it has none. */
  readonly claims?: readonly { readonly volume: string; readonly claim: string }[];
  /** A static pod: the kubelet owns it, the API server only mirrors it. */
  readonly mirror: boolean;
  /** What a pod that is being deleted still waits for. */
  readonly finalizers?: readonly string[];
}

export interface SlimEvent extends SlimMeta {
  readonly resource: 'events';
  readonly reason: string;
  readonly message: string;
  readonly component?: string;
  readonly involved: {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
  };
  /** From `involvedObject.fieldPath`, e.g. `spec.containers{app}`. */
  readonly container?: string;
  readonly count: number;
  readonly first?: number;
  readonly last?: number;
  /** Annotations of the kubelet's evictions: containers that used too much, how much, and of what. */
  readonly eviction?: { readonly containers?: string; readonly usage?: string; readonly resource?: string };
}

export interface SlimWorkload extends SlimMeta {
  readonly resource: 'deployments' | 'replicasets' | 'statefulsets' | 'daemonsets' | 'jobs' | 'replicationcontrollers';
  /** Desired pods: `spec.replicas`, `status.desiredNumberScheduled`, `spec.parallelism`. */
  readonly desired: number;
  readonly ready: number;
  /** `deployment.kubernetes.io/revision` or `status.updateRevision`. */
  readonly revision?: string;
  /** `pod-template-hash` label of a ReplicaSet. */
  readonly templateHash?: string;
  readonly minReadySeconds: number;
  /** A Job that has completed or failed for good, and when. */
  readonly finished?: { readonly type: 'Complete' | 'Failed'; readonly at?: number; readonly reason?: string };
  readonly suspended: boolean;
  /** Condition `FailureTarget` of a Job that gives up while its pods still end. */
  readonly failing?: Condition;
  /** Labels of its pod template. */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** A StatefulSet that creates one pod after the other (`podManagementPolicy: OrderedReady`). */
  readonly ordered?: true;
  /** Condition `Progressing` of a Deployment, with its message. */
  readonly progressing?: Condition;
  /** Condition `ReplicaFailure` of a Deployment, ReplicaSet or ReplicationController, with its message. */
  readonly replicaFailure?: Condition;
}

export interface SlimCronJob extends SlimMeta {
  readonly resource: 'cronjobs';
  readonly suspended: boolean;
  readonly schedule?: string;
  readonly lastScheduled?: number;
  readonly lastSucceeded?: number;
}

export interface Taint {
  readonly key: string;
  readonly effect: string;
  readonly at?: number;
}

export interface SlimNode extends SlimMeta {
  readonly resource: 'nodes';
  readonly ready?: Condition;
  readonly message?: string;
  /** Last heartbeat of the Ready condition. */
  readonly heartbeat?: number;
  /** Condition types other than Ready that report trouble, e.g. `MemoryPressure`. */
  readonly pressures: readonly string[];
  /** The same conditions, with time and message; absent where there are none. */
  readonly troubles?: readonly (Condition & { readonly type: string })[];
  /** `status.nodeInfo.bootID`: changes with every boot. */
  readonly bootId?: string;
  readonly taints: readonly Taint[];
  readonly cordoned: boolean;
}

export interface SlimEndpointSlice extends SlimMeta {
  readonly resource: 'endpointslices';
  readonly service?: string;
  /** Endpoints that are pods. */
  readonly endpoints: readonly { readonly podUid: string; readonly ready: boolean }[];
  /** Endpoints that are none, ready and in all; absent where there are none. */
  readonly others?: { readonly ready: number; readonly total: number };
}

export interface SlimService extends SlimMeta {
  readonly resource: 'services';
  /** `spec.selector`; absent where somebody else fills in the endpoints, or where there are none (ExternalName). */
  readonly selector?: Readonly<Record<string, string>>;
  readonly external: boolean;
}

export interface SlimClaim extends SlimMeta {
  readonly resource: 'persistentvolumeclaims';
  readonly phase: string;
  /** Absent: the default class. Empty: none, only a volume made by hand fits. */
  readonly storageClass?: string;
  /** Name of the volume it is bound to. */
  readonly volume?: string;
  readonly modes: readonly string[];
  /** Provisioner that was asked to make a volume. */
  readonly provisioner?: string;
}

export interface SlimVolume extends SlimMeta {
  readonly resource: 'persistentvolumes';
  readonly phase: string;
  /** When the phase was entered. */
  readonly since?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly claim?: { readonly namespace: string; readonly name: string; readonly uid?: string };
}

export interface VolumeError {
  readonly at?: number;
  readonly message: string;
}

export interface SlimAttachment extends SlimMeta {
  readonly resource: 'volumeattachments';
  readonly node: string;
  /** Name of the PersistentVolume. */
  readonly volume?: string;
  readonly attached: boolean;
  readonly attachError?: VolumeError;
  readonly detachError?: VolumeError;
}

export interface SlimStorageClass extends SlimMeta {
  readonly resource: 'storageclasses';
  readonly provisioner: string;
  /** `volumeBindingMode: WaitForFirstConsumer`: a claim without a pod stays pending on purpose. */
  readonly waits: boolean;
  readonly isDefault: boolean;
}

export interface SlimAutoscaler extends SlimMeta {
  readonly resource: 'horizontalpodautoscalers';
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly min: number;
  readonly max: number;
  readonly current: number;
  readonly desired: number;
  readonly lastScaled?: number;
  readonly able?: Condition;
  readonly active?: Condition;
  readonly limited?: Condition;
}

export interface SlimBudget extends SlimMeta {
  readonly resource: 'poddisruptionbudgets';
  readonly allowed: number;
  readonly healthy: number;
  readonly wanted: number;
  readonly expected: number;
  readonly selector?: Readonly<Record<string, string>>;
}

export interface SlimQuota extends SlimMeta {
  readonly resource: 'resourcequotas';
  /** Quantities as written, e.g. `limits.memory`, `8Gi` of `10Gi`. */
  readonly limits: readonly { readonly name: string; readonly used: string; readonly hard: string }[];
}

export interface SlimLimitRange extends SlimMeta {
  readonly resource: 'limitranges';
  /** Bounds of containers and pods, quantities as written. */
  readonly bounds: readonly {
    readonly type: string;
    readonly name: string;
    readonly min?: string;
    readonly max?: string;
    readonly preset?: string;
  }[];
}

export interface SlimNamespace extends SlimMeta {
  readonly resource: 'namespaces';
  readonly phase: string;
}

/** What a container or a node uses: CPU in cores, memory in bytes. */
export interface Usage {
  readonly cpu?: number;
  readonly memory?: number;
}

/** Metrics have no UID: theirs is `<resource>/<namespace>/<name>`. */
export interface SlimPodMetrics extends SlimMeta {
  readonly resource: 'podmetrics';
  readonly at?: number;
  readonly containers: readonly (Usage & { readonly name: string })[];
}

export interface SlimNodeMetrics extends SlimMeta {
  readonly resource: 'nodemetrics';
  readonly at?: number;
  readonly usage: Usage;
}

/** A node's lease: its name is the node's. */
export interface SlimLease extends SlimMeta {
  readonly resource: 'leases';
  readonly renewed?: number;
}

export type SlimObject =
  | SlimPod
  | SlimEvent
  | SlimWorkload
  | SlimCronJob
  | SlimNode
  | SlimEndpointSlice
  | SlimService
  | SlimClaim
  | SlimVolume
  | SlimAttachment
  | SlimStorageClass
  | SlimAutoscaler
  | SlimBudget
  | SlimQuota
  | SlimLimitRange
  | SlimNamespace
  | SlimPodMetrics
  | SlimNodeMetrics
  | SlimLease;
