/** Rows of workloads: pods ready and wanted, restarts that outlive the pods they happened in. */
import type { Controller, World } from './world.ts';
import type { ObjectRef, WorkloadRow } from './view.ts';
import type { Samples } from './statistics.ts';
import { addSample, noSamples, recoveryOf } from './statistics.ts';
import { isActive, isReady } from './facts.ts';
import { podOf, refKey, refOf, workloadOf } from './world.ts';

const day = 24 * 3600_000;

/** What the book says about a workload. */
export interface WorkloadIncidents extends Samples {
  needs: number;
}

/** Open incidents and times to recover by workload key. */
export function incidentsByWorkload(world: World): Map<string, WorkloadIncidents> {
  const result = new Map<string, WorkloadIncidents>();
  for (const incident of world.book.all.values()) {
    const key = refKey(incident.workload);
    let found = result.get(key);
    if (found === undefined) result.set(key, (found = { ...noSamples(), needs: 0 }));
    addSample(found, incident);
    if (incident.endedAt === undefined && incident.needs !== undefined) found.needs++;
  }
  return result;
}

interface Counts {
  ready: number;
  active: number;
  restarts: number;
  lastRestart: number;
  waitingSlots: number;
}

function count(world: World, controllers: Iterable<Controller>, now: number): Counts {
  const counts: Counts = { ready: 0, active: 0, restarts: 0, lastRestart: 0, waitingSlots: 0 };
  for (const controller of controllers) {
    for (const uid of controller.pods) {
      const pod = podOf(world, uid);
      if (pod === undefined || !isActive(pod)) continue;
      counts.active++;
      if (isReady(pod)) counts.ready++;
    }
    for (const at of controller.restarts) {
      if (now - at < day) counts.restarts++;
      counts.lastRestart = Math.max(counts.lastRestart, at);
    }
    for (const slot of controller.slots) if (slot.replacement === undefined) counts.waitingSlots++;
  }
  return counts;
}

/** Row of the workload with this key; undefined when nothing of it is left. */
export function workloadRow(
  world: World,
  key: string,
  incidents: WorkloadIncidents | undefined,
  now: number,
): WorkloadRow | undefined {
  const controllers = world.groups.get(key) ?? new Set<Controller>();
  const top = world.objects.get(world.tops.get(key) ?? '');
  const counts = count(world, controllers, now);
  const ref = top === undefined ? refOfGroup(controllers) : refOf(top);
  const empty = top === undefined && counts.active === 0 && counts.restarts === 0 && (incidents?.open ?? 0) === 0;
  if (ref === undefined || empty) return undefined;
  const known = top !== undefined && 'minReadySeconds' in top ? top : undefined;
  const wanted =
    known === undefined
      ? counts.active + counts.waitingSlots
      : known.finished !== undefined || known.suspended
        ? 0
        : known.desired;
  const recovery = incidents === undefined ? undefined : recoveryOf(incidents);
  return {
    ref,
    ready: counts.ready,
    desired: wanted,
    restarts24h: counts.restarts,
    openIncidents: incidents?.open ?? 0,
    state: stateOf(incidents, counts.ready, wanted),
    ...(recovery?.medianTtr !== undefined && { medianTtr: recovery.medianTtr }),
    ...(recovery !== undefined && recovery.recovered + recovery.open > 0 && { recovery }),
    ...(counts.lastRestart > 0 && { lastRestartAt: counts.lastRestart }),
  };
}

function stateOf(incidents: WorkloadIncidents | undefined, ready: number, wanted: number): WorkloadRow['state'] {
  if ((incidents?.needs ?? 0) > 0) return 'needs-human';
  if ((incidents?.open ?? 0) > 0 || ready < wanted) return 'healing';
  return wanted === 0 ? 'stopped' : 'healthy';
}

function refOfGroup(controllers: ReadonlySet<Controller>): ObjectRef | undefined {
  for (const controller of controllers) return workloadOf(controller);
  return undefined;
}

/** Records container starts of a controller's pods; 24 hours of them, 1,000 at most. */
export function recordRestarts(controller: Controller, by: number, at: number, now: number): void {
  for (let i = 0; i < Math.min(by, 1000); i++) controller.restarts.push(at);
  if (controller.restarts.length > 1000 || now - (controller.restarts[0] ?? now) > day) {
    controller.restarts = controller.restarts.filter((start) => now - start < day).slice(-1000);
  }
}
