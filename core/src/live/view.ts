/**
 * The view model of a cluster's health: plain JSON, the only thing that leaves the cluster session.
 * The tree, the dashboard, the status bar and the command line draw it and add nothing.
 *
 * Times are epoch milliseconds of the cluster's clock, durations are seconds, texts are message ids with data.
 */

/** A text by its id; every shell looks it up in the bundle of its language. */
export interface Message {
  readonly id: string;
  readonly data?: Readonly<Record<string, string | number>>;
}

/** Who an object is: the identity that the linter and the cluster share. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

/**
 * State of the connection as a whole. `stale`: the last known picture is kept, but nothing new arrives.
 * `recording`: no cluster at all, the picture is what a recording shows at its end.
 */
export type ConnectionState =
  | 'disconnected'
  | 'connecting'
  | 'authenticating'
  | 'live'
  | 'stale'
  | 'forbidden'
  | 'unauthorised'
  | 'unreachable'
  | 'failed'
  | 'recording';

/** State of one watched kind. */
export type KindState = 'connecting' | 'synced' | 'stale' | 'forbidden' | 'unauthorised' | 'unreachable' | 'absent';

export interface KindView {
  /** Plural resource name, e.g. `pods`. */
  readonly resource: string;
  readonly state: KindState;
  readonly objects: number;
  /** When data last arrived (object, bookmark or list). */
  readonly seenAt?: number;
  readonly problem?: Message;
}

export interface ConnectionView {
  readonly state: ConnectionState;
  readonly context?: string;
  /** Address of the API server, without credentials. */
  readonly server?: string;
  /** Git version of the API server, e.g. `v1.32.13`. */
  readonly version?: string;
  /** When this state began. */
  readonly since: number;
  /** The cause, and what a person can do about it. */
  readonly problem?: Message;
  readonly remedy?: Message;
  /** Things worth saying that stop nothing, such as an unverified certificate. */
  readonly warnings?: readonly Message[];
  /** When the next attempt is made. */
  readonly retryAt?: number;
  readonly kinds: readonly KindView[];
}

/** The component that heals. */
export type Actor =
  | 'kubelet'
  | 'replicaset'
  | 'statefulset'
  | 'daemonset'
  | 'job'
  | 'replication-controller'
  | 'attach-detach'
  | 'endpointslice'
  | 'node-lifecycle'
  | 'scheduler'
  | 'autoscaler'
  | 'pv-controller'
  | 'none';

/** Where an incident is; `needs` is a flag beside it, because what needs a person may still heal alone. */
export type IncidentState = 'detected' | 'healing' | 'verifying' | 'recovered' | 'planned' | 'superseded';

export type RootCauseClass =
  'application' | 'configuration' | 'resources' | 'storage' | 'node' | 'image' | 'network' | 'unknown';

/** A moment in the life of an incident, in order; absent ones have not happened or were not seen. */
export type PhaseName =
  | 'fault'
  | 'detected'
  | 'endpointRemoved'
  | 'acting'
  | 'replaced'
  | 'scheduled'
  | 'attachWait'
  | 'attached'
  | 'restoring'
  | 'endpointReturned'
  | 'recovered';

export interface Evidence {
  readonly object: ObjectRef;
  /** JSON path in the object, e.g. `status.containerStatuses[app].lastState.terminated.reason`. */
  readonly field: string;
  readonly value: string;
  readonly at?: number;
  readonly source: 'status' | 'event';
}

export interface IncidentRow {
  readonly id: string;
  /** Cause id `<trigger>/<reason>`, e.g. `oom-killed/limit`. */
  readonly cause: string;
  readonly state: IncidentState;
  readonly actor: Actor;
  readonly subject: ObjectRef;
  /** Topmost known owner; the subject itself where it has none. */
  readonly workload: ObjectRef;
  readonly container?: string;
  readonly node?: string;
  /** The component that removed the pod, e.g. `taint-eviction`, where one did. */
  readonly removedBy?: string;
  /** Recurrences folded in, 1 for a single fault. */
  readonly count: number;
  readonly reopened: number;
  /** Faults after which the kubelet started the container again. */
  readonly restarts?: number;
  /** Restarts of which nobody saw the end before: a status keeps only two instances. */
  readonly unseen?: number;
  readonly phases: Readonly<Partial<Record<PhaseName, number>>>;
  /** Seconds from fault to detection and to recovery, without the healthy time before a reopening; absent while open. */
  readonly ttd?: number;
  readonly ttr?: number;
  readonly rootCause: RootCauseClass;
  /** 0..1 */
  readonly confidence: number;
  /** 1 (most urgent) to 4. */
  readonly priority: 1 | 2 | 3 | 4;
  /** Why a person is needed, and since when. */
  readonly needs?: { readonly reason: Message; readonly since: number };
  /** When the kubelet will start a crash-looping container again; `estimated` until its own message gives the delay. */
  readonly nextRetry?: { readonly at: number; readonly estimated: boolean };
  readonly replacement?: { readonly ref: ObjectRef; readonly confidence: number };
  readonly parent?: string;
  readonly children: readonly string[];
  /** One sentence: what broke. */
  readonly summary: Message;
  /** One sentence: what ended it, e.g. "by a new revision". */
  readonly ending?: Message;
  readonly evidence: readonly Evidence[];
}

/** Times to recover and to detect, in seconds. Incidents that are open count as open and as nothing else. */
export interface Recovery {
  readonly recovered: number;
  readonly open: number;
  /** Fault of the oldest open one. */
  readonly oldestOpen?: number;
  readonly medianTtr?: number;
  /** Nine of ten did not take longer. */
  readonly p90Ttr?: number;
  readonly medianTtd?: number;
  readonly p90Ttd?: number;
}

export interface WorkloadRow {
  readonly ref: ObjectRef;
  readonly ready: number;
  readonly desired: number;
  /** Container restarts of all its pods within the last 24 h, those of replaced pods included. */
  readonly restarts24h: number;
  readonly openIncidents: number;
  readonly state: 'healthy' | 'healing' | 'needs-human' | 'stopped';
  /** Median seconds to recover, of recovered incidents in 24 h. */
  readonly medianTtr?: number;
  /** Times of its incidents in 24 h; absent where it had none. */
  readonly recovery?: Recovery;
  readonly lastRestartAt?: number;
}

export interface NodeRow {
  readonly name: string;
  readonly ready: boolean;
  readonly since?: number;
  readonly pods: number;
  readonly cordoned: boolean;
  readonly pressures: readonly string[];
}

/** A recurring pattern: one fault of one container, or of one workload, again and again. */
export interface ProblemRow {
  /** `kind/namespace/name | container | trigger | fingerprint`. */
  readonly key: string;
  readonly workload: ObjectRef;
  readonly container?: string;
  /** Cause id of its newest incident. */
  readonly cause: string;
  /** What makes two faults the same: exit and reason, probe and cause, image and cause, name of what is missing. */
  readonly fingerprint: string;
  readonly count: number;
  /** Number of distinct pods. */
  readonly pods: number;
  /** Ids of its incidents. */
  readonly incidents: readonly string[];
  readonly firstAt: number;
  readonly lastAt: number;
  readonly open: boolean;
  readonly priority: 1 | 2 | 3 | 4;
  readonly needs?: { readonly reason: Message; readonly since: number };
  readonly summary: Message;
  /** Median seconds to recover of its recovered incidents. */
  readonly medianTtr?: number;
}

/** Endpoints of a Service. */
export interface ServiceRow {
  readonly ref: ObjectRef;
  readonly ready: number;
  /** Ready or not. */
  readonly total: number;
  /** `empty`: there is nobody to answer, and nobody is missed. `down`: there was somebody. */
  readonly state: 'healthy' | 'degraded' | 'down' | 'empty';
  /** When this state was first seen. */
  readonly since?: number;
}

/** Something that a healer or an autoscaler did. */
export interface ActionRow {
  readonly id: string;
  readonly at: number;
  readonly actor: Actor;
  readonly subject: ObjectRef;
  readonly summary: Message;
}

export interface Totals {
  readonly open: number;
  readonly healing: number;
  readonly needsHuman: number;
  readonly recovered24h: number;
  readonly restarts24h: number;
  readonly pods: number;
  readonly readyPods: number;
  readonly workloads: number;
  /** Times by class of the root cause, of incidents in 24 h. */
  readonly recovery?: Readonly<Partial<Record<RootCauseClass, Recovery>>>;
}

/** How many rows there are beyond those that a view holds; the totals count all of them. */
export interface MoreRows {
  readonly incidents?: number;
  readonly workloads?: number;
  readonly nodes?: number;
  readonly services?: number;
}

/** The whole picture at one moment. */
export interface HealthView {
  /** Cluster time this view was made for; timers run on from here. */
  readonly now: number;
  readonly connection: ConnectionView;
  readonly totals: Totals;
  /** Most urgent first; open ones and those ended within 24 h. */
  readonly incidents: readonly IncidentRow[];
  /** By namespace, kind and name. */
  readonly workloads: readonly WorkloadRow[];
  readonly nodes: readonly NodeRow[];
  /** Open ones first by urgency, then the newest; 500 at most. */
  readonly problems: readonly ProblemRow[];
  /** By namespace and name. */
  readonly services: readonly ServiceRow[];
  /** Newest first, 200 of the last 24 h at most. */
  readonly actions: readonly ActionRow[];
  /** Absent where every row is here. */
  readonly more?: MoreRows;
}

/**
 * What changed between two versions of a view. Rows are replaced whole. `incidentOrder` are the ids of the stretch whose
 * order changed: they are taken out, and put in again before the one that then is at `incidentsFrom` (0 where absent).
 */
export interface HealthPatch {
  readonly now: number;
  readonly connection?: ConnectionView;
  readonly totals?: Totals;
  readonly incidents?: RowChanges<IncidentRow>;
  readonly incidentOrder?: readonly string[];
  readonly incidentsFrom?: number;
  readonly more?: MoreRows;
  readonly workloads?: RowChanges<WorkloadRow>;
  readonly nodes?: RowChanges<NodeRow>;
  readonly problems?: RowChanges<ProblemRow>;
  readonly services?: RowChanges<ServiceRow>;
  readonly actions?: RowChanges<ActionRow>;
}

export interface RowChanges<Row> {
  readonly upsert: readonly Row[];
  /** Row keys: the id of an incident or an action, a problem's key, `kind/namespace/name` of a workload or a Service, a node's name. */
  readonly remove: readonly string[];
}

/** One step of the stream every shell consumes: a gap between `from` and the version held asks for a new snapshot. */
export type HealthUpdate =
  | { readonly type: 'snapshot'; readonly version: number; readonly view: HealthView }
  | { readonly type: 'patch'; readonly from: number; readonly to: number; readonly patch: HealthPatch };
