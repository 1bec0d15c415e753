/** The resources the loopback API server knows: names, scope and what an empty object of the kind looks like. */

/** One resource of the API, as discovery describes it. */
export interface ResourceKind {
  /** Plural name in paths, e.g. `pods`. */
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  /** `''` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** What Go serialises for the zero value of this type: the body of its bookmarks. */
  readonly zero: Readonly<Record<string, unknown>>;
}

const zeroTemplate = { metadata: { creationTimestamp: null }, spec: { containers: null } };
const workload = { replicas: 0, selector: null, template: zeroTemplate };
const noNodeInfo = Object.fromEntries(
  [
    'machineID',
    'systemUUID',
    'bootID',
    'kernelVersion',
    'osImage',
    'containerRuntimeVersion',
    'kubeletVersion',
    'kubeProxyVersion',
    'operatingSystem',
    'architecture',
  ].map((name) => [name, '']),
);

interface Row {
  readonly path: string;
  readonly kind: string;
  readonly short?: string;
  readonly cluster?: boolean;
  readonly all?: boolean;
  readonly zero?: Record<string, unknown>;
}

/** Zero values as a v1.32 API server writes them in bookmarks. */
const rows: readonly Row[] = [
  { path: 'v1/configmaps', kind: 'ConfigMap', short: 'cm' },
  { path: 'v1/endpoints', kind: 'Endpoints', short: 'ep' },
  {
    path: 'v1/events',
    kind: 'Event',
    short: 'ev',
    zero: {
      involvedObject: {},
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    },
  },
  { path: 'v1/limitranges', kind: 'LimitRange', short: 'limits', zero: { spec: { limits: null } } },
  { path: 'v1/namespaces', kind: 'Namespace', short: 'ns', cluster: true, zero: { spec: {}, status: {} } },
  {
    path: 'v1/nodes',
    kind: 'Node',
    short: 'no',
    cluster: true,
    zero: {
      spec: {},
      status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: noNodeInfo },
    },
  },
  {
    path: 'v1/persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    short: 'pvc',
    zero: { spec: { resources: {} }, status: {} },
  },
  {
    path: 'v1/persistentvolumes',
    kind: 'PersistentVolume',
    short: 'pv',
    cluster: true,
    zero: { spec: {}, status: {} },
  },
  { path: 'v1/pods', kind: 'Pod', short: 'po', all: true, zero: { spec: { containers: null }, status: {} } },
  {
    path: 'v1/replicationcontrollers',
    kind: 'ReplicationController',
    short: 'rc',
    all: true,
    zero: { spec: {}, status: { replicas: 0 } },
  },
  { path: 'v1/resourcequotas', kind: 'ResourceQuota', short: 'quota', zero: { spec: {}, status: {} } },
  { path: 'v1/secrets', kind: 'Secret' },
  { path: 'v1/serviceaccounts', kind: 'ServiceAccount', short: 'sa' },
  { path: 'v1/services', kind: 'Service', short: 'svc', all: true, zero: { spec: {}, status: { loadBalancer: {} } } },
  {
    path: 'apps/v1/daemonsets',
    kind: 'DaemonSet',
    short: 'ds',
    all: true,
    zero: {
      spec: { selector: null, template: zeroTemplate, updateStrategy: {} },
      status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    },
  },
  {
    path: 'apps/v1/deployments',
    kind: 'Deployment',
    short: 'deploy',
    all: true,
    zero: { spec: { ...workload, strategy: {} }, status: {} },
  },
  {
    path: 'apps/v1/replicasets',
    kind: 'ReplicaSet',
    short: 'rs',
    all: true,
    zero: { spec: workload, status: { replicas: 0 } },
  },
  {
    path: 'apps/v1/statefulsets',
    kind: 'StatefulSet',
    short: 'sts',
    all: true,
    zero: {
      spec: { ...workload, serviceName: '', updateStrategy: {} },
      status: { replicas: 0, availableReplicas: 0 },
    },
  },
  { path: 'autoscaling/v2/horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler', short: 'hpa', all: true },
  {
    path: 'batch/v1/cronjobs',
    kind: 'CronJob',
    short: 'cj',
    all: true,
    zero: {
      spec: { schedule: '', jobTemplate: { metadata: { creationTimestamp: null }, spec: { template: zeroTemplate } } },
      status: {},
    },
  },
  { path: 'batch/v1/jobs', kind: 'Job', all: true, zero: { spec: { template: zeroTemplate }, status: {} } },
  { path: 'coordination.k8s.io/v1/leases', kind: 'Lease', zero: { spec: {} } },
  {
    path: 'discovery.k8s.io/v1/endpointslices',
    kind: 'EndpointSlice',
    zero: { addressType: '', endpoints: null, ports: null },
  },
  {
    path: 'networking.k8s.io/v1/ingresses',
    kind: 'Ingress',
    short: 'ing',
    zero: { spec: {}, status: { loadBalancer: {} } },
  },
  {
    path: 'networking.k8s.io/v1/networkpolicies',
    kind: 'NetworkPolicy',
    short: 'netpol',
    zero: { spec: { podSelector: {} } },
  },
  {
    path: 'policy/v1/poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    short: 'pdb',
    zero: {
      spec: {},
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    },
  },
  { path: 'rbac.authorization.k8s.io/v1/rolebindings', kind: 'RoleBinding' },
  { path: 'rbac.authorization.k8s.io/v1/roles', kind: 'Role' },
  {
    path: 'scheduling.k8s.io/v1/priorityclasses',
    kind: 'PriorityClass',
    short: 'pc',
    cluster: true,
    zero: { value: 0 },
  },
  {
    path: 'storage.k8s.io/v1/storageclasses',
    kind: 'StorageClass',
    short: 'sc',
    cluster: true,
    zero: { provisioner: '' },
  },
  {
    path: 'storage.k8s.io/v1/volumeattachments',
    kind: 'VolumeAttachment',
    cluster: true,
    zero: {
      spec: { attacher: '', source: {}, nodeName: '' },
      status: { attached: false },
    },
  },
];

function toKind(row: Row): ResourceKind {
  const parts = row.path.split('/');
  const resource = parts.pop() ?? '';
  const version = parts.pop() ?? '';
  return {
    resource,
    kind: row.kind,
    singular: row.kind.toLowerCase(),
    group: parts.pop() ?? '',
    version,
    namespaced: row.cluster !== true,
    shortNames: row.short === undefined ? [] : [row.short],
    categories: row.all === true ? ['all'] : [],
    zero: row.zero ?? {},
  };
}

/** Every resource served, in the order discovery lists them. */
export const resourceKinds: readonly ResourceKind[] = rows.map(toKind);

const byResource = new Map(resourceKinds.map((kind) => [kind.resource, kind]));
const byKind = new Map(resourceKinds.map((kind) => [`${apiVersionOf(kind)}/${kind.kind}`, kind]));

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: ResourceKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** The resource with this plural name; plural names are unique among the served groups. */
export function resourceKind(resource: string): ResourceKind {
  const kind = byResource.get(resource);
  if (kind === undefined) throw new Error(`the API server knows no resource "${resource}"`);
  return kind;
}

/** The resource an object belongs to, by its `apiVersion` and `kind`. */
export function kindOfObject(apiVersion: string, kind: string): ResourceKind | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** The resource at `/apis/<group>/<version>/<resource>`. */
export function findKind(group: string, version: string, resource: string): ResourceKind | undefined {
  const kind = byResource.get(resource);
  return kind !== undefined && kind.group === group && kind.version === version ? kind : undefined;
}
