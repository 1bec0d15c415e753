/** A slim object that was read from a file is checked before the engine sees it: recordings come from anywhere. */
import type { SlimObject } from './slim-types.ts';
import { record, string } from './read.ts';
import { slim } from './slim.ts';

/** The least that an API object may say: its projection has every member that the engine takes for granted. */
const least = {
  metadata: { name: 'x', uid: 'x' },
  reason: 'x',
  involvedObject: {},
  spec: { containers: [{ name: 'x' }], initContainers: [{ name: 'x' }], podManagementPolicy: 'Parallel' },
  endpoints: [{ targetRef: { uid: 'x' } }],
};

/** `group`: an object or a list. `fact`: anything but text. */
type Kind = 'number' | 'string' | 'group' | 'fact';

/** Members that may be absent, and what they are in every kind that has them. */
const members: Readonly<Record<string, Kind>> = {
  ...kinds('number', 'at created deleted grace started finished running exitCode signal restarts periodSeconds'),
  ...kinds(
    'number',
    'failureThreshold count first last since heartbeat renewed lastScaled lastScheduled lastSucceeded',
  ),
  ...kinds('number', 'desired cpu memory total allowed healthy wanted expected'),
  ...kinds('group', 'scheduled readyCondition disruption owner terminated waiting liveness readiness startup selector'),
  ...kinds('group', 'able active limited attachError detachError progressing replicaFailure others target involved'),
  ...kinds('group', 'failing eviction podLabels finalizers troubles'),
  ...kinds('string', 'bootId'),
  ...kinds('fact', 'ready'),
  ...kinds('string', 'apiVersion kind namespace name uid resourceVersion status reason message id image memoryLimit'),
  ...kinds('string', 'node targetNode restartPolicy phase revision completionIndex component templateHash schedule'),
  ...kinds('string', 'service podUid storageClass volume provisioner used hard type preset key effect'),
};

/** A time in one kind, an object in another. */
const eitherWay: ReadonlySet<string> = new Set(['last', 'finished']);

function kinds(type: Kind, names: string): Record<string, Kind> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

/** Slim objects are flat; whoever nests deeper wants something else. */
const deepest = 8;

/** Whether every number and every text inside is one. */
function isSound(value: unknown, depth = 0): boolean {
  if (depth > deepest || value === null) return false;
  if (Array.isArray(value)) return value.every((item) => isSound(item, depth + 1));
  if (typeof value !== 'object') return true;
  return Object.entries(value).every(([key, member]) => {
    const wanted = Object.hasOwn(members, key) ? members[key] : undefined;
    const plain = (wanted === 'number' || wanted === 'string') && !eitherWay.has(key);
    if (typeof member === 'object') return !plain && isSound(member, depth + 1);
    if (member === undefined || wanted === undefined) return true;
    return wanted === 'fact' ? typeof member !== 'string' : typeof member === wanted;
  });
}

/** Optional lists and groups that are read without asking. */
const shapes: Readonly<Record<string, unknown>> = {
  claims: [{ volume: '', claim: '' }],
  others: { ready: 0, total: 0 },
  finalizers: [''],
  troubles: [{ type: '' }],
};

const patterns = new Map<string, unknown>();

function patternOf(resource: string): unknown {
  if (!patterns.has(resource)) patterns.set(resource, slim(resource, least));
  return patterns.get(resource);
}

/** Whether a value has every member of a pattern, of the same type, in lists too. */
function fits(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && (pattern.length === 0 || value.every((item) => fits(item, pattern[0])));
  }
  if (typeof pattern === 'object' && pattern !== null) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const given = record(value);
    return Object.entries(pattern).every(([key, member]) => fits(given[key], member));
  }
  return typeof value === typeof pattern;
}

const isTime = (value: unknown): boolean => value === undefined || Number.isFinite(value);

/** The value as a slim object; undefined where something is missing that every object of its resource has. */
export function readSlim(value: unknown): SlimObject | undefined {
  const object = record(value);
  const resource = string(object.resource);
  if (resource === undefined || string(object.uid) === undefined || string(object.name) === undefined) return undefined;
  const pattern = patternOf(resource);
  if (pattern === undefined || !fits(object, pattern)) return undefined;
  if (!isSound(value)) return undefined;
  for (const [member, shape] of Object.entries(shapes))
    if (object[member] !== undefined && !fits(object[member], shape)) return undefined;
  const { owner } = object;
  if (!isTime(object.created) || !isTime(object.deleted) || owner === null) return undefined;
  return value as SlimObject;
}
