/**
 * The objects of the loopback cluster: one revision counter, a bounded history per resource, and subscribers.
 * An object is serialised once; lists and all watchers share its bytes.
 */
import { randomUUID } from 'node:crypto';
import { firstAfter, replaceSorted, rollBack, sortedEntries, type Table } from './history.ts';
import { apiVersionOf, kindOfObject, resourceKind, resourceKinds, type ResourceKind } from './kinds.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  [field: string]: unknown;
}

/** Any Kubernetes object. What the store hands out must not be modified: it is shared with the history. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** One version of one object. */
export interface Entry {
  readonly kind: ResourceKind;
  readonly key: string;
  readonly object: KubeObject;
  readonly revision: number;
  /** Set on first use by `bytesOf`. */
  bytes?: Buffer;
}

/** One step of a resource's history. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly entry: Entry;
  /** The version before; needed to follow selectors and to rebuild older states. */
  readonly previous?: Entry;
  /** Set on first use by `frameOf`. */
  frame?: Buffer;
}

/** The whole object as JSON. */
export function bytesOf(entry: Entry): Buffer {
  entry.bytes ??= Buffer.from(JSON.stringify(entry.object));
  return entry.bytes;
}

/**
 * The object as an item of a list, without its opening brace and without the `kind` and `apiVersion` that the API
 * server leaves out there: a view of the shared bytes, so a list of any length copies nothing.
 */
export function itemBytesOf(entry: Entry): Buffer {
  const { kind, apiVersion } = entry.object;
  const skipped = JSON.stringify({ kind, apiVersion }).length - 1;
  return bytesOf(entry).subarray(skipped + 1);
}

/** The line of a watch stream for this change. */
export function frameOf(change: Change): Buffer {
  change.frame ??= frame(change.type, bytesOf(change.entry));
  return change.frame;
}

/** `{"type":…,"object":…}` and a newline. */
export function frame(type: string, object: Buffer | string): Buffer {
  const body = typeof object === 'string' ? Buffer.from(object) : object;
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), body, Buffer.from('}\n')]);
}

export interface StoreOptions {
  /** Epoch milliseconds; the clock of creation timestamps. */
  readonly now?: () => number;
  /** Changes kept per resource before the oldest are forgotten (and 410 answered). */
  readonly historyLimit?: number;
}

export interface ClusterStore {
  /** The revision of the last write; every write of any resource adds one. */
  revision(): number;
  create(object: KubeObject): KubeObject;
  update(object: KubeObject): KubeObject;
  /** Creates or updates. */
  put(object: KubeObject): KubeObject;
  /** Changes a copy of the object and stores it; undefined where there is no such object. */
  patch(
    resource: string,
    namespace: string | undefined,
    name: string,
    change: (draft: KubeObject) => void,
  ): KubeObject | undefined;
  /** `last` is the state that the deletion event shows; default the stored one. */
  delete(resource: string, namespace: string | undefined, name: string, last?: KubeObject): KubeObject | undefined;
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
  entry(resource: string, namespace: string | undefined, name: string): Entry | undefined;
  list(resource: string, namespace?: string): KubeObject[];
  /** Sorted by key, as etcd returns them; at `revision` where given and still known, else undefined. */
  entries(resource: string, revision?: number): readonly Entry[] | undefined;
  /** Changes after `revision`; undefined when some of them are forgotten. */
  since(resource: string, revision: number): readonly Change[] | undefined;
  /** The oldest revision a watch of this resource can start from. */
  floor(resource: string): number;
  /** Forgets all history: every older resourceVersion and continue token is answered 410 from now on. */
  compact(): void;
  subscribe(resource: string, listener: (change: Change) => void): () => void;
}

/** RFC 3339 with seconds, the way Kubernetes writes `metav1.Time`. */
export function rfc3339(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

export function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** An empty cluster. */
export function createStore(options: StoreOptions = {}): ClusterStore {
  const now = options.now ?? Date.now;
  const historyLimit = options.historyLimit ?? 10_000;
  let revision = 1;
  const tables = new Map<string, Table>(
    resourceKinds.map((kind) => [
      kind.resource,
      { objects: new Map(), sorted: undefined, history: [], floor: 1, listeners: new Set(), snapshot: undefined },
    ]),
  );

  function table(resource: string): Table {
    return tables.get(resourceKind(resource).resource) as Table;
  }

  function record(into: Table, change: Change): void {
    into.history.push(change);
    if (into.history.length > historyLimit * 1.25) {
      const dropped = into.history.splice(0, into.history.length - historyLimit);
      into.floor = dropped.at(-1)?.revision ?? into.floor;
    }
    if (change.type !== 'MODIFIED') into.sorted = undefined;
    else replaceSorted(into, change.entry);
    for (const listener of into.listeners) listener(change);
  }

  function write(object: KubeObject, kind: ResourceKind, previous: Entry | undefined): KubeObject {
    revision += 1;
    const into = table(kind.resource);
    const entry = makeEntry(object, kind, revision, previous, now());
    into.objects.set(entry.key, entry);
    record(into, {
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      revision,
      entry,
      ...(previous === undefined ? {} : { previous }),
    });
    return entry.object;
  }

  function put(object: KubeObject, must?: 'create' | 'update'): KubeObject {
    const kind = kindOfObject(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`the API server knows no ${object.apiVersion} ${object.kind}`);
    const previous = table(kind.resource).objects.get(keyOf(object.metadata.namespace, object.metadata.name));
    if (must === 'create' && previous !== undefined)
      throw new Error(`${kind.resource} "${previous.key}" already exists`);
    if (must === 'update' && previous === undefined)
      throw new Error(`${kind.resource} "${object.metadata.name}" not found`);
    return write(object, kind, previous);
  }

  function remove(
    resource: string,
    namespace: string | undefined,
    name: string,
    last?: KubeObject,
  ): KubeObject | undefined {
    const from = table(resource);
    const previous = from.objects.get(keyOf(namespace, name));
    if (previous === undefined) return undefined;
    revision += 1;
    from.objects.delete(previous.key);
    const entry = makeEntry(last ?? previous.object, previous.kind, revision, previous, now());
    record(from, { type: 'DELETED', revision, entry, previous });
    return entry.object;
  }

  function patch(
    resource: string,
    namespace: string | undefined,
    name: string,
    change: (draft: KubeObject) => void,
  ): KubeObject | undefined {
    const current = table(resource).objects.get(keyOf(namespace, name));
    if (current === undefined) return undefined;
    const draft = structuredClone(current.object);
    change(draft);
    return write(draft, current.kind, current);
  }

  function entriesAt(resource: string, at: number | undefined): readonly Entry[] | undefined {
    const from = table(resource);
    if (at !== undefined && at < from.floor) return undefined;
    if (at === undefined || at >= (from.history.at(-1)?.revision ?? 0)) return sortedEntries(from);
    if (from.snapshot?.revision !== at) from.snapshot = { revision: at, entries: rollBack(from, at) };
    return from.snapshot.entries;
  }

  return {
    revision: () => revision,
    create: (object) => put(object, 'create'),
    update: (object) => put(object, 'update'),
    put: (object) => put(object),
    patch,
    delete: remove,
    get: (resource, namespace, name) => table(resource).objects.get(keyOf(namespace, name))?.object,
    entry: (resource, namespace, name) => table(resource).objects.get(keyOf(namespace, name)),
    list(resource, namespace) {
      const objects: KubeObject[] = [];
      for (const { object } of table(resource).objects.values()) {
        if (namespace === undefined || object.metadata.namespace === namespace) objects.push(object);
      }
      return objects;
    },
    entries: entriesAt,
    since(resource, after) {
      const from = table(resource);
      if (after < from.floor) return undefined;
      return from.history.slice(firstAfter(from.history, after));
    },
    floor: (resource) => table(resource).floor,
    compact() {
      for (const each of tables.values()) {
        each.history = [];
        each.snapshot = undefined;
        each.floor = revision;
      }
    },
    subscribe(resource, listener) {
      const { listeners } = table(resource);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function makeEntry(
  object: KubeObject,
  kind: ResourceKind,
  revision: number,
  previous: Entry | undefined,
  now: number,
): Entry {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object;
  const old = previous?.object.metadata;
  const { name, namespace, uid, resourceVersion: _version, creationTimestamp, generateName, ...otherMeta } = metadata;
  // The order is the API server's: kind, apiVersion, metadata with its identity first.
  const stored: KubeObject = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: {
      name,
      ...(generateName === undefined ? {} : { generateName }),
      ...(namespace === undefined ? {} : { namespace }),
      uid: uid ?? old?.uid ?? randomUUID(),
      resourceVersion: String(revision),
      creationTimestamp: creationTimestamp ?? old?.creationTimestamp ?? rfc3339(now),
      ...otherMeta,
    },
    ...rest,
  };
  return { kind, key: keyOf(namespace, name), object: stored, revision };
}
