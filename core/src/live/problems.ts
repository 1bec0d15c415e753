/** Problems: the same fault of the same container or workload again and again, over all its pods, within 24 hours. */
import type { Incident } from './incident.ts';
import type { ProblemRow } from './view.ts';
import type { World } from './world.ts';
import { compareProblems } from './patch.ts';
import { dropRow, isOpen } from './incident.ts';
import { median, timeToRecover } from './statistics.ts';
import { refKey } from './world.ts';

const day = 24 * 3600_000;
/** Nobody reads more patterns than this, nor more incidents of one. */
const rowLimit = 500;
const incidentLimit = 100;

/** Incidents of one pattern. */
export interface Pattern {
  readonly key: string;
  readonly incidents: Incident[];
  /** Faults within 24 hours. */
  count: number;
}

/** `kind/namespace/name | container | trigger | fingerprint`. */
function keyOf(incident: Incident): string {
  const [trigger] = incident.cause.split('/');
  const where = `${refKey(incident.workload)} | ${incident.container ?? ''}`;
  return (incident.pattern ??= `${where} | ${trigger ?? ''} | ${incident.fingerprint}`);
}

/** Faults within 24 hours; of an older incident those that are still remembered one by one. */
function recentFaults(incident: Incident, now: number): number {
  const [first] = incident.occurrences;
  if (first === undefined || now - first.at < day) return incident.count;
  return incident.occurrences.filter(({ at }) => now - at < day).length;
}

/** Groups all incidents by what they have in common, and tells each how often the others happened. */
export function patternsOf(world: World, now: number): Map<string, Pattern> {
  const patterns = new Map<string, Pattern>();
  for (const incident of world.book.all.values()) {
    if (incident.state === 'planned') continue;
    const key = keyOf(incident);
    let pattern = patterns.get(key);
    if (pattern === undefined) patterns.set(key, (pattern = { key, incidents: [], count: 0 }));
    pattern.incidents.push(incident);
    pattern.count += recentFaults(incident, now);
  }
  for (const { incidents, count } of patterns.values()) {
    for (const incident of incidents) {
      if (incident.recurrences === count - 1) continue;
      incident.recurrences = count - 1;
      dropRow(world.book, incident);
    }
  }
  return patterns;
}

/** Pods that had this fault: an occurrence of a container begins with the UID of its pod. */
function podsOf(incidents: readonly Incident[]): number {
  const pods = new Set<string>();
  for (const { scope, uid, occurrences } of incidents) {
    if (scope === 'container') for (const { id } of occurrences) pods.add(id.slice(0, id.indexOf('/')));
    else if (scope === 'pod' || scope === 'slot') pods.add(uid);
  }
  return pods.size;
}

function rowOf({ key, incidents, count }: Pattern): ProblemRow | undefined {
  const open = incidents.filter(isOpen);
  let [firstAt, lastAt, newestAt] = [Infinity, 0, 0];
  let newest: Incident | undefined;
  for (const incident of incidents) {
    for (const { at } of incident.occurrences) {
      firstAt = Math.min(firstAt, at);
      lastAt = Math.max(lastAt, at);
    }
    const at = incident.occurrences.at(-1)?.at ?? 0;
    if (at >= newestAt) [newest, newestAt] = [incident, at];
  }
  // A single fault that is over is no pattern.
  if (newest === undefined || (open.length === 0 && count < 2)) return undefined;
  const needs = open.flatMap((incident) => incident.needs ?? []).sort((a, b) => a.since - b.since)[0];
  const medianTtr = median(incidents.flatMap((incident) => timeToRecover(incident) ?? []));
  const priorities = (open.length > 0 ? open : [newest]).map((incident) => incident.row?.priority ?? 4);
  return {
    key,
    workload: newest.workload,
    ...(newest.container !== undefined && { container: newest.container }),
    cause: newest.cause,
    fingerprint: newest.fingerprint,
    count,
    pods: podsOf(incidents),
    incidents: incidents.slice(-incidentLimit).map(({ id }) => id),
    firstAt,
    lastAt,
    open: open.length > 0,
    priority: Math.min(...priorities) as ProblemRow['priority'],
    ...(needs && { needs: { ...needs } }),
    summary: newest.summary,
    ...(medianTtr !== undefined && { medianTtr }),
  };
}

/** Rows of problems: open ones first by urgency, then the newest. Call after the rows of the incidents are made. */
export function problemRows(patterns: ReadonlyMap<string, Pattern>): ProblemRow[] {
  const rows = [...patterns.values()].flatMap((pattern) => rowOf(pattern) ?? []);
  return rows.sort(compareProblems).slice(0, rowLimit);
}
