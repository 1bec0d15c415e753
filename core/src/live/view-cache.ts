/** Builds the view; what did not change since the last one is the same object, so patches cost little. */
import type {
  ActionRow,
  ConnectionView,
  HealthView,
  IncidentRow,
  NodeRow,
  ProblemRow,
  ServiceRow,
  Totals,
  WorkloadRow,
} from './view.ts';
import type { Incident } from './incident.ts';
import type { World } from './world.ts';
import { compareWorkloads } from './patch.ts';
import type { WorkloadIncidents } from './workloads.ts';
import { incidentRow, nodeRows, sortIncidents } from './rows.ts';
import { incidentsByWorkload, workloadRow } from './workloads.ts';
import { isOpen, touch } from './incident.ts';
import { refKey } from './world.ts';
import { actionRows } from './actions.ts';
import { serviceRow } from './services.ts';

export interface ViewCache {
  view(now: number, connection: ConnectionView): HealthView;
}

export function createViewCache(world: World): ViewCache {
  const rows = new Map<string, WorkloadRow>();
  let workloads: readonly WorkloadRow[] = [];
  let incidents: readonly IncidentRow[] = [];
  let nodes: readonly NodeRow[] = [];
  const serviceRows = new Map<string, ServiceRow>();
  let services: readonly ServiceRow[] = [];
  let actions: readonly ActionRow[] = [];
  let stats = new Map<string, WorkloadIncidents>();
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
    let changed = false;
    for (const key of dirty) {
      const row = workloadRow(world, key, stats.get(key), now);
      if (row === undefined) changed = rows.delete(key) || changed;
      else {
        touchIncidents(key, rows.get(key), row);
        rows.set(key, row);
        changed = true;
      }
    }
    if (changed) workloads = [...rows.values()].sort(compareWorkloads);
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
  function touchIncidents(key: string, before: WorkloadRow | undefined, after: WorkloadRow): void {
    if (after.openIncidents === 0 || (before?.ready === after.ready && before.desired === after.desired)) return;
    for (const incident of world.book.open) if (refKey(incident.workload) === key) touch(world.book, incident);
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
        incidents = sortIncidents(world, world.book.all.values(), impactOf).map((incident) =>
          incidentRow(world, incident, isOpen(incident) ? impactOf(incident) : 0),
        );
        version = world.book.version;
      }
      const problems: readonly ProblemRow[] = [];
      actions = actionRows(world, actions, now);
      refreshServices();
      return { now, connection, totals: totals(), incidents, workloads, nodes, problems, services, actions };
    },
  };
}

function sameStats(a: WorkloadIncidents | undefined, b: WorkloadIncidents | undefined): boolean {
  return (
    a?.open === b?.open &&
    a?.needs === b?.needs &&
    a?.ttrs.length === b?.ttrs.length &&
    (a?.ttrs ?? []).every((ttr, i) => ttr === b?.ttrs[i])
  );
}
