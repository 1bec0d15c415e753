/** Endpoints: when a pod stopped getting traffic, and when it got it again. */
import type { Incident } from './incident.ts';
import type { ObjectRef } from './view.ts';
import type { SlimEndpointSlice } from './slim-types.ts';
import type { World } from './world.ts';
import { addTo, removeFrom } from './world.ts';
import { evidence } from './faults.ts';
import { onSlice, serviceKey } from './services.ts';
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
  const namespace = (next ?? previous)?.namespace;
  const name = (next ?? previous)?.service;
  const service = name === undefined ? undefined : serviceRef(namespace, name);
  const before = new Map(previous?.endpoints.map((entry) => [entry.podUid, entry.ready]));
  for (const { podUid, ready } of next?.endpoints ?? []) {
    addTo(world.slicesOf, podUid, slice);
    const was = before.get(podUid);
    before.delete(podUid);
    if (was === true && !ready) removed(world, podUid, service, now);
    if (was !== true && ready) returned(world, podUid, service, now);
  }
  for (const [podUid, ready] of before) {
    removeFrom(world.slicesOf, podUid, slice);
    if (ready) removed(world, podUid, service, now);
  }
  if (previous?.service !== undefined && previous.service !== name)
    onSlice(world, previous.namespace, previous.service, slice, false, now);
  if (name !== undefined) onSlice(world, namespace, name, slice, next !== undefined, now);
}

function serviceRef(namespace: string | undefined, name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Service', ...(namespace !== undefined && { namespace }), name };
}

/** Tells once that a Service left a pod out, and when it last took it back. */
function tell(incident: Incident, service: ObjectRef | undefined, value: 'removed' | 'returned', now: number): void {
  if (service === undefined) return;
  const known = incident.evidence.findIndex(
    (entry) => entry.field === 'endpoints' && entry.value === value && entry.object.name === service.name,
  );
  if (known >= 0 && value === 'removed') return;
  if (known >= 0) incident.evidence.splice(known, 1);
  evidence(incident, service, 'endpoints', value, now);
}

function removed(world: World, podUid: string, service: ObjectRef | undefined, now: number): void {
  for (const incident of world.book.byUid.get(podUid) ?? []) {
    if (!isOpen(incident)) continue;
    reach(incident, 'endpointRemoved', now);
    tell(incident, service, 'removed', now);
    // All that can be done for a pod that is not ready is to send it no more traffic.
    if (incident.cause.startsWith('readiness-lost/')) reach(incident, 'acting', now);
    touch(world.book, incident);
  }
}

function returned(world: World, podUid: string, service: ObjectRef | undefined, now: number): void {
  const replaced = world.replacing.get(podUid);
  for (const incident of [...(world.book.byUid.get(podUid) ?? []), ...(replaced === undefined ? [] : [replaced])]) {
    if (incident.endedAt !== undefined && now - incident.endedAt > afterglow) continue;
    if (incident.scope === 'slot' && incident.uid === podUid) continue;
    incident.phases.endpointReturned = now;
    tell(incident, service, 'returned', now);
    touch(world.book, incident);
  }
}

/** True when a Service that the pod is, or was, part of has nobody left to answer. */
export function hasDeadService(world: World, podUid: string): boolean {
  for (const uid of world.slicesOf.get(podUid) ?? []) {
    const slice = world.objects.get(uid);
    if (slice?.resource !== 'endpointslices') continue;
    // A Service may have several slices: only all of them together say that nobody is left.
    const service = world.services.get(serviceKey(slice.namespace, slice.service ?? ''));
    if (service?.ready === 0) return true;
  }
  return false;
}
