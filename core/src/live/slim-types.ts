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
  readonly scheduled?: Condition;
  readonly readyCondition?: Condition;
  readonly disruption?: Condition;
  readonly containers: readonly SlimContainer[];
  /** `pod-template-hash` of a ReplicaSet's pod, `controller-revision-hash` of others. */
  readonly revision?: string;
  readonly completionIndex?: string;
  /** A static pod: the kubelet owns it, the API server only mirrors it. */
  readonly mirror: boolean;
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
}

export interface SlimWorkload extends SlimMeta {
  readonly resource: 'deployments' | 'replicasets' | 'statefulsets' | 'daemonsets' | 'jobs';
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
  readonly taints: readonly Taint[];
  readonly cordoned: boolean;
}

export interface SlimEndpointSlice extends SlimMeta {
  readonly resource: 'endpointslices';
  readonly service?: string;
  readonly endpoints: readonly { readonly podUid: string; readonly ready: boolean }[];
}

/** A node's lease: its name is the node's. */
export interface SlimLease extends SlimMeta {
  readonly resource: 'leases';
  readonly renewed?: number;
}

export type SlimObject = SlimPod | SlimEvent | SlimWorkload | SlimNode | SlimEndpointSlice | SlimLease;
