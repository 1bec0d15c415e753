/** A slim object that was read from a file is checked before the engine sees it: recordings come from anywhere. */
import type { SlimObject } from './slim-types.ts';
import { record, string } from './read.ts';
import { slim } from './slim.ts';

/** The least that an API object may say: its projection has every member that the engine takes for granted. */
const least = {
  metadata: { name: 'x', uid: 'x' },
  reason: 'x',
  involvedObject: {},
  spec: { containers: [{ name: 'x' }], initContainers: [{ name: 'x' }] },
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
  const { owner } = object;
  if (!isTime(object.created) || !isTime(object.deleted) || owner === null) return undefined;
  return value as SlimObject;
}
