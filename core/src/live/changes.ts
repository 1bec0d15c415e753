/** What a person following along is told: the steps of incidents between two views, in order of time. */
import type { HealthView, IncidentRow, IncidentState } from './view.ts';

export type Step =
  /** It was there before the first look. */
  | 'open'
  | 'opened'
  /** It happened again. */
  | 'repeated'
  | 'reopened'
  | 'healing'
  | 'verifying'
  | 'needs-person'
  /** It no longer needs one. */
  | 'eased'
  | 'recovered'
  | 'planned'
  | 'superseded';

/** One step of one incident. */
export interface Change {
  readonly step: Step;
  /** When it happened, as far as that is known; else when it was seen. Epoch ms. */
  readonly at: number;
  readonly incident: IncidentRow;
}

const ended: ReadonlySet<IncidentState> = new Set(['recovered', 'planned', 'superseded']);

/** Whether nothing more is expected of an incident. */
export const isEnded = (row: IncidentRow): boolean => ended.has(row.state);

/** Steps of an incident that was known before. */
function steps(before: IncidentRow, after: IncidentRow, now: number): readonly Change[] {
  const found: Change[] = [];
  const add = (step: Step, at: number | undefined): void => {
    found.push({ step, at: at ?? now, incident: after });
  };
  const again = after.count > before.count;
  if (isEnded(before) && !isEnded(after)) add('reopened', undefined);
  else if (again) add('repeated', undefined);
  if (after.state !== before.state) {
    if (after.state === 'recovered') add('recovered', after.phases.recovered);
    else if (after.state === 'planned' || after.state === 'superseded') add(after.state, undefined);
    else if (after.state !== 'detected' && !isEnded(before)) add(after.state, undefined);
  }
  if (!isEnded(after)) {
    if (after.needs !== undefined && before.needs === undefined) add('needs-person', after.needs.since);
    if (after.needs === undefined && before.needs !== undefined) add('eased', undefined);
  }
  return found;
}

/** Steps of an incident that was not known before. */
function firstSteps(row: IncidentRow, first: boolean, now: number): readonly Change[] {
  const needs: readonly Change[] =
    row.needs === undefined || isEnded(row) ? [] : [{ step: 'needs-person', at: row.needs.since, incident: row }];
  if (first) return isEnded(row) ? [] : [{ step: 'open', at: row.phases.fault ?? now, incident: row }, ...needs];
  const opened: Change = { step: 'opened', at: row.phases.detected ?? now, incident: row };
  if (!isEnded(row)) return [opened, ...needs];
  const at = row.state === 'recovered' ? (row.phases.recovered ?? now) : now;
  return [opened, { step: row.state as Step, at, incident: row }];
}

/** An incident turned out to be part of a wider one, which speaks for it from now on. */
function absorbed(before: IncidentRow, after: IncidentRow, now: number): readonly Change[] {
  return before.parent !== undefined || isEnded(before) ? [] : [{ step: 'superseded', at: now, incident: after }];
}

/** Steps of one incident stay in their order, whatever the clocks of two components say. */
function inOrder(changes: readonly Change[]): readonly Change[] {
  let last = -Infinity;
  return changes.map((change) => {
    last = Math.max(last, change.at);
    return change.at === last ? change : { ...change, at: last };
  });
}

/**
 * Steps from one view to the next; from nothing to the first, what is open. Incidents that are part of a wider one are
 * left to it.
 */
export function changesBetween(previous: HealthView | undefined, next: HealthView): readonly Change[] {
  if (previous?.incidents === next.incidents) return [];
  const before = new Map(previous?.incidents.map((row) => [row.id, row]));
  const changes = next.incidents.flatMap((row): readonly Change[] => {
    const known = before.get(row.id);
    if (row === known) return [];
    if (row.parent !== undefined) return known === undefined ? [] : absorbed(known, row, next.now);
    if (known?.parent !== undefined) return isEnded(row) ? [] : [{ step: 'reopened', at: next.now, incident: row }];
    return known === undefined
      ? inOrder(firstSteps(row, previous === undefined, next.now))
      : inOrder(steps(known, row, next.now));
  });
  return changes.toSorted((a, b) => a.at - b.at);
}
