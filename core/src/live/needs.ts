/** When a person is needed. A flag beside the state: what needs a person may still heal alone. */
import type { Incident } from './incident.ts';
import type { Message } from './view.ts';
import type { World } from './world.ts';
import { isOpen, touch } from './incident.ts';
import { marksOf } from './notes.ts';
import { podController, podOf, refKey } from './world.ts';

/** Raises the flag; the first reason and its time stay. */
export function needs(world: World, incident: Incident, reason: Message, since: number): void {
  if (incident.needs !== undefined || !isOpen(incident)) return;
  incident.needs = { reason, since };
  touch(world.book, incident);
  world.dirtyWorkloads.add(refKey(incident.workload));
}

const minute = 60_000;

/** Seconds after which each kind of trouble no longer passes for a hiccup, by cause or trigger. */
const patience: readonly (readonly [prefix: string, after: number, id: string])[] = [
  ['create-container/', minute, 'needs.cannot-create'],
  ['container-exit/start-error', minute, 'needs.cannot-create'],
  ['container-exit/wrong-platform', minute, 'needs.cannot-create'],
  ['image-pull/never', minute, 'needs.cannot-create'],
  ['image-pull/invalid-name', minute, 'needs.cannot-create'],
  ['image-pull/signature', minute, 'needs.cannot-create'],
  ['image-pull/network', 10 * minute, 'needs.cannot-pull'],
  ['image-pull/rate-limit', 10 * minute, 'needs.cannot-pull'],
  ['image-pull/', 5 * minute, 'needs.cannot-pull'],
  ['sandbox-failed/', 10 * minute, 'needs.cannot-start'],
  ['failed-create/', minute, 'needs.not-created'],
  ['statefulset-blocked/', 10 * minute, 'needs.blocked-order'],
  ['eviction-blocked/', 5 * minute, 'needs.drain-blocked'],
  ['node-not-ready/', 10 * minute, 'needs.node-down'],
  ['readiness-lost/', 10 * minute, 'needs.stays-unready'],
  // A volume is taken from a dead node by force after six minutes: longer means that this did not help.
  ['volume-attach-failed/', 6 * minute, 'needs.volume-stuck'],
  ['volume-mount/config-missing', minute, 'needs.cannot-mount'],
  ['volume-mount/', 6 * minute, 'needs.cannot-mount'],
  ['volume-pending/', 5 * minute, 'needs.claim-pending'],
  ['volume-lost/', 0, 'needs.volume-lost'],
  ['service-down/', 5 * minute, 'needs.service-down'],
  ['autoscaler-stuck/', 5 * minute, 'needs.autoscaler-stuck'],
  ['autoscaler-limited/', 15 * minute, 'needs.autoscaler-limited'],
];

/** A pod that is asked to go must be gone this long after its grace period (milliseconds). */
export const stuckAfter = minute;
/** The same, when its node is lost and its kubelet cannot confirm. */
export const stuckOnLostNode = 5 * minute;
/** A pod finds a node within this time, or nobody makes one (milliseconds). */
const notScheduled = 5 * minute;

/** Thresholds that are reached by waiting. */
export function checkNeeds(world: World, incident: Incident, now: number): void {
  if (incident.needs !== undefined || incident.state === 'verifying') return;
  // A container that fails to start again and again has failed to start since the first time.
  const again = incident.scope === 'node' || incident.scope === 'object';
  const first = again || incident.cause.startsWith('readiness-lost/') ? -1 : 0;
  const begun = incident.occurrences.at(first)?.detected ?? now;
  const rule = patience.find(([prefix]) => incident.cause.startsWith(prefix));
  if (rule !== undefined && now - begun >= rule[1]) {
    needs(world, incident, { id: rule[2], data: { minutes: Math.round(rule[1] / minute) } }, begun + rule[1]);
  }
  if (incident.scope === 'slot') checkSlot(world, incident, now);
  if (incident.scope === 'pod') checkUnschedulable(world, incident, now);
  if (incident.scope === 'container') checkNoRestart(world, incident);
}

/** Without a node and without anyone who makes one. */
function checkUnschedulable(world: World, incident: Incident, now: number): void {
  if (!incident.cause.startsWith('unschedulable/')) return;
  const since = incident.phases.fault ?? now;
  const [refusal] = marksOf(world.notes, incident.uid, 'no-scale-up', since);
  if (incident.phases.acting !== undefined) return;
  if (refusal !== undefined)
    needs(world, incident, { id: 'needs.no-scale-up', data: { detail: refusal.text.slice(0, 200) } }, refusal.at);
  else if (now - since >= notScheduled)
    needs(
      world,
      incident,
      { id: 'needs.not-scheduled', data: { minutes: notScheduled / minute } },
      since + notScheduled,
    );
}

/** A pod of nobody that failed and is not to be started again; a Job makes another. */
function checkNoRestart(world: World, incident: Incident): void {
  if (incident.actor !== 'none' || incident.occurrences.at(-1)?.termination === undefined) return;
  needs(world, incident, { id: 'needs.not-restarted', data: { policy: 'Never' } }, incident.phases.detected ?? 0);
}

function checkSlot(world: World, slot: Incident, now: number): void {
  const pod = podOf(world, slot.uid);
  if (pod?.deleted !== undefined && slot.replacement === undefined) {
    const due =
      slot.parent === undefined
        ? pod.deleted + stuckAfter
        : Math.max(pod.deleted + stuckAfter, (slot.phases.detected ?? now) + stuckOnLostNode);
    if (now >= due) needs(world, slot, { id: 'needs.stuck-terminating', data: { pod: pod.name } }, due);
  }
  if (slot.controller === undefined && (pod === undefined || podController(world, pod) === undefined)) {
    needs(world, slot, { id: 'needs.bare-pod', data: { pod: slot.subject.name } }, slot.phases.detected ?? now);
  }
}
