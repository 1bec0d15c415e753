/** What a fix's operations mean, on plain data: the slow and simple twin of the minimal edits. */
import type { Operation } from '../../core/src/yaml/edit.ts';
import { withoutStops } from '../../core/src/yaml/plain.ts';

type Json = { [key: string]: unknown } | unknown[];

/** Applies operations to an object read from a document; the object itself is left alone. */
export function applyOperations(object: unknown, operations: readonly Operation[]): unknown {
  const copy = structuredClone(object);
  const renamed = new Map<string, string>();
  for (const operation of operations) {
    if (operation.op === 'document') continue;
    const last = operation.path.at(-1) ?? '';
    const name = renamed.get(operation.path.join('/')) ?? last;
    const parent = parentOf(copy, operation.path);
    switch (operation.op) {
      case 'set':
        assign(parent, name, plain(operation.value));
        break;
      case 'append':
        assign(parent, name, [...((read(parent, name) as unknown[] | null | undefined) ?? []), plain(operation.value)]);
        break;
      case 'remove':
        if (Array.isArray(parent)) parent.splice(Number(name), 1);
        else delete parent[String(name)];
        break;
      case 'rename':
        assign(parent, operation.key, read(parent, last));
        delete (parent as { [key: string]: unknown })[String(last)];
        renamed.set(operation.path.join('/'), operation.key);
        break;
    }
  }
  return copy;
}

const read = (parent: Json, key: string | number): unknown => (parent as { [key: string]: unknown })[key];

function assign(parent: Json, key: string | number, value: unknown): void {
  (parent as { [key: string]: unknown })[key] = value;
}

function parentOf(root: unknown, path: readonly (string | number)[]): Json {
  let at = root as Json;
  for (const step of path.slice(0, -1)) {
    const next = read(at, step);
    if (next === undefined || next === null) assign(at, step, {});
    at = read(at, step) as Json;
  }
  return at;
}

/** A value with its tab stops filled in as proposed. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') {
    const proposed = withoutStops(value);
    // A number is proposed as one, without quotes.
    return proposed !== value && /^\d+$/.test(proposed) ? Number(proposed) : proposed;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}
