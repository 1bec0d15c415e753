/** Projection of a Pod. Environment values, commands, volumes and annotations never get in. */
import type { Condition, Probe, SlimContainer, SlimMeta, SlimPod, Termination, Waiting } from './slim-types.ts';
import type { Json } from './read.ts';
import { array, compact, number, record, shortText, string } from './read.ts';
import { sharedProbe, sharedText } from './shared.ts';
import { parseTime } from './time.ts';

/** The condition of this type, or undefined; with its message only where one is asked for. */
export function condition(
  conditions: unknown,
  type: string,
  message: 'told' | 'dropped' = 'dropped',
): Condition | undefined {
  for (const entry of array(conditions)) {
    const found = record(entry);
    if (found.type !== type) continue;
    return compact<Condition>({
      status: string(found.status) ?? 'Unknown',
      at: parseTime(found.lastTransitionTime),
      reason: shortText(found.reason, 100),
      message: message === 'told' ? shortText(found.message) : undefined,
    });
  }
  return undefined;
}

/** Defaults of the API: periodSeconds 10, failureThreshold 3. */
function probe(value: unknown): Probe | undefined {
  const spec = record(value);
  const handler =
    'exec' in spec
      ? 'exec'
      : 'httpGet' in spec
        ? 'http'
        : 'tcpSocket' in spec
          ? 'tcp'
          : 'grpc' in spec
            ? 'grpc'
            : undefined;
  if (handler === undefined) return undefined;
  return sharedProbe({
    handler,
    periodSeconds: number(spec.periodSeconds) ?? 10,
    failureThreshold: number(spec.failureThreshold) ?? 3,
  });
}

/** The runtime writes the epoch for what never happened, e.g. the start of a process that could not be started. */
function happened(value: unknown): number | undefined {
  return parseTime(value) || undefined;
}

function termination(value: unknown): Termination | undefined {
  const found = record(value);
  const exitCode = number(found.exitCode);
  if (exitCode === undefined) return undefined;
  const finished = happened(found.finishedAt);
  return compact<Termination>({
    id: string(found.containerID) ?? `finished:${finished ?? 0}`,
    exitCode,
    reason: shortText(found.reason, 100),
    signal: number(found.signal) || undefined,
    message: shortText(found.message, 300),
    started: happened(found.startedAt),
    finished,
  });
}

function waiting(value: unknown): Waiting | undefined {
  const found = record(value);
  const reason = string(found.reason);
  return reason === undefined ? undefined : compact<Waiting>({ reason, message: shortText(found.message) });
}

function container(spec: Json, status: Json, init: boolean): SlimContainer | undefined {
  const name = string(spec.name) ?? string(status.name);
  if (name === undefined) return undefined;
  const state = record(status.state);
  return compact<SlimContainer>({
    name: sharedText(name) ?? name,
    init: init && spec.restartPolicy !== 'Always',
    sidecar: init && spec.restartPolicy === 'Always' ? true : undefined,
    image: sharedText(shortText(spec.image, 300)),
    memoryLimit: sharedText(limitText(record(record(spec.resources).limits).memory)),
    liveness: probe(spec.livenessProbe),
    readiness: probe(spec.readinessProbe),
    startup: probe(spec.startupProbe),
    ready: status.ready === true,
    restarts: Math.max(0, number(status.restartCount) ?? 0),
    waiting: waiting(state.waiting),
    running: happened(record(state.running).startedAt),
    terminated: termination(state.terminated),
    last: termination(record(status.lastState).terminated),
  });
}

function limitText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : shortText(value, 40);
}

function containers(specs: unknown, statuses: unknown, init: boolean): SlimContainer[] {
  const byName = new Map<unknown, Json>();
  for (const status of array(statuses)) byName.set(record(status).name, record(status));
  const result: SlimContainer[] = [];
  for (const entry of array(specs)) {
    const spec = record(entry);
    const joined = container(spec, byName.get(spec.name) ?? {}, init);
    if (joined !== undefined) result.push(joined);
  }
  return result;
}

/** DaemonSet pods name their node in a `matchFields` term before they are bound. */
function targetNode(spec: Json): string | undefined {
  const required = record(record(record(spec.affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution);
  for (const term of array(required.nodeSelectorTerms)) {
    for (const entry of array(record(term).matchFields)) {
      const field = record(entry);
      if (field.key === 'metadata.name') return string(array(field.values)[0]);
    }
  }
  return undefined;
}

/** A claim of its own is made for an ephemeral volume, named after the pod and the volume. */
function claimsOf(pod: string, volumes: unknown): SlimPod['claims'] {
  const found = array(volumes).flatMap((entry) => {
    const volume = record(entry);
    const name = string(volume.name);
    if (name === undefined) return [];
    const claim = 'ephemeral' in volume ? `${pod}-${name}` : string(record(volume.persistentVolumeClaim).claimName);
    return claim === undefined ? [] : [{ volume: name, claim }];
  });
  return found.length === 0 ? undefined : found;
}

function finalizers(value: unknown): SlimPod['finalizers'] {
  const found = array(value).flatMap((entry) => shortText(entry, 100) ?? []);
  return found.length === 0 ? undefined : found.slice(0, 10);
}

export function slimPod(meta: SlimMeta, raw: Json): SlimPod {
  const spec = record(raw.spec);
  const status = record(raw.status);
  const metadata = record(raw.metadata);
  const labels = record(metadata.labels);
  const annotations = record(metadata.annotations);
  return compact<SlimPod>({
    ...meta,
    resource: 'pods',
    node: sharedText(string(spec.nodeName)),
    targetNode: targetNode(spec),
    restartPolicy: spec.restartPolicy === 'Never' || spec.restartPolicy === 'OnFailure' ? spec.restartPolicy : 'Always',
    phase: string(status.phase) ?? 'Unknown',
    reason: shortText(status.reason, 100),
    message: shortText(status.message, 300),
    scheduled: condition(status.conditions, 'PodScheduled', 'told'),
    readyCondition: condition(status.conditions, 'Ready'),
    disruption: condition(status.conditions, 'DisruptionTarget'),
    // Joined rather than spread or pushed: what an array grew to in the making stays with it, for every pod there is.
    containers: containers(spec.initContainers, status.initContainerStatuses, true).concat(
      containers(spec.containers, status.containerStatuses, false),
    ),
    revision: sharedText(string(labels['pod-template-hash']) ?? string(labels['controller-revision-hash'])),
    completionIndex: string(annotations['batch.kubernetes.io/job-completion-index']),
    claims: claimsOf(meta.name, spec.volumes),
    mirror: 'kubernetes.io/config.mirror' in annotations,
    finalizers: meta.deleted === undefined ? undefined : finalizers(metadata.finalizers),
  });
}
