/** Slots: the place of a pod that left although it was wanted, until another pod has taken it. */
import type { Controller, Removal, World } from './world.ts';
import type { Incident } from './incident.ts';
import type { SlimPod } from './slim-types.ts';
import { addTo, nodeOf, podController, podOf, podWorkload, refKey, refOf, removeFrom } from './world.ts';
import { actorOf, openIncident } from './faults.ts';
import { classify } from './catalogue.ts';
import { childrenOf, endIncident, isOpen, reach, revive, setParent, touch, withdraw } from './incident.ts';
import { isActive } from './facts.ts';
import { marksOf } from './notes.ts';
import { tellLoss } from './losses.ts';
import { refreshCarried, refreshReplacement } from './progress.ts';
import { adoptByRefusal, foldIntoJob } from './workload-faults.ts';
import { adoptByKnownRollout, adoptByRollout, adoptPodTrouble } from './rollouts.ts';
import { removalKind } from './planned.ts';
import { settle } from './settle.ts';

const removalLimit = 100;
const birthLimit = 100;
/** How long a removal is judged anew when its controller says more (milliseconds). */
const openToDoubt = 120_000;
/** A replacement is created within this time, and at most so much before (clocks of two components, milliseconds). */
const pairWindow = 120_000;
const clockTolerance = 2000;
/** A pod that goes this soon after its node came back still belongs to the node's incident (milliseconds). */
const nodeAftermath = 60_000;

/**
 * A pod left or was told to leave.
 * @param since it was there then: earlier than `lostAt` where a list, and no message, tells that it is gone
 */
export function onRemoved(world: World, pod: SlimPod, lostAt: number, now: number, since = lostAt): void {
  const controller = podController(world, pod);
  // A pod that ended by itself was not taken away: its containers tell why.
  const ended = pod.phase === 'Failed' || pod.phase === 'Succeeded';
  if (ended && pod.deleted === undefined && pod.reason === undefined && pod.disruption === undefined) return;
  const removal: Removal = { pod, since, lostAt, seenAt: now, affected: [] };
  if (controller !== undefined) {
    controller.removals.push(removal);
    if (controller.removals.length > removalLimit) controller.removals.shift();
    controller.births = controller.births.filter((birth) => birth.uid !== pod.uid);
  }
  judge(world, controller, removal, now);
}

/** Something new is known about a controller: removals of the last two minutes are judged anew. */
export function rejudgeRemovals(world: World, controller: Controller, now: number): void {
  controller.removals = controller.removals.filter((removal) => now - removal.seenAt <= openToDoubt);
  for (const removal of controller.removals) judge(world, controller, removal, now);
}

function judge(world: World, controller: Controller | undefined, removal: Removal, now: number): void {
  const kind = removalKind(world, controller, removal);
  if (kind === removal.kind) return;
  if (removal.kind !== undefined) undo(world, controller, removal, now);
  removal.kind = kind;
  const own = [...(world.book.byUid.get(removal.pod.uid) ?? [])].filter(
    ({ scope, cause }) => scope === 'container' || (scope === 'pod' && !cause.startsWith('pod-stuck/')),
  );
  // Whoever takes a replacement away on purpose knows of the place that it was to take.
  const place = world.replacing.get(removal.pod.uid);
  if (kind !== 'unplanned' && place !== undefined) own.push(place);
  for (const incident of own) settle(world, incident, now);
  removal.affected = own.filter(isOpen);
  if (kind === 'unplanned') openSlot(world, controller, removal, now);
  for (const incident of removal.affected) {
    if (kind === 'rollout') carryOver(world, incident, removal, now);
    // A Job removes its pods before it says how it ended.
    else if (kind === 'planned' && controller?.ref.kind === 'Job') foldIntoJob(world, incident, now);
    else if (kind === 'planned') endIncident(world.book, incident, 'planned', now, { id: 'ending.planned' });
    else if (removal.slot !== undefined) {
      setParent(world.book, incident, removal.slot);
      endIncident(world.book, incident, 'superseded', now, { id: 'ending.wider-fault' });
    }
    world.dirtyWorkloads.add(refKey(incident.workload));
  }
}

function undo(world: World, controller: Controller | undefined, removal: Removal, now: number): void {
  for (const incident of removal.affected) {
    if (!isOpen(incident)) revive(world.book, incident);
    removeFrom(world.carried, refKey(incident.workload), incident);
    delete incident.carried;
  }
  const slot = removal.slot;
  delete removal.slot;
  if (slot === undefined || slot.uid !== removal.pod.uid) return;
  controller?.slots.delete(slot);
  const replacement = slot.replacement?.ref.uid;
  if (replacement !== undefined) {
    world.replacing.delete(replacement);
    const pod = podOf(world, replacement);
    if (pod !== undefined) controller?.births.push(pod);
  }
  const parts = childrenOf(world.book, slot).filter(({ uid }) => uid === replacement);
  withdraw(world.book, slot);
  const stays = replacement === undefined ? undefined : podOf(world, replacement);
  if (stays !== undefined) for (const part of parts) if (isOpen(part)) adoptByRollout(world, part, stays, now);
  world.dirtyWorkloads.add(refKey(slot.workload));
}

/** A person's new revision takes the pod's place: the incident stays with the workload until the new pods are stable. */
function carryOver(world: World, incident: Incident, removal: Removal, now: number): void {
  const { pod } = removal;
  incident.carried = { revision: pod.revision, since: removal.lostAt };
  addTo(world.carried, refKey(incident.workload), incident);
  delete incident.nextRetry;
  refreshCarried(world, incident, now);
}

function openSlot(world: World, controller: Controller | undefined, removal: Removal, now: number): void {
  const { pod, since, lostAt } = removal;
  const chained = world.replacing.get(pod.uid);
  if (chained !== undefined && isOpen(chained)) {
    // The stand-in was lost too before it was ready: it is still the same place.
    world.replacing.delete(pod.uid);
    for (const phase of ['acting', 'replaced', 'scheduled', 'restoring'] as const) delete chained.phases[phase];
    delete chained.replacement;
    chained.stableSince = undefined;
    chained.state = 'detected';
    chained.count++;
    removal.slot = chained;
    touch(world.book, chained);
    pairSlot(world, controller, chained, removal);
    return;
  }
  const eviction = marksOf(world.notes, pod.uid, 'evicted').at(-1);
  const verdict = classify({ about: 'removed', pod, ...(eviction && { eviction }) });
  if (verdict === undefined) return;
  const slot = openIncident(
    world,
    {
      id: `${pod.uid}/slot`,
      scope: 'slot',
      verdict,
      actor: actorOf(controller),
      subject: refOf(pod),
      uid: pod.uid,
      workload: podWorkload(world, pod),
      node: pod.node,
      controller: controller?.uid,
    },
    { id: `${pod.uid}/removed`, at: lostAt, detected: now, ...(since < lostAt && { since }) },
  );
  removal.slot = slot;
  tellLoss(world, slot, pod, lostAt);
  if (pod.node !== undefined && world.draining.has(pod.node) && verdict.cause === 'pod-evicted/eviction-api')
    world.evictedFrom.add(pod.node);
  adoptByNode(world, slot);
  if (controller === undefined) return;
  adoptByKnownRollout(world, slot, controller);
  adoptByRefusal(world, slot, controller);
  controller.slots.add(slot);
  pairSlot(world, controller, slot, removal);
}

/** Incidents of a node that take pods with them, by the cause of the pod's loss. */
function isNodesDoing(parent: Incident, slot: Incident): boolean {
  if (parent.cause.startsWith('node-not-ready/')) return true;
  const pressure = /^pod-evicted\/(memory|storage|node-pressure)$/.exec(slot.cause)?.[1];
  if (pressure === undefined || !parent.cause.startsWith('node-pressure/') || slot.rootCause === 'storage')
    return false;
  return pressure === 'node-pressure' || parent.cause === `node-pressure/${pressure === 'memory' ? 'memory' : 'disk'}`;
}

/** Hangs a lost pod under the incident of its node, whose fault is then the pod's. */
export function adoptByNode(world: World, slot: Incident): void {
  const node = nodeOf(world, slot.node);
  const lostAt = slot.occurrences[0]?.at ?? 0;
  for (const parent of world.book.byUid.get(node?.uid ?? '') ?? []) {
    if (!isNodesDoing(parent, slot)) continue;
    const fault = parent.occurrences.findLast((occurrence) => occurrence.at <= lostAt);
    if (fault === undefined || lostAt > (parent.phases.recovered ?? Infinity) + nodeAftermath) continue;
    setParent(world.book, slot, parent);
    if (slot.cause === 'pod-lost/node') {
      slot.phases.fault = fault.at;
      slot.phases.detected = fault.detected;
    }
    return;
  }
}

/** Could this pod stand in for the one that left? */
function fits(controller: Controller, slot: Incident, lost: SlimPod | undefined, pod: SlimPod): boolean {
  if (controller.ref.kind === 'StatefulSet') return pod.name === slot.subject.name;
  if (controller.ref.kind === 'DaemonSet') return (pod.targetNode ?? pod.node) === slot.node;
  if (lost?.completionIndex !== undefined) return lost.completionIndex === pod.completionIndex;
  const { at: lostAt = 0, since = lostAt } = slot.occurrences.at(-1) ?? {};
  const created = pod.created ?? 0;
  return lostAt >= created - pairWindow && since <= created + clockTolerance;
}

function unpaired(controller: Controller): Incident[] {
  const open = [...controller.slots].filter((slot) => isOpen(slot) && slot.replacement === undefined);
  return open.sort((a, b) => (a.occurrences[0]?.at ?? 0) - (b.occurrences[0]?.at ?? 0));
}

function pairSlot(world: World, controller: Controller | undefined, slot: Incident, removal: Removal): void {
  if (controller === undefined) return;
  const birth = controller.births.find(
    (pod) =>
      isActive(pod) &&
      pod.uid !== slot.uid &&
      (pod.created ?? 0) >= removal.since - clockTolerance &&
      fits(controller, slot, removal.pod, pod),
  );
  if (birth !== undefined) pair(world, controller, slot, birth, 1, removal.seenAt);
}

function pair(
  world: World,
  controller: Controller,
  slot: Incident,
  pod: SlimPod,
  confidence: number,
  now: number,
): void {
  controller.births = controller.births.filter((birth) => birth.uid !== pod.uid);
  slot.replacement = { ref: refOf(pod), confidence };
  // Nobody saw it go, but it was gone when its replacement was made.
  const { since } = slot.occurrences.at(-1) ?? {};
  if (since !== undefined && pod.created !== undefined && pod.created < (slot.phases.fault ?? 0))
    slot.phases.fault = Math.max(since, pod.created);
  reach(slot, 'acting', pod.created ?? now);
  reach(slot, 'replaced', pod.created ?? now);
  world.replacing.set(pod.uid, slot);
  // What keeps it from getting ready may have been told before it was known whose place it takes.
  for (const own of world.book.byUid.get(pod.uid) ?? [])
    if (isOpen(own) && own.scope !== 'slot') adoptPodTrouble(world, own, pod, now);
  touch(world.book, slot);
  refreshReplacement(world, slot, podOf(world, pod.uid) ?? pod, now);
}

/** A pod was created: the slot of its controller that waited longest gets it. */
export function onBirth(world: World, pod: SlimPod, now: number): void {
  const controller = podController(world, pod);
  if (controller === undefined || !isActive(pod)) return;
  const lostPod = (slot: Incident): SlimPod | undefined =>
    controller.removals.find((removal) => removal.pod.uid === slot.uid)?.pod ?? podOf(world, slot.uid);
  const waiting = unpaired(controller).filter(
    (slot) => slot.uid !== pod.uid && fits(controller, slot, lostPod(slot), pod),
  );
  const [oldest] = waiting;
  if (oldest !== undefined) {
    pair(world, controller, oldest, pod, 1 / waiting.length, now);
    return;
  }
  const sibling = siblingSlot(world, controller, pod);
  if (sibling !== undefined) {
    pair(world, controller, sibling, pod, 0.5, now);
    return;
  }
  controller.births.push(pod);
  if (controller.births.length > birthLimit) controller.births.shift();
}

/** A pod lost during a rollout may be replaced by one of the next ReplicaSet. */
function siblingSlot(world: World, controller: Controller, pod: SlimPod): Incident | undefined {
  if (controller.owner === undefined || controller.ref.kind !== 'ReplicaSet') return undefined;
  for (const sibling of world.siblings.get(controller.owner.uid) ?? []) {
    if (sibling === controller || (sibling.object?.desired ?? 0) > 0) continue;
    const slot = unpaired(sibling).find((entry) => fits(sibling, entry, undefined, pod));
    if (slot !== undefined) return slot;
  }
  return undefined;
}
