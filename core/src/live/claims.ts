/** Claims that get no volume, claims that lost theirs, and volumes that failed. */
import type { Incident, Occurrence } from './incident.ts';
import type { SlimClaim, SlimEvent, SlimPod, SlimStorageClass, SlimVolume } from './slim-types.ts';
import type { ClaimFault, Verdict } from './cause.ts';
import type { ObjectRef } from './view.ts';
import type { World } from './world.ts';
import { classify } from './catalogue.ts';
import { amend, endIncident, isOpen, setParent, touch } from './incident.ts';
import { evidence, openIncident, relabel } from './faults.ts';
import { assessVolumes, nameClaims } from './pod-volumes.ts';
import { nameKey, takeStorageNote } from './storage-state.ts';
import { podOf, podWorkload, refKey, refOf } from './world.ts';

/** Objects that belong together arrive one after another: what is missing may be on its way (milliseconds). */
const settling = 10_000;
/** Volumes of clouds take this long without anything being wrong (milliseconds). */
const provisioning = 60_000;

function incidentOf(world: World, uid: string): Incident | undefined {
  return [...(world.book.byUid.get(uid) ?? [])].find(isOpen);
}

function classOf(world: World, claim: SlimClaim): SlimStorageClass | 'missing' | undefined {
  const classes = world.byResource.get('storageclasses') ?? new Set<string>();
  for (const uid of classes) {
    const found = world.objects.get(uid);
    if (found?.resource !== 'storageclasses') continue;
    if (claim.storageClass === undefined ? found.isDefault : found.name === claim.storageClass) return found;
  }
  return claim.storageClass === undefined || claim.storageClass === '' ? undefined : 'missing';
}

/** Pods that use a claim, in a fixed order. */
function usersOf(world: World, claim: SlimClaim): SlimPod[] {
  const uids = [...(world.storage.users.get(`${claim.namespace ?? ''}/${claim.name}`) ?? [])].sort();
  return uids.flatMap((uid) => podOf(world, uid) ?? []);
}

function verdictOf(world: World, claim: SlimClaim, open: boolean, now: number): Verdict | undefined {
  const note = world.storage.claims.get(claim.uid);
  const storageClass = classOf(world, claim);
  const old = claim.created === undefined || now - claim.created >= settling;
  const failed = note?.failed;
  const asked = note?.asked;
  const stale = asked !== undefined && failed !== undefined && asked.first > failed.last;
  const lost = claim.phase === 'Lost';
  // A class that was made later answers an older complaint that there is none.
  const complaint =
    failed !== undefined &&
    !stale &&
    (storageClass === 'missing' || !/^storageclass\S* "[^"]*" not found$/.test(failed.text));
  if (!lost && !old && failed === undefined) return undefined;
  const fault: ClaimFault = {
    about: 'claim',
    claim,
    storageClass,
    ...(complaint && { provisioning: failed.text }),
    silent: asked !== undefined && (open || now - asked.first >= provisioning),
  };
  // Where classes cannot be read, only an event can tell that one is missing.
  const blind = storageClass === 'missing' && failed === undefined && !world.byResource.has('storageclasses');
  return blind && !lost ? undefined : classify(fault);
}

/** Looks at a claim anew: called when it, its class, its pods or what is said about it changed, and as time passes. */
export function assessClaim(world: World, claim: SlimClaim, now: number): void {
  const { storage } = world;
  for (const pod of usersOf(world, claim)) nameClaims(world, pod);
  const incident = incidentOf(world, claim.uid);
  if (claim.phase === 'Bound') {
    storage.unbound.delete(claim.uid);
    if (incident !== undefined) resolve(world, incident, claim, now);
    return;
  }
  storage.unbound.add(claim.uid);
  const verdict = verdictOf(world, claim, incident !== undefined, now);
  if (verdict === undefined) return;
  if (incident !== undefined && incident.cause !== verdict.cause) relabel(world, incident, verdict);
  const target = incident ?? open(world, claim, verdict);
  const { failed, asked } = storage.claims.get(claim.uid) ?? {};
  const ref = refOf(claim);
  amend(world.book, target, () => {
    if (failed !== undefined)
      evidence(target, ref, 'events[ProvisioningFailed]', failed.text.slice(0, 300), failed.first, 'event');
    if (asked !== undefined)
      evidence(target, ref, 'events[ExternalProvisioning]', asked.provisioner, asked.first, 'event');
  });
  adopt(world, target, claim);
}

function open(world: World, claim: SlimClaim, verdict: Verdict): Incident {
  const note = world.storage.claims.get(claim.uid);
  const made = claim.created ?? note?.failed?.first ?? note?.asked?.first ?? 0;
  // A claim that was fine until its provisioner failed is at fault from then on.
  const waited = verdict.cause === 'volume-pending/provisioner' ? note?.asked : note?.failed;
  const born = verdict.cause === 'volume-pending/class-missing' || verdict.cause === 'volume-pending/no-class';
  const at = born ? made : (waited?.first ?? made);
  const occurrence: Occurrence = { id: `${claim.uid}/pending`, at, detected: at };
  const incident = openObject(world, refOf(claim), claim.uid, verdict, occurrence);
  evidence(incident, refOf(claim), 'status.phase', claim.phase, made);
  return incident;
}

function openObject(world: World, ref: ObjectRef, uid: string, verdict: Verdict, occurrence: Occurrence): Incident {
  const again = world.book.all.has(occurrence.id) ? `/${occurrence.at}` : '';
  const incident = openIncident(
    world,
    {
      id: `${occurrence.id}${again}`,
      scope: 'object',
      verdict,
      actor: 'pv-controller',
      subject: ref,
      uid,
      workload: ref,
    },
    occurrence,
  );
  incident.state = 'detected';
  return incident;
}

/** Who cannot start for want of the volume belongs to the claim's incident, and the incident to what they belong to. */
function adopt(world: World, incident: Incident, claim: SlimClaim): void {
  const users = usersOf(world, claim);
  const [first] = users;
  const workload = first === undefined ? refOf(claim) : podWorkload(world, first);
  if (refKey(incident.workload) !== refKey(workload)) {
    world.dirtyWorkloads.add(refKey(incident.workload)).add(refKey(workload));
    incident.workload = workload;
    touch(world.book, incident);
  }
  for (const pod of users) {
    for (const child of world.book.byUid.get(pod.uid) ?? []) {
      const waits = child.cause === 'unschedulable/volume' || child.cause.startsWith('volume-');
      if (isOpen(child) && waits && child.parent === undefined) setParent(world.book, child, incident);
    }
  }
}

function resolve(world: World, incident: Incident, claim: SlimClaim, now: number): void {
  const volume = world.objects.get(
    world.storage.names.get(nameKey('persistentvolumes', undefined, claim.volume ?? '')) ?? '',
  );
  const since = volume?.resource === 'persistentvolumes' && volume.phase === 'Bound' ? volume.since : undefined;
  incident.phases.recovered = since ?? now;
  endIncident(world.book, incident, 'recovered', now, { id: 'ending.bound' });
}

/** Takes an event about volumes and looks at those it speaks of. */
export function onStorageEvent(world: World, event: SlimEvent, now: number): void {
  const about = takeStorageNote(world.storage, event);
  const object = about === undefined ? undefined : world.objects.get(event.involved.uid ?? '');
  if (object?.resource === 'pods') assessVolumes(world, object, now);
  else if (object?.resource === 'persistentvolumeclaims') assessClaim(world, object, now);
}

/** A volume changed: one that failed needs a person, and its data may be lost. */
export function onVolume(world: World, volume: SlimVolume, now: number): void {
  const incident = incidentOf(world, volume.uid);
  if (volume.phase !== 'Failed') {
    if (incident === undefined) return;
    incident.phases.recovered = volume.since ?? now;
    endIncident(world.book, incident, 'recovered', now, { id: 'ending.bound' });
    return;
  }
  const verdict = classify({ about: 'volume', volume });
  if (verdict === undefined || incident !== undefined) return;
  const at = volume.since ?? now;
  const opened = openObject(world, refOf(volume), volume.uid, verdict, {
    id: `${volume.uid}/failed`,
    at,
    detected: at,
  });
  evidence(opened, refOf(volume), 'status.phase', `Failed: ${volume.message ?? volume.reason ?? ''}`, at);
}

/** A claim or a volume is gone, and with it what was wrong with it. */
export function onStorageGone(world: World, uid: string, now: number): void {
  world.storage.unbound.delete(uid);
  world.storage.claims.delete(uid);
  const incident = incidentOf(world, uid);
  if (incident !== undefined) endIncident(world.book, incident, 'planned', now, { id: 'ending.removed' });
}

/** Looks at every claim that is not bound: time has passed, or classes have changed. */
export function checkClaims(world: World, now: number): void {
  for (const uid of world.storage.unbound) {
    const claim = world.objects.get(uid);
    if (claim?.resource === 'persistentvolumeclaims') assessClaim(world, claim, now);
  }
}
