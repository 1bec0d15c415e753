/**
 * Pods that wait for their volumes. The kubelet starts nothing before every volume is attached and mounted, so a pod
 * with a node and without a started container may be waiting for one; events tell which, and why.
 */
import type { Incident } from './incident.ts';
import type { SlimAttachment, SlimClaim, SlimPod, SlimVolume } from './slim-types.ts';
import type { Verdict } from './cause.ts';
import type { VolumeNote } from './storage-state.ts';
import type { World } from './world.ts';
import { act } from './actions.ts';
import { adoptPodTrouble } from './rollouts.ts';
import { addTo, podOf, podWorkload, refOf, removeFrom } from './world.ts';
import { classify } from './catalogue.ts';
import { amend, endIncident, isOpen, reach, touch, withdraw } from './incident.ts';
import { evidence, openIncident, relabel } from './faults.ts';
import { firstStart, nameKey } from './storage-state.ts';
import { isActive } from './facts.ts';
import { needs } from './needs.ts';

/** A mount that failed may work at the next attempt; only one that goes on failing is a fault (milliseconds). */
const hiccup = 30_000;
/** Without events, a volume that hangs elsewhere counts after this time (milliseconds). */
const quietWait = 60_000;
/** A volume for many nodes hangs on as many (attachments). */
const toldAttachments = 3;
/** The attach/detach controller takes a volume from a dead node by force after six minutes (milliseconds). */
const stuckAttach = 360_000;

/** Keeps count of who uses which claim and who waits; looks at the pod anew. */
export function trackVolumes(world: World, pod: SlimPod, now: number): void {
  const { storage } = world;
  for (const { claim } of pod.claims ?? []) addTo(storage.users, `${pod.namespace ?? ''}/${claim}`, pod.uid);
  nameClaims(world, pod);
  const waits = pod.phase === 'Pending' && isActive(pod) && pod.node !== undefined && firstStart(pod) === undefined;
  if (waits) storage.waiting.add(pod.uid);
  else if (!storage.waiting.delete(pod.uid)) return;
  assessVolumes(world, pod, now);
}

/** Says which of a pod's claims keep it from getting a node. */
export function nameClaims(world: World, pod: SlimPod): void {
  for (const incident of world.book.byUid.get(pod.uid) ?? []) {
    if (!isOpen(incident) || incident.cause !== 'unschedulable/volume') continue;
    for (const { volume } of pod.claims ?? []) {
      const claim = claimOf(world, pod, volume);
      if (claim === undefined || claim.phase === 'Bound') continue;
      amend(world.book, incident, () => evidence(incident, refOf(claim), 'status.phase', claim.phase, claim.created));
    }
  }
}

/** The pod is gone. */
export function dropVolumes(world: World, pod: SlimPod, now: number): void {
  for (const { claim } of pod.claims ?? []) removeFrom(world.storage.users, `${pod.namespace ?? ''}/${claim}`, pod.uid);
  world.storage.waiting.delete(pod.uid);
  world.storage.pods.delete(pod.uid);
  const incident = incidentOf(world, pod);
  if (incident !== undefined) endIncident(world.book, incident, 'planned', now, { id: 'ending.planned' });
}

function incidentOf(world: World, pod: SlimPod): Incident | undefined {
  return [...(world.book.byUid.get(pod.uid) ?? [])].find(
    (incident) => isOpen(incident) && /^volume-(?:attach|mount)/.test(incident.cause),
  );
}

/** The claim behind a volume's name, be it the pod's own name for it or that of the PersistentVolume. */
function claimOf(world: World, pod: SlimPod, volume: string): SlimClaim | undefined {
  const claims = (pod.claims ?? []).flatMap(({ volume: name, claim }) => {
    const found = world.objects.get(
      world.storage.names.get(nameKey('persistentvolumeclaims', pod.namespace, claim)) ?? '',
    );
    return found?.resource === 'persistentvolumeclaims' ? [{ name, found }] : [];
  });
  return (claims.find(({ name }) => name === volume) ?? claims.find(({ found }) => found.volume === volume))?.found;
}

/** What to call a volume: its claim where there is one. */
function volumeName(world: World, pod: SlimPod, volume: string): string {
  const own = pod.claims?.find((entry) => entry.volume === volume)?.claim;
  const byObject = world.objects.get(world.storage.names.get(nameKey('persistentvolumes', undefined, volume)) ?? '');
  const bound = byObject?.resource === 'persistentvolumes' ? (byObject satisfies SlimVolume).claim?.name : undefined;
  return own ?? claimOf(world, pod, volume)?.name ?? bound ?? volume;
}

function attachmentsOf(world: World, volume: string | undefined): SlimAttachment[] {
  if (volume === undefined || volume === '') return [];
  return [...(world.byResource.get('volumeattachments') ?? [])].flatMap((uid) => {
    const found = world.objects.get(uid);
    return found?.resource === 'volumeattachments' && found.volume === volume ? [found] : [];
  });
}

interface Wait {
  readonly verdict: Verdict;
  readonly kind: 'attach' | 'mount';
  readonly volume: string;
  readonly since: number;
}

/** What the pod waits for, as far as events and attachments tell. */
function waitOf(world: World, pod: SlimPod, now: number): Wait | undefined {
  const notes = world.storage.pods.get(pod.uid) ?? [];
  const attached = (note: VolumeNote): boolean =>
    notes.some((other) => other.kind === 'attached' && other.volume === note.volume && other.last >= note.last);
  const failed = notes.filter((note) => note.kind === 'attach' && !attached(note));
  const [attach] = failed.sort((a, b) => a.first - b.first);
  if (attach !== undefined) return attachWait(world, pod, attach.volume, attach.text, attach.first);
  const mounts = notes.filter((note) => note.kind === 'mount').sort((a, b) => a.first - b.first);
  for (const note of mounts) {
    const verdict = classify({ about: 'mount', pod, volume: volumeName(world, pod, note.volume), text: note.text });
    const sure = verdict?.rootCause === 'configuration' || now - note.first >= hiccup;
    if (verdict !== undefined && sure) return { verdict, kind: 'mount', volume: note.volume, since: note.first };
  }
  return mounts.length > 0 ? undefined : silentWait(world, pod, now);
}

function attachWait(world: World, pod: SlimPod, volume: string, text: string, since: number): Wait | undefined {
  const heldBy = attachmentsOf(world, volume).find((entry) => entry.node !== pod.node && entry.attached)?.node;
  const name = volumeName(world, pod, volume);
  const verdict = classify({ about: 'attach', pod, volume: name, text, ...(heldBy !== undefined && { heldBy }) });
  return verdict === undefined ? undefined : { verdict, kind: 'attach', volume, since };
}

/** Events may be out of sight; attachments tell by themselves where a volume hangs. */
function silentWait(world: World, pod: SlimPod, now: number): Wait | undefined {
  const since = pod.scheduled?.at;
  if (since === undefined || now - since < quietWait) return undefined;
  for (const { volume } of pod.claims ?? []) {
    const claim = claimOf(world, pod, volume);
    const attachments = attachmentsOf(world, claim?.volume);
    const here = attachments.find((entry) => entry.node === pod.node);
    const elsewhere = attachments.find((entry) => entry.node !== pod.node && entry.attached);
    const single = claim?.modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod') === true;
    const error = here?.attachError?.message;
    if (here?.attached === true || (error === undefined && !(single && elsewhere !== undefined))) continue;
    return attachWait(world, pod, claim?.volume ?? volume, error ?? 'Multi-Attach', since);
  }
  return undefined;
}

/** Looks at a pod's volumes anew: called whenever the pod, a note about it or an attachment changed, and as time passes. */
export function assessVolumes(world: World, pod: SlimPod, now: number): void {
  const incident = incidentOf(world, pod);
  const replaced = world.replacing.get(pod.uid);
  const slot = replaced !== undefined && isOpen(replaced) ? replaced : undefined;
  const started = firstStart(pod);
  if (started !== undefined || isBeyond(pod)) {
    finish(world, pod, incident, started ?? now, now);
    return;
  }
  if (!isActive(pod)) return;
  const wait = waitOf(world, pod, now);
  if (wait === undefined) {
    for (const target of [incident, slot]) if (target !== undefined) follow(world, target, pod);
    return;
  }
  if (slot !== undefined && wait.kind === 'attach') {
    // The lost pod's place is still being filled: its volume is what that waits for.
    if (incident !== undefined) withdraw(world.book, incident);
    mark(world, slot, pod, wait, now);
    return;
  }
  if (incident !== undefined && incident.cause !== wait.verdict.cause) relabel(world, incident, wait.verdict);
  mark(world, incident ?? open(world, pod, wait, now), pod, wait, now);
}

/** The kubelet pulls images and makes containers only when all volumes are there. */
function isBeyond(pod: SlimPod): boolean {
  return pod.containers.some(
    ({ waiting }) => waiting !== undefined && !/^(?:ContainerCreating|PodInitializing)$/.test(waiting.reason),
  );
}

function open(world: World, pod: SlimPod, wait: Wait, now: number): Incident {
  const incident = openIncident(
    world,
    {
      id: `${pod.uid}/volume:${wait.volume}`,
      scope: 'pod',
      verdict: wait.verdict,
      actor: wait.kind === 'attach' ? 'attach-detach' : 'kubelet',
      subject: refOf(pod),
      uid: pod.uid,
      workload: podWorkload(world, pod),
      node: pod.node,
      controller: pod.owner?.uid,
    },
    { id: `${pod.uid}/volume:${wait.volume}`, at: wait.since, detected: wait.since },
  );
  adoptPodTrouble(world, incident, pod, now);
  incident.state = 'healing';
  return incident;
}

function mark(world: World, target: Incident, pod: SlimPod, wait: Wait, now: number): void {
  const note = (world.storage.pods.get(pod.uid) ?? []).find(
    (entry) => entry.kind === wait.kind && entry.volume === wait.volume,
  );
  const field = wait.kind === 'attach' ? 'events[FailedAttachVolume]' : 'events[FailedMount]';
  amend(world.book, target, () => {
    if (note !== undefined) evidence(target, refOf(pod), field, note.text.slice(0, 300), note.first, 'event');
    if (wait.kind !== 'attach') return;
    reach(target, 'attachWait', wait.since);
    const attachments = attachmentsOf(world, wait.volume);
    const elsewhere = attachments.filter((entry) => entry.node !== pod.node).slice(0, toldAttachments);
    for (const entry of elsewhere) tellElsewhere(target, entry);
    for (const entry of attachments) if (entry.node === pod.node) tellHere(target, entry);
  });
  if (wait.kind !== 'attach' || target.scope !== 'slot' || now - wait.since < stuckAttach) return;
  const data = { minutes: stuckAttach / 60_000 };
  needs(world, target, { id: 'needs.volume-stuck', data }, wait.since + stuckAttach);
}

function tellHere(target: Incident, entry: SlimAttachment): void {
  reach(target, 'acting', entry.created);
  const error = entry.attachError;
  if (error !== undefined) evidence(target, refOf(entry), 'status.attachError', error.message, error.at);
}

function tellElsewhere(target: Incident, entry: SlimAttachment): void {
  const [ref, error] = [refOf(entry), entry.detachError];
  if (error !== undefined) evidence(target, ref, 'status.detachError', error.message, error.at);
  if (!entry.attached) return;
  const leaving = entry.deleted === undefined ? '' : ', being detached';
  evidence(target, ref, 'status.attached', `attached to ${entry.node}${leaving}`, entry.deleted ?? entry.created);
}

/** Phases of a volume that came after all. */
function follow(world: World, target: Incident, pod: SlimPod): void {
  if (target.phases.attachWait === undefined) return;
  const at = (world.storage.pods.get(pod.uid) ?? []).flatMap((note) => (note.kind === 'attached' ? [note.last] : []));
  if (at.length === 0 || target.phases.attached !== undefined) return;
  reach(target, 'attached', Math.max(...at));
  touch(world.book, target);
}

/** The pod is past its volumes; called again when an event tells late when one was attached. */
function finish(world: World, pod: SlimPod, incident: Incident | undefined, at: number, now: number): void {
  const slot = world.replacing.get(pod.uid);
  for (const target of [...(world.book.byUid.get(pod.uid) ?? []), ...(slot === undefined ? [] : [slot])]) {
    const since = target.phases.attachWait;
    if (since === undefined) continue;
    follow(world, target, pod);
    const until = target.phases.attached ?? at;
    const seconds = Math.max(0, Math.round((until - since) / 1000));
    act(world, {
      id: `${pod.uid}/attached`,
      at: until,
      actor: 'attach-detach',
      subject: refOf(pod),
      summary: { id: 'action.volume-attached', data: { pod: pod.name, node: pod.node ?? '', seconds } },
    });
  }
  if (incident === undefined) return;
  incident.phases.restoring = at;
  incident.phases.recovered = at;
  endIncident(world.book, incident, 'recovered', now, { id: 'ending.started' });
}

/** Time passes for those who wait. */
export function checkVolumes(world: World, now: number): void {
  for (const uid of world.storage.waiting) {
    const pod = podOf(world, uid);
    if (pod !== undefined) assessVolumes(world, pod, now);
  }
}

/**
 * An attachment came, changed or went: those who wait for its volume may learn from it.
 * @param gone the volume has left the node
 */
export function onAttachment(world: World, attachment: SlimAttachment, gone: boolean, now: number): void {
  for (const uid of world.storage.waiting) {
    const pod = podOf(world, uid);
    const wanted = pod?.claims?.some(({ volume }) => claimOf(world, pod, volume)?.volume === attachment.volume);
    if (pod === undefined || wanted !== true) continue;
    if (gone && attachment.node !== pod.node) {
      const data = { volume: attachment.volume ?? '', node: attachment.node, pod: pod.name };
      act(world, {
        id: `${attachment.uid}/detached`,
        at: now,
        actor: 'attach-detach',
        subject: refOf(attachment),
        summary: { id: 'action.volume-detached', data },
      });
    }
    assessVolumes(world, pod, now);
  }
}
