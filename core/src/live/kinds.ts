/** The kinds that the live engine watches: what it asks of the API server, and how objects of lists get their kind. */

export interface WatchedKind {
  /** Plural resource name, e.g. `pods`. */
  readonly resource: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  /** 0 is read first and always, 1 right after it, 2 adds detail. */
  readonly tier: 0 | 1 | 2;
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

export const watchedKinds: readonly WatchedKind[] = [
  { resource: 'pods', kind: 'Pod', group: '', version: 'v1', namespaced: true, tier: 0 },
  {
    resource: 'events',
    kind: 'Event',
    group: '',
    version: 'v1',
    namespaced: true,
    tier: 0,
    fieldSelector: quietEvents,
  },
  { resource: 'nodes', kind: 'Node', group: '', version: 'v1', namespaced: false, tier: 1 },
  { resource: 'replicasets', kind: 'ReplicaSet', group: 'apps', version: 'v1', namespaced: true, tier: 1 },
  { resource: 'deployments', kind: 'Deployment', group: 'apps', version: 'v1', namespaced: true, tier: 1 },
  { resource: 'statefulsets', kind: 'StatefulSet', group: 'apps', version: 'v1', namespaced: true, tier: 1 },
  { resource: 'daemonsets', kind: 'DaemonSet', group: 'apps', version: 'v1', namespaced: true, tier: 1 },
  { resource: 'jobs', kind: 'Job', group: 'batch', version: 'v1', namespaced: true, tier: 1 },
  {
    resource: 'endpointslices',
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    version: 'v1',
    namespaced: true,
    tier: 2,
  },
];

/**
 * Read one object at a time, never watched: five thousand nodes renew five hundred leases a second. One GET of the
 * lease of a node that turned Unknown (namespace `kube-node-lease`, name of the node) tells when its kubelet fell silent.
 */
export const onDemandKinds: readonly WatchedKind[] = [
  { resource: 'leases', kind: 'Lease', group: 'coordination.k8s.io', version: 'v1', namespaced: true, tier: 2 },
];

const byResource = new Map([...watchedKinds, ...onDemandKinds].map((kind) => [kind.resource, kind]));

/** The kind of a resource that the engine understands; undefined for any other. */
export function watchedKind(resource: string): WatchedKind | undefined {
  return byResource.get(resource);
}

/** `v1`, `apps/v1`: the apiVersion of a watched kind. */
export function apiVersionOf(kind: WatchedKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
