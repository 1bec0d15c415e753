import type { Frame } from './frame.ts';
import type { Resource } from './manifest.ts';
import type { Objects } from './object-index.ts';
import type { Located } from './project.ts';
import type { Unit } from './units.ts';

/** What surroundings give to those who look things up in them. */
export interface Sight {
  readonly frame: Frame;
  /** Objects under a key of the index, as they are written; noted for whoever is tracing. */
  get(key: string): Objects;
  /** Whether nothing is filed under a key; noted, too. */
  none(key: string): boolean;
  /** Objects where they stand, as they run in what is looked at; without those that are not part of it. */
  located(resources: Objects): Located[];
  /** The same, each by itself: without the templates that workloads borrow. */
  built(resources: Objects): Located[];
  unitOf(located: Located): Unit;
  namespaceOf(located: Located): string;
  /** Negative when `a` stands before `b`. */
  compare(a: Resource, b: Resource): number;
}
