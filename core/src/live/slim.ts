/** The gateway: API objects come in whole and leave slim. Whatever is no object of its kind is dropped, never thrown at. */
import type {
  Owner,
  SlimCronJob,
  SlimEndpointSlice,
  SlimEvent,
  SlimLease,
  SlimMeta,
  SlimNamespace,
  SlimNode,
  SlimObject,
  SlimWorkload,
  Taint,
} from './slim-types.ts';
import type { Json } from './read.ts';
import type { WatchedKind } from './kinds.ts';
import { apiVersionOf, watchedKind } from './kinds.ts';
import { array, compact, number, record, shortText, string } from './read.ts';
import { condition, slimPod } from './slim-pod.ts';
import { slimAttachment, slimClaim, slimStorageClass, slimVolume } from './slim-storage.ts';
import {
  slimAutoscaler,
  slimBudget,
  slimLimitRange,
  slimNodeMetrics,
  slimPodMetrics,
  slimQuota,
  slimService,
} from './slim-policy.ts';
import { sharedOwner, sharedText } from './shared.ts';
import { parseTime } from './time.ts';

export type { SlimObject } from './slim-types.ts';

type Projection = (meta: SlimMeta, raw: Json) => SlimObject | undefined;

const projections: Readonly<Record<string, Projection>> = {
  pods: slimPod,
  events: slimEvent,
  nodes: slimNode,
  replicasets: (meta, raw) => slimWorkload('replicasets', meta, raw),
  deployments: (meta, raw) => slimWorkload('deployments', meta, raw),
  statefulsets: (meta, raw) => slimWorkload('statefulsets', meta, raw),
  daemonsets: (meta, raw) => slimWorkload('daemonsets', meta, raw),
  jobs: (meta, raw) => slimWorkload('jobs', meta, raw),
  replicationcontrollers: (meta, raw) => slimWorkload('replicationcontrollers', meta, raw),
  cronjobs: slimCronJob,
  endpointslices: slimEndpointSlice,
  services: slimService,
  persistentvolumeclaims: slimClaim,
  persistentvolumes: slimVolume,
  volumeattachments: slimAttachment,
  storageclasses: slimStorageClass,
  horizontalpodautoscalers: slimAutoscaler,
  poddisruptionbudgets: slimBudget,
  resourcequotas: slimQuota,
  limitranges: slimLimitRange,
  namespaces: slimNamespace,
  podmetrics: slimPodMetrics,
  nodemetrics: slimNodeMetrics,
  leases: (meta, raw) =>
    compact<SlimLease>({ ...meta, resource: 'leases', renewed: parseTime(record(raw.spec).renewTime) }),
};

/**
 * Projection of an API object of a kind that is read. Keeps identity, status and the few fields of the spec that
 * explain failures; drops managedFields, environment, annotations and everything else. Undefined for garbage.
 */
export function slim(resource: string, raw: unknown): SlimObject | undefined {
  const kind = watchedKind(resource);
  if (kind === undefined) return undefined;
  const object = record(raw);
  const meta = slimMeta(object, kind);
  return meta === undefined ? undefined : projections[kind.resource]?.(meta, object);
}

/** Items of a list carry neither kind nor apiVersion: both come from the resource. */
function slimMeta(raw: Json, kind: WatchedKind): SlimMeta | undefined {
  const metadata = record(raw.metadata);
  const name = string(metadata.name);
  const namespace = kind.namespaced ? sharedText(string(metadata.namespace)) : undefined;
  // Metrics are computed on request and have no identity but their name.
  const uid = kind.read === 'poll' ? `${kind.resource}/${namespace ?? ''}/${name ?? ''}` : string(metadata.uid);
  if (name === undefined || uid === undefined) return undefined;
  return compact<SlimMeta>({
    apiVersion: sharedText(apiVersionOf(kind)) ?? '',
    kind: kind.kind,
    namespace,
    name,
    uid,
    resourceVersion: string(metadata.resourceVersion),
    created: parseTime(metadata.creationTimestamp),
    deleted: parseTime(metadata.deletionTimestamp),
    grace: number(metadata.deletionGracePeriodSeconds),
    owner: controllerOf(metadata.ownerReferences),
  });
}

function controllerOf(references: unknown): Owner | undefined {
  for (const entry of array(references)) {
    const found = record(entry);
    const [kind, name, uid] = [string(found.kind), string(found.name), string(found.uid)];
    if (found.controller === true && kind !== undefined && name !== undefined && uid !== undefined) {
      return sharedOwner({ apiVersion: string(found.apiVersion) ?? '', kind, name, uid });
    }
  }
  return undefined;
}

/**
 * Two writers of events exist: the old one counts on one object (`count`, `lastTimestamp`), the new one has
 * `eventTime` and a `series`; of the other's fields each leaves null.
 */
function slimEvent(meta: SlimMeta, raw: Json): SlimEvent | undefined {
  const involved = record(raw.involvedObject);
  const series = record(raw.series);
  const reason = shortText(raw.reason, 100);
  if (reason === undefined) return undefined;
  const path = /\{([^{}]+)\}$/.exec(string(involved.fieldPath) ?? '');
  return compact<SlimEvent>({
    ...meta,
    resource: 'events',
    reason,
    message: (shortText(raw.message) ?? '').replace(/^\(combined from similar events\): /, ''),
    component: string(record(raw.source).component) ?? string(raw.reportingComponent),
    involved: compact<SlimEvent['involved']>({
      kind: string(involved.kind) ?? '',
      name: string(involved.name) ?? '',
      namespace: string(involved.namespace),
      uid: string(involved.uid),
    }),
    container: path?.[1],
    eviction: reason === 'Evicted' ? evictionNotes(record(raw.metadata).annotations) : undefined,
    count: number(series.count) ?? number(raw.count) ?? 1,
    first: parseTime(raw.firstTimestamp) ?? parseTime(raw.eventTime) ?? meta.created,
    last:
      parseTime(series.lastObservedTime) ?? parseTime(raw.lastTimestamp) ?? parseTime(raw.eventTime) ?? meta.created,
  });
}

/** What the kubelet notes on an eviction (`pkg/kubelet/eviction`): VPA reads the same annotations. */
function evictionNotes(annotations: unknown): SlimEvent['eviction'] {
  const found = record(annotations);
  const noted = compact<NonNullable<SlimEvent['eviction']>>({
    containers: shortText(found.offending_containers, 200),
    usage: shortText(found.offending_containers_usage, 200),
    resource: shortText(found.starved_resource, 40),
  });
  return Object.keys(noted).length === 0 ? undefined : noted;
}

/** Labels of the pods that a controller makes: at most twenty. */
function podLabels(spec: Json): SlimWorkload['podLabels'] {
  const labels = Object.entries(record(record(record(spec.template).metadata).labels));
  const found = labels.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  return found.length === 0 ? undefined : Object.fromEntries(found.slice(0, 20));
}

function slimWorkload(resource: SlimWorkload['resource'], meta: SlimMeta, raw: Json): SlimWorkload {
  const [spec, status] = [record(raw.spec), record(raw.status)];
  const metadata = record(raw.metadata);
  const revision = string(record(metadata.annotations)['deployment.kubernetes.io/revision']);
  const daemon = resource === 'daemonsets';
  const job = resource === 'jobs';
  return compact<SlimWorkload>({
    ...meta,
    resource,
    desired:
      number(daemon ? status.desiredNumberScheduled : job ? spec.parallelism : spec.replicas) ?? (daemon ? 0 : 1),
    ready: number(daemon ? status.numberReady : job ? status.ready : status.readyReplicas) ?? 0,
    revision: revision ?? string(status.updateRevision),
    templateHash: string(record(metadata.labels)['pod-template-hash']),
    minReadySeconds: number(spec.minReadySeconds) ?? 0,
    finished: job ? jobEnd(status.conditions) : undefined,
    suspended: job && spec.suspend === true,
    failing: job ? condition(status.conditions, 'FailureTarget', 'told') : undefined,
    podLabels: resource === 'replicasets' ? undefined : podLabels(spec),
    ordered: resource === 'statefulsets' && spec.podManagementPolicy !== 'Parallel' ? true : undefined,
    progressing: resource === 'deployments' ? condition(status.conditions, 'Progressing', 'told') : undefined,
    replicaFailure: job ? undefined : condition(status.conditions, 'ReplicaFailure', 'told'),
  });
}

function slimCronJob(meta: SlimMeta, raw: Json): SlimCronJob {
  const [spec, status] = [record(raw.spec), record(raw.status)];
  return compact<SlimCronJob>({
    ...meta,
    resource: 'cronjobs',
    suspended: spec.suspend === true,
    schedule: shortText(spec.schedule, 100),
    lastScheduled: parseTime(status.lastScheduleTime),
    lastSucceeded: parseTime(status.lastSuccessfulTime),
  });
}

function slimNamespace(meta: SlimMeta, raw: Json): SlimNamespace {
  return { ...meta, resource: 'namespaces', phase: string(record(raw.status).phase) ?? 'Active' };
}

function jobEnd(conditions: unknown): SlimWorkload['finished'] {
  for (const type of ['Complete', 'Failed'] as const) {
    const found = condition(conditions, type);
    if (found?.status === 'True')
      return compact<NonNullable<SlimWorkload['finished']>>({ type, at: found.at, reason: found.reason });
  }
  return undefined;
}

function slimNode(meta: SlimMeta, raw: Json): SlimNode {
  const [spec, status] = [record(raw.spec), record(raw.status)];
  const conditions = array(status.conditions).map(record);
  const ready = conditions.find((entry) => entry.type === 'Ready');
  const troubles = conditions.flatMap((entry) => {
    const type = string(entry.type);
    if (type === undefined || type === 'Ready' || entry.status !== 'True') return [];
    const found = condition([entry], type, 'told');
    return found === undefined ? [] : [{ ...found, type }];
  });
  const taints = array(spec.taints)
    .map(record)
    .flatMap((entry): Taint[] => {
      const [key, effect] = [string(entry.key), string(entry.effect)];
      return key === undefined || effect === undefined
        ? []
        : [compact<Taint>({ key, effect, at: parseTime(entry.timeAdded) })];
    });
  return compact<SlimNode>({
    ...meta,
    resource: 'nodes',
    ready: condition(status.conditions, 'Ready'),
    message: shortText(ready?.message, 300),
    heartbeat: parseTime(ready?.lastHeartbeatTime),
    pressures: troubles.map(({ type }) => type),
    troubles: troubles.length === 0 ? undefined : troubles,
    bootId: shortText(record(status.nodeInfo).bootID, 100),
    taints,
    cordoned: spec.unschedulable === true,
  });
}

function slimEndpointSlice(meta: SlimMeta, raw: Json): SlimEndpointSlice {
  const endpoints: SlimEndpointSlice['endpoints'][number][] = [];
  const others = { ready: 0, total: 0 };
  for (const entry of array(raw.endpoints)) {
    const endpoint = record(entry);
    const target = record(endpoint.targetRef);
    // `ready: null` means unknown and is to be read as ready (discovery.k8s.io/v1).
    const ready = record(endpoint.conditions).ready !== false;
    const podUid = target.kind === undefined || target.kind === 'Pod' ? string(target.uid) : undefined;
    if (podUid !== undefined) endpoints.push({ podUid, ready });
    else {
      others.total += array(endpoint.addresses).length;
      others.ready += ready ? array(endpoint.addresses).length : 0;
    }
  }
  return compact<SlimEndpointSlice>({
    ...meta,
    resource: 'endpointslices',
    service: string(record(record(raw.metadata).labels)['kubernetes.io/service-name']),
    endpoints,
    others: others.total === 0 ? undefined : others,
  });
}
