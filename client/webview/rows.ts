/** Which rows are shown: filters, slices of long lists, and where the keyboard goes next. */
import type { ObjectRef, WorkloadRow } from '../../core/src/live/view.ts';
import type { UiState } from './state.ts';

/** A row's key as patches name it. */
export function workloadKey(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}

/** `namespace/name`, or the name of what has no namespace. */
export function refName(ref: ObjectRef): string {
  return ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
}

/** Workloads that match every word of the filter. */
export function filterWorkloads(rows: readonly WorkloadRow[], ui: UiState): readonly WorkloadRow[] {
  const words = ui.filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (ui.problemsOnly && row.state !== 'healing' && row.state !== 'needs-human') return false;
    const haystack = `${row.ref.kind} ${refName(row.ref)} ${row.state}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

/** Rows of fixed height that a scrolled box shows, with a few beyond its edges. */
export function visibleSlice(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): { readonly first: number; readonly end: number } {
  const margin = 6;
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - margin);
  return { first, end: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + margin) };
}

/** Row that a key moves to from row `at` of `count`; undefined when the key is not for moving. */
export function moveTo(key: string, at: number, count: number, page = 10): number | undefined {
  const clamp = (index: number): number => Math.max(0, Math.min(count - 1, index));
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return clamp(at + 1);
    case 'ArrowUp':
    case 'k':
      return clamp(at - 1);
    case 'Home':
      return clamp(0);
    case 'End':
      return clamp(count - 1);
    case 'PageDown':
      return clamp(at + page);
    case 'PageUp':
      return clamp(at - page);
    default:
      return undefined;
  }
}
