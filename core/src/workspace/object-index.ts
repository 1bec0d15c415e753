import type { Resource } from './manifest.ts';

/** Objects under one key, in the order of their files and places. */
export type Objects = readonly Resource[];

/** Position of an object among all: negative when `a` stands before `b`. */
export type Order = (a: Resource, b: Resource) => number;

const none: Objects = [];

/** Changes above this number are joined with the base, so that looking up and copying stay cheap. */
const maxChanged = 2000;

/**
 * Objects by the keys they are looked up by. Immutable: `changed` gives a new index in which every list that holds
 * none of the changed objects is the same array as before, so that what was computed from it is known to hold still.
 */
export class ObjectIndex {
  private readonly base: ReadonlyMap<string, Objects>;
  private readonly recent: ReadonlyMap<string, Objects>;

  private constructor(base: ReadonlyMap<string, Objects>, recent: ReadonlyMap<string, Objects>) {
    this.base = base;
    this.recent = recent;
  }

  /** Index of objects that come in their order. */
  static from(objects: Iterable<Resource>, keysOf: (resource: Resource) => readonly string[]): ObjectIndex {
    const lists = new Map<string, Resource[]>();
    for (const resource of objects) {
      for (const key of keysOf(resource)) {
        const list = lists.get(key);
        if (list) list.push(resource);
        else lists.set(key, [resource]);
      }
    }
    return new ObjectIndex(lists, new Map());
  }

  get(key: string): Objects {
    return this.recent.get(key) ?? this.base.get(key) ?? none;
  }

  /** The index without some objects and with others; each comes with its keys. */
  changed(
    removed: ReadonlyMap<Resource, readonly string[]>,
    added: ReadonlyMap<Resource, readonly string[]>,
    order: Order,
  ): ObjectIndex {
    const arrivals = new Map<string, Resource[]>();
    for (const keys of removed.values()) for (const key of keys) arrivals.set(key, []);
    for (const [resource, keys] of added) {
      for (const key of keys) {
        const list = arrivals.get(key);
        if (list) list.push(resource);
        else arrivals.set(key, [resource]);
      }
    }
    const recent = new Map(this.recent);
    for (const [key, coming] of arrivals) {
      const staying = this.get(key).filter((resource) => !removed.has(resource));
      for (const resource of coming) staying.splice(placeOf(resource, staying, order), 0, resource);
      recent.set(key, staying.length > 0 ? staying : none);
    }
    if (recent.size <= maxChanged) return new ObjectIndex(this.base, recent);
    const joined = new Map(this.base);
    for (const [key, list] of recent) {
      if (list.length > 0) joined.set(key, list);
      else joined.delete(key);
    }
    return new ObjectIndex(joined, new Map());
  }
}

/** Where in a list that is in order an object belongs. */
function placeOf(resource: Resource, list: Objects, order: Order): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other && order(other, resource) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
