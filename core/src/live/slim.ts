/** The gateway: API objects come in whole and leave slim. Whatever is no object of its kind is dropped, never thrown at. */
import type {
  Owner,
  SlimEndpointSlice,
  SlimEvent,
  SlimLease,
  SlimMeta,
  SlimNode,
  SlimObject,
  SlimWorkload,
  Taint,
} from './slim-types.ts';
import type { Json } from './read.ts';
import { apiVersionOf, watchedKind } from './kinds.ts';
import { array, compact, number, record, shortText, string } from './read.ts';
import { condition, slimPod } from './slim-pod.ts';
import { parseTime } from './time.ts';

export type { SlimObject } from './slim-types.ts';

/**
 * Projection of an API object of a watched resource. Keeps identity, status and the few fields of the spec that
 * explain failures; drops managedFields, environment, annotations and everything else. Undefined for garbage.
 */
export function slim(resource: string, raw: unknown): SlimObject | undefined {
  const kind = watchedKind(resource);
  if (kind === undefined) return undefined;
  const object = record(raw);
  const meta = slimMeta(object, apiVersionOf(kind), kind.kind, kind.namespaced);
  if (meta === undefined) return undefined;
  switch (kind.resource) {
    case 'pods':
      return slimPod(meta, object);
    case 'events':
      return slimEvent(meta, object);
    case 'nodes':
      return slimNode(meta, object);
    case 'endpointslices':
      return slimEndpointSlice(meta, object);
    case 'leases':
      return compact<SlimLease>({ ...meta, resource: 'leases', renewed: parseTime(record(object.spec).renewTime) });
    default:
      return slimWorkload(kind.resource as SlimWorkload['resource'], meta, object);
  }
}

/** Items of a list carry neither kind nor apiVersion: both come from the resource. */
function slimMeta(raw: Json, apiVersion: string, kind: string, namespaced: boolean): SlimMeta | undefined {
  const metadata = record(raw.metadata);
  const [name, uid] = [string(metadata.name), string(metadata.uid)];
  if (name === undefined || uid === undefined) return undefined;
  return compact<SlimMeta>({
    apiVersion,
    kind,
    namespace: namespaced ? string(metadata.namespace) : undefined,
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
      return { apiVersion: string(found.apiVersion) ?? '', kind, name, uid };
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
    count: number(series.count) ?? number(raw.count) ?? 1,
    first: parseTime(raw.firstTimestamp) ?? parseTime(raw.eventTime) ?? meta.created,
    last:
      parseTime(series.lastObservedTime) ?? parseTime(raw.lastTimestamp) ?? parseTime(raw.eventTime) ?? meta.created,
  });
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
  });
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
    pressures: conditions.flatMap((entry) => {
      const type = string(entry.type);
      return type !== undefined && type !== 'Ready' && entry.status === 'True' ? [type] : [];
    }),
    taints,
    cordoned: spec.unschedulable === true,
  });
}

function slimEndpointSlice(meta: SlimMeta, raw: Json): SlimEndpointSlice {
  return compact<SlimEndpointSlice>({
    ...meta,
    resource: 'endpointslices',
    service: string(record(record(raw.metadata).labels)['kubernetes.io/service-name']),
    endpoints: array(raw.endpoints)
      .map(record)
      .flatMap((entry) => {
        const podUid = string(record(entry.targetRef).uid);
        // `ready: null` means unknown and is to be read as ready (discovery.k8s.io/v1).
        return podUid === undefined ? [] : [{ podUid, ready: record(entry.conditions).ready !== false }];
      }),
  });
}
