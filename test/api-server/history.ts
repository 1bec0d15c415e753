/** One resource's objects in order and in time: sorted lists, older states, the place of a revision in the history. */
import type { Change, Entry } from './store.ts';

/** What the store keeps per resource. */
export interface Table {
  readonly objects: Map<string, Entry>;
  sorted: Entry[] | undefined;
  history: Change[];
  floor: number;
  readonly listeners: Set<(change: Change) => void>;
  snapshot: { revision: number; entries: readonly Entry[] } | undefined;
}

function byKey(left: Entry, right: Entry): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}

export function sortedEntries(from: Table): Entry[] {
  from.sorted ??= [...from.objects.values()].sort(byKey);
  return from.sorted;
}

/** Keeps the sorted list valid across updates, so that paging a busy resource does not sort it for every page. */
export function replaceSorted(from: Table, entry: Entry): void {
  const sorted = from.sorted;
  if (sorted === undefined) return;
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as Entry).key < entry.key) low = middle + 1;
    else high = middle;
  }
  sorted[low] = entry;
}

/** The state at an older revision: the current one with every later change undone, newest first. */
export function rollBack(from: Table, revision: number): readonly Entry[] {
  const objects = new Map(from.objects);
  for (let index = from.history.length - 1; index >= 0; index -= 1) {
    const change = from.history[index] as Change;
    if (change.revision <= revision) break;
    if (change.previous === undefined) objects.delete(change.entry.key);
    else objects.set(change.entry.key, change.previous);
  }
  return [...objects.values()].sort(byKey);
}

export function firstAfter(history: readonly Change[], revision: number): number {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle] as Change).revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
