/** Endpoints: when a pod stopped getting traffic, and when it got it again. */
import type { SlimEndpointSlice } from './slim-types.ts';
import type { World } from './world.ts';
import { addTo, removeFrom } from './world.ts';
import { onSlice } from './services.ts';
import { isOpen, reach, touch } from './incident.ts';

/** Endpoints return moments after readiness does, when the incident may have ended already (milliseconds). */
const afterglow = 60_000;

export function onEndpoints(
  world: World,
  previous: SlimEndpointSlice | undefined,
  next: SlimEndpointSlice | undefined,
  now: number,
): void {
  const slice = next?.uid ?? previous?.uid ?? '';
  const before = new Map(previous?.endpoints.map((entry) => [entry.podUid, entry.ready]));
  for (const { podUid, ready } of next?.endpoints ?? []) {
    addTo(world.slicesOf, podUid, slice);
    const was = before.get(podUid);
    before.delete(podUid);
    if (was === true && !ready) removed(world, podUid, now);
    if (was !== true && ready) returned(world, podUid, now);
  }
  for (const [podUid, ready] of before) {
    removeFrom(world.slicesOf, podUid, slice);
    if (ready) removed(world, podUid, now);
  }
  const { service: name } = next ?? previous ?? {};
  if (previous?.service !== undefined && previous.service !== name)
    onSlice(world, previous.namespace, previous.service, slice, false, now);
  if (name !== undefined) onSlice(world, (next ?? previous)?.namespace, name, slice, next !== undefined, now);
}

function removed(world: World, podUid: string, now: number): void {
  for (const incident of world.book.byUid.get(podUid) ?? []) {
    if (!isOpen(incident)) continue;
    reach(incident, 'endpointRemoved', now);
    // All that can be done for a pod that is not ready is to send it no more traffic.
    if (incident.cause.startsWith('readiness-lost/')) reach(incident, 'acting', now);
    touch(world.book, incident);
  }
}

function returned(world: World, podUid: string, now: number): void {
  const replaced = world.replacing.get(podUid);
  for (const incident of [...(world.book.byUid.get(podUid) ?? []), ...(replaced === undefined ? [] : [replaced])]) {
    if (incident.endedAt !== undefined && now - incident.endedAt > afterglow) continue;
    if (incident.scope === 'slot' && incident.uid === podUid) continue;
    incident.phases.endpointReturned = now;
    touch(world.book, incident);
  }
}

/** True when a Service that the pod is, or was, part of has nobody left to answer. */
export function hasDeadService(world: World, podUid: string): boolean {
  for (const uid of world.slicesOf.get(podUid) ?? []) {
    const slice = world.objects.get(uid);
    if (slice?.resource === 'endpointslices' && !slice.endpoints.some((entry) => entry.ready)) return true;
  }
  return false;
}
