/** Times in which nobody watched: what changed meanwhile is taken from what objects say of themselves, never from now. */
import type { Incident } from './incident.ts';
import type { World } from './world.ts';
import { endIncident, isOpen } from './incident.ts';
import { isActive } from './facts.ts';
import { podOf, refKey } from './world.ts';

/** What is known may be out of date from here on, each object until it is seen again. */
export function startGap(world: World): void {
  for (const uid of world.objects.keys()) world.unwatched.add(uid);
}

/** Ends an incident of which nobody saw how it went on. */
export function endUnwatched(world: World, incident: Incident, now: number): void {
  endIncident(world.book, incident, 'superseded', now, { id: 'ending.unwatched' });
  world.controllers.get(incident.controller ?? '')?.slots.delete(incident);
  world.dirtyWorkloads.add(refKey(incident.workload));
}

/** The first list since a gap has been taken: its objects are up to date, and places that were filled meanwhile are closed. */
export function endGap(world: World, resource: string, now: number): void {
  for (const uid of world.byResource.get(resource) ?? []) world.unwatched.delete(uid);
  if (resource !== 'pods') return;
  for (const incident of world.book.open)
    if (incident.scope === 'slot' && isFilled(world, incident)) endUnwatched(world, incident, now);
}

/** A pod took the place, but which one and when, nobody saw. */
function isFilled(world: World, slot: Incident): boolean {
  const replacement = slot.replacement?.ref.uid;
  const controller = world.controllers.get(slot.controller ?? '');
  if (!isOpen(slot) || controller === undefined) return false;
  if (replacement !== undefined && world.objects.has(replacement)) return false;
  const active = [...controller.pods].filter((uid) => {
    const pod = podOf(world, uid);
    return pod !== undefined && isActive(pod);
  });
  return active.length > 0 && active.length >= (controller.object?.desired ?? Infinity);
}
