/** Builds the view; what did not change since the last one is the same object, so patches cost little. */
import type {
  ActionRow,
  ConnectionView,
  HealthView,
  IncidentRow,
  NodeRow,
  ProblemRow,
  RootCauseClass,
  ServiceRow,
  Totals,
  WorkloadRow,
} from './view.ts';
import type { Incident } from './incident.ts';
import type { World } from './world.ts';
import { compareWorkloads } from './patch.ts';
import type { Samples } from './statistics.ts';
import type { WorkloadIncidents } from './workloads.ts';
import { incidentRow, nodeRows, sortIncidents } from './rows.ts';
import { addSample, noSamples, recoveryOf } from './statistics.ts';
import { incidentsByWorkload, workloadRow } from './workloads.ts';
import { touch } from './incident.ts';
import { isListed } from '../listed.ts';
import { patternsOf, problemRows } from './problems.ts';
import { refKey } from './world.ts';
import { actionRows } from './actions.ts';
import { serviceRow } from './services.ts';

export interface ViewCache {
  view(now: number, connection: ConnectionView): HealthView;
}

export function createViewCache(world: World): ViewCache {
  const rows = new Map<string, WorkloadRow>();
  let workloads: WorkloadRow[] = [];
  /** Where a workload's row stands. */
  let places = new Map<string, number>();
  let incidents: readonly IncidentRow[] = [];
  let nodes: readonly NodeRow[] = [];
  const serviceRows = new Map<string, ServiceRow>();
  let services: readonly ServiceRow[] = [];
  let actions: readonly ActionRow[] = [];
  let stats = new Map<string, WorkloadIncidents>();
  let problems: readonly ProblemRow[] = [];
  let recovery: Totals['recovery'];
  let version = -1;

  function refreshWorkloads(now: number): void {
    const dirty = new Set(world.dirtyWorkloads);
    world.dirtyWorkloads.clear();
    if (version !== world.book.version) {
      const next = incidentsByWorkload(world);
      for (const key of [...stats.keys(), ...next.keys()])
        if (!sameStats(stats.get(key), next.get(key))) dirty.add(key);
      stats = next;
    }
    const changed = new Set<string>();
    const next = dirty.size === 0 ? workloads : workloads.slice();
    let moved = false;
    for (const key of dirty) {
      const row = workloadRow(world, key, stats.get(key), now);
      const before = rows.get(key);
      if (row === undefined) moved = rows.delete(key) || moved;
      else {
        if (isMoreOrLessReady(before, row)) changed.add(key);
        rows.set(key, row);
        const at = places.get(key);
        if (at === undefined) moved = true;
        else next[at] = row;
      }
    }
    touchIncidents(changed);
    workloads = next;
    if (!moved) return;
    const sorted = [...rows].sort(([, a], [, b]) => compareWorkloads(a, b));
    workloads = sorted.map(([, row]) => row);
    places = new Map(sorted.map(([key], index) => [key, index]));
  }

  function refreshServices(): void {
    if (world.dirtyServices.size === 0) return;
    for (const key of world.dirtyServices) {
      const row = serviceRow(world, key);
      if (row === undefined) serviceRows.delete(key);
      else serviceRows.set(key, row);
    }
    world.dirtyServices.clear();
    services = [...serviceRows.values()].sort(compareWorkloads);
  }

  /** The impact of an incident follows its workload's readiness. */
  function touchIncidents(changed: ReadonlySet<string>): void {
    if (changed.size === 0) return;
    for (const incident of world.book.open) if (changed.has(refKey(incident.workload))) touch(world.book, incident);
  }

  function impactOf(incident: Incident): number {
    if (incident.subject.kind === 'Service') return 1;
    if (incident.scope === 'node')
      return nodes.length === 0 ? 0 : nodes.filter((node) => !node.ready).length / nodes.length;
    const row = rows.get(refKey(incident.workload));
    return row === undefined || row.desired <= 0 ? 0 : Math.max(0, 1 - row.ready / row.desired);
  }

  function totals(): Totals {
    let [healing, needsHuman, recovered24h, restarts24h] = [0, 0, 0, 0];
    for (const incident of world.book.open) {
      // What is told with another one is not counted beside it: the numbers are those of the lists.
      if (!isListed(incident, incident.parent === undefined ? undefined : world.book.all.get(incident.parent)))
        continue;
      if (incident.needs !== undefined) needsHuman++;
      else healing++;
    }
    for (const incident of world.book.ended) if (incident.state === 'recovered') recovered24h++;
    for (const row of workloads) restarts24h += row.restarts24h;
    const pods = world.byResource.get('pods')?.size ?? 0;
    return {
      open: world.book.open.size,
      healing,
      needsHuman,
      recovered24h,
      restarts24h,
      pods,
      readyPods: world.readyPods,
      workloads: workloads.length,
      ...(recovery && { recovery }),
    };
  }

  return {
    view(now, connection) {
      if (world.dirtyNodes.size > 0) {
        world.dirtyNodes.clear();
        nodes = nodeRows(world);
      }
      refreshWorkloads(now);
      if (version !== world.book.version) {
        const patterns = patternsOf(world, now);
        incidents = sortIncidents(world, world.book.all.values(), impactOf).map(
          (ranked) => ranked.incident.row ?? incidentRow(world, ranked),
        );
        problems = problemRows(patterns);
        recovery = recoveryByClass(world);
        version = world.book.version;
      }
      actions = actionRows(world, actions, now);
      refreshServices();
      return { now, connection, totals: totals(), incidents, workloads, nodes, problems, services, actions };
    },
  };
}

function isMoreOrLessReady(before: WorkloadRow | undefined, after: WorkloadRow): boolean {
  return after.openIncidents > 0 && (before?.ready !== after.ready || before.desired !== after.desired);
}

/** Times of all incidents by the class of their root cause; undefined where there are none. */
function recoveryByClass(world: World): Totals['recovery'] {
  const samples = new Map<RootCauseClass, Samples>();
  for (const incident of world.book.all.values()) {
    const rootCause = incident.row?.rootCause ?? incident.rootCause;
    let found = samples.get(rootCause);
    if (found === undefined) samples.set(rootCause, (found = noSamples()));
    addSample(found, incident);
  }
  const rows = [...samples].map(([rootCause, entry]) => [rootCause, recoveryOf(entry)] as const);
  const telling = rows.filter(([, { recovered, open }]) => recovered + open > 0);
  return telling.length === 0 ? undefined : Object.fromEntries(telling.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sameStats(a: WorkloadIncidents | undefined, b: WorkloadIncidents | undefined): boolean {
  return (
    a?.open === b?.open &&
    a?.needs === b?.needs &&
    a?.oldestOpen === b?.oldestOpen &&
    sameNumbers(a?.ttrs, b?.ttrs) &&
    sameNumbers(a?.ttds, b?.ttds)
  );
}

function sameNumbers(a: readonly number[] = [], b: readonly number[] = []): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
