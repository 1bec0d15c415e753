/** When a person is needed. A flag beside the state: what needs a person may still heal alone. */
import type { Incident } from './incident.ts';
import type { Message } from './view.ts';
import type { World } from './world.ts';
import { isOpen, touch } from './incident.ts';
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
  ['image-pull/network', 10 * minute, 'needs.cannot-pull'],
  ['image-pull/rate-limit', 10 * minute, 'needs.cannot-pull'],
  ['image-pull/other', 5 * minute, 'needs.cannot-pull'],
  ['image-pull/', minute, 'needs.cannot-pull'],
  ['node-not-ready/', 10 * minute, 'needs.node-down'],
  ['readiness-lost/', 10 * minute, 'needs.stays-unready'],
];

/** A pod that is asked to go must be gone this long after its grace period (milliseconds). */
const stuckAfter = minute;
const stuckOnLostNode = 5 * minute;

/** Thresholds that are reached by waiting. */
export function checkNeeds(world: World, incident: Incident, now: number): void {
  if (incident.needs !== undefined || incident.state === 'verifying') return;
  const begun = incident.occurrences.at(-1)?.detected ?? now;
  const rule = patience.find(([prefix]) => incident.cause.startsWith(prefix));
  if (rule !== undefined && now - begun >= rule[1]) {
    needs(world, incident, { id: rule[2], data: { minutes: Math.round(rule[1] / minute) } }, begun + rule[1]);
  }
  if (incident.scope === 'slot') checkSlot(world, incident, now);
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
