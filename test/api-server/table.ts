/** The `Table` and `PartialObjectMetadata` forms of objects, as `kubectl get` asks for them. */
import type { KubeObject } from './store.ts';

interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
  readonly description: string;
  readonly cell: (object: KubeObject, now: number) => string | number;
}

type Json = Record<string, unknown>;

const at = (value: unknown, ...path: readonly string[]): unknown => {
  let current = value;
  for (const name of path)
    current = typeof current === 'object' && current !== null ? (current as Json)[name] : undefined;
  return current;
};
const text = (value: unknown, fallback = '<none>'): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : fallback;
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** `5s`, `3m20s`, `4h`, `2d`: the human duration of kubectl, coarse. */
export function age(from: string | undefined, now: number): string {
  if (from === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(from)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 600) return `${Math.floor(seconds / 60)}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  if (seconds < 3 * 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86400)}d`;
}

const columns = (...given: readonly [string, Column['cell'], (0 | 1)?, Column['type']?][]): Column[] =>
  given.map(([name, cell, priority = 0, type = 'string']) => ({
    name,
    type,
    priority,
    cell,
    description: `${name} of the object.`,
  }));

const nameColumn = columns(['Name', (object) => object.metadata.name]);
const ageColumn = columns(['Age', (object, now) => age(object.metadata.creationTimestamp, now)]);

const statuses = (pod: KubeObject): Json[] => list(at(pod, 'status', 'containerStatuses'));

/** The STATUS column of pods: the most telling container state, else the phase. */
function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const status of statuses(pod)) {
    const reason = at(status, 'state', 'waiting', 'reason') ?? at(status, 'state', 'terminated', 'reason');
    if (typeof reason === 'string' && reason !== 'Completed') return reason;
  }
  return text(at(pod, 'status', 'reason') ?? at(pod, 'status', 'phase'), 'Unknown');
}

function restarts(pod: KubeObject, now: number): string {
  const total = statuses(pod).reduce((sum, status) => sum + count(status['restartCount']), 0);
  const ends = statuses(pod)
    .map((status) => at(status, 'lastState', 'terminated', 'finishedAt'))
    .filter((end) => typeof end === 'string');
  const last = ends.sort().at(-1);
  return last === undefined || total === 0 ? String(total) : `${total} (${age(last, now)} ago)`;
}

const readyPods = (object: KubeObject): string =>
  `${count(at(object, 'status', 'readyReplicas'))}/${count(at(object, 'spec', 'replicas'))}`;

function nodeStatus(node: KubeObject): string {
  const ready = list(at(node, 'status', 'conditions')).find((condition) => condition['type'] === 'Ready');
  return `${ready?.['status'] === 'True' ? 'Ready' : 'NotReady'}${at(node, 'spec', 'unschedulable') === true ? ',SchedulingDisabled' : ''}`;
}

const special: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    ...nameColumn,
    ...columns(
      [
        'Ready',
        (pod) =>
          `${statuses(pod).filter((status) => status['ready'] === true).length}/${list(at(pod, 'spec', 'containers')).length}`,
      ],
      ['Status', podStatus],
      ['Restarts', restarts],
    ),
    ...ageColumn,
    ...columns(
      ['IP', (pod) => text(at(pod, 'status', 'podIP')), 1],
      ['Node', (pod) => text(at(pod, 'spec', 'nodeName')), 1],
      ['Nominated Node', (pod) => text(at(pod, 'status', 'nominatedNodeName')), 1],
      ['Readiness Gates', () => '<none>', 1],
    ),
  ],
  nodes: [
    ...nameColumn,
    ...columns(['Status', nodeStatus], ['Roles', () => '<none>']),
    ...ageColumn,
    ...columns(['Version', (node) => text(at(node, 'status', 'nodeInfo', 'kubeletVersion'))]),
  ],
  deployments: [
    ...nameColumn,
    ...columns(
      ['Ready', readyPods],
      ['Up-to-date', (object) => count(at(object, 'status', 'updatedReplicas')), 0, 'integer'],
      ['Available', (object) => count(at(object, 'status', 'availableReplicas')), 0, 'integer'],
    ),
    ...ageColumn,
  ],
  statefulsets: [...nameColumn, ...columns(['Ready', readyPods]), ...ageColumn],
  events: [
    ...columns(
      ['Last Seen', (event, now) => age(text(event['lastTimestamp'] ?? event['eventTime'], '') || undefined, now)],
      ['Type', (event) => text(event['type'])],
      ['Reason', (event) => text(event['reason'])],
      [
        'Object',
        (event) =>
          `${text(at(event, 'involvedObject', 'kind')).toLowerCase()}/${text(at(event, 'involvedObject', 'name'))}`,
      ],
      ['Message', (event) => text(event['message'], '')],
    ),
  ],
};

function columnsOf(resource: string): readonly Column[] {
  return special[resource] ?? [...nameColumn, ...ageColumn];
}

/** Metadata of one object. In a list or table row the API server writes the type as well. */
export function partialObject(object: KubeObject): Json {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** A `Table`; `withColumns` false leaves out the definitions, as later events of a watch do. */
export function table(
  resource: string,
  objects: readonly KubeObject[],
  metadata: Json,
  now: number,
  withColumns = true,
): Json {
  const definitions = columnsOf(resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns
      ? definitions.map(({ name, type, priority, description }) => ({
          name,
          type,
          format: name === 'Name' ? 'name' : '',
          description,
          priority,
        }))
      : null,
    rows: objects.map((object) => ({
      cells: definitions.map(({ cell }) => cell(object, now)),
      object: partialObject(object),
    })),
  };
}
