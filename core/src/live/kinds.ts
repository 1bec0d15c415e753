/**
 * The one table of kinds: what the live engine asks of the API server, and why.
 * Watches, the roles that grant them, and the documentation of both are made from it.
 */

export interface WatchedKind {
  /** Plural name that observations carry, e.g. `pods`; unique among all kinds. */
  readonly resource: string;
  /** Plural name in paths and roles, where it is not `resource`: metrics.k8s.io calls its kinds pods and nodes too. */
  readonly plural?: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  /** `poll`: the API cannot watch it. `demand`: single objects are read when a question comes up. */
  readonly read: 'watch' | 'poll' | 'demand';
  /** 0 is read first and always, 1 right after it, 2 adds detail. */
  readonly tier: 0 | 1 | 2;
  /** What the engine learns from it: for the person who grants the right. */
  readonly why: string;
  /** Selector that the API server applies, so that noise never travels. */
  readonly fieldSelector?: string;
}

/**
 * Every healthy start of a pod emits these events; what they say is in the pod's status as well.
 * Selector terms of events may be negated (`reason` is a supported field of core/v1 events).
 */
const quietEvents = ['Pulled', 'Pulling', 'Created', 'Started', 'Scheduled']
  .map((reason) => `reason!=${reason}`)
  .join(',');

interface Row {
  /** `group/version/plural`; the core group has no name. */
  readonly api: string;
  readonly kind: string;
  readonly tier: 0 | 1 | 2;
  readonly why: string;
  readonly read?: WatchedKind['read'];
  readonly cluster?: true;
  readonly resource?: string;
  readonly fieldSelector?: string;
}

const rows: readonly Row[] = [
  {
    api: 'v1/pods',
    kind: 'Pod',
    tier: 0,
    why: 'restarts, exits, probes and readiness of containers; pods that are lost and replaced',
  },
  {
    api: 'v1/events',
    kind: 'Event',
    tier: 0,
    why: 'what explains a status: probe output, reasons of kills, failed mounts, actions of autoscalers',
    fieldSelector: quietEvents,
  },
  { api: 'v1/nodes', kind: 'Node', cluster: true, tier: 1, why: 'nodes that are lost, under pressure or drained' },
  {
    api: 'apps/v1/replicasets',
    kind: 'ReplicaSet',
    tier: 1,
    why: 'which Deployment a pod belongs to; rollouts and scaling apart from losses',
  },
  {
    api: 'apps/v1/deployments',
    kind: 'Deployment',
    tier: 1,
    why: 'replicas wanted and ready; rollouts that get stuck',
  },
  {
    api: 'apps/v1/statefulsets',
    kind: 'StatefulSet',
    tier: 1,
    why: 'replicas wanted and ready; which revision is being rolled out',
  },
  { api: 'apps/v1/daemonsets', kind: 'DaemonSet', tier: 1, why: 'pods wanted and ready on each node' },
  {
    api: 'batch/v1/jobs',
    kind: 'Job',
    tier: 1,
    why: 'jobs that failed for good, and pods that are gone because their work is done',
  },
  {
    api: 'batch/v1/cronjobs',
    kind: 'CronJob',
    tier: 1,
    why: 'which schedule a Job belongs to, and runs that were missed',
  },
  {
    api: 'v1/replicationcontrollers',
    kind: 'ReplicationController',
    tier: 1,
    why: 'replicas wanted and ready of this older controller',
  },
  {
    api: 'discovery.k8s.io/v1/endpointslices',
    kind: 'EndpointSlice',
    tier: 2,
    why: 'when a pod stops and starts getting traffic; Services without any ready endpoint',
  },
  {
    api: 'v1/services',
    kind: 'Service',
    tier: 2,
    why: 'which Services select pods, so that an empty one is told from one that needs none',
  },
  {
    api: 'v1/persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    tier: 2,
    why: 'claims that are pending or have lost their volume',
  },
  {
    api: 'v1/persistentvolumes',
    kind: 'PersistentVolume',
    cluster: true,
    tier: 2,
    why: 'volumes that failed; which claim a volume belongs to',
  },
  {
    api: 'storage.k8s.io/v1/volumeattachments',
    kind: 'VolumeAttachment',
    cluster: true,
    tier: 2,
    why: 'volumes that hang on one node while a pod waits for them on another',
  },
  {
    api: 'storage.k8s.io/v1/storageclasses',
    kind: 'StorageClass',
    cluster: true,
    tier: 2,
    why: 'whether a pending claim waits for a pod, for a provisioner or for a class that does not exist',
  },
  {
    api: 'autoscaling/v2/horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    tier: 2,
    why: 'autoscalers that cannot scale or are at their maximum; scaling down is no loss of pods',
  },
  { api: 'policy/v1/poddisruptionbudgets', kind: 'PodDisruptionBudget', tier: 2, why: 'budgets that hold up a drain' },
  { api: 'v1/resourcequotas', kind: 'ResourceQuota', tier: 2, why: 'quotas that keep pods from being created' },
  { api: 'v1/limitranges', kind: 'LimitRange', tier: 2, why: 'bounds that a proposed limit must keep' },
  {
    api: 'v1/namespaces',
    kind: 'Namespace',
    cluster: true,
    tier: 2,
    why: 'namespaces that are being deleted: what goes with them was meant to go',
  },
  {
    api: 'metrics.k8s.io/v1beta1/pods',
    resource: 'podmetrics',
    kind: 'PodMetrics',
    read: 'poll',
    tier: 2,
    why: 'memory and CPU that containers use',
  },
  {
    api: 'metrics.k8s.io/v1beta1/nodes',
    resource: 'nodemetrics',
    kind: 'NodeMetrics',
    cluster: true,
    read: 'poll',
    tier: 2,
    why: 'memory and CPU that nodes use',
  },
  {
    // Five thousand nodes renew five hundred leases a second: one GET of the lease of a node that turned Unknown
    // (namespace `kube-node-lease`, name of the node) is enough.
    api: 'coordination.k8s.io/v1/leases',
    kind: 'Lease',
    read: 'demand',
    tier: 2,
    why: 'when the kubelet of a lost node was last alive',
  },
];

function toKind({ api, kind, tier, why, read = 'watch', cluster, resource, fieldSelector }: Row): WatchedKind {
  const parts = api.split('/');
  const plural = parts.pop() ?? '';
  const version = parts.pop() ?? '';
  return {
    resource: resource ?? plural,
    ...(resource !== undefined && { plural }),
    kind,
    group: parts.pop() ?? '',
    version,
    namespaced: cluster !== true,
    read,
    tier,
    why,
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
}

/** Every kind that is ever read. */
export const liveKinds: readonly WatchedKind[] = rows.map(toKind);

/** Kinds that are listed and watched for as long as there is a connection. */
export const watchedKinds: readonly WatchedKind[] = liveKinds.filter((kind) => kind.read === 'watch');

/** Kinds that are listed again and again where they are served. */
export const polledKinds: readonly WatchedKind[] = liveKinds.filter((kind) => kind.read === 'poll');

/** Kinds of which single objects are read. */
export const onDemandKinds: readonly WatchedKind[] = liveKinds.filter((kind) => kind.read === 'demand');

const byResource = new Map(liveKinds.map((kind) => [kind.resource, kind]));

/** The kind of a resource that the engine understands; undefined for any other. */
export function watchedKind(resource: string): WatchedKind | undefined {
  return byResource.get(resource);
}

/** `v1`, `apps/v1`: the apiVersion of a kind. */
export function apiVersionOf(kind: WatchedKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
