/** Faults of a pod as a whole: no node takes it, its sandbox cannot be made, or it does not go when it should. */
import type { Incident } from './incident.ts';
import type { SlimPod } from './slim-types.ts';
import type { Verdict } from './cause.ts';
import type { World } from './world.ts';
import { adoptPodTrouble } from './rollouts.ts';
import { classify } from './catalogue.ts';
import { endIncident, isOpen, parentOf, reach, setParent, touch } from './incident.ts';
import { evidence, openIncident, recur, relabel } from './faults.ts';
import { endUnwatched } from './gap.ts';
import { isActive } from './facts.ts';
import { marksOf } from './notes.ts';
import { needs, stuckAfter, stuckOnLostNode } from './needs.ts';
import { nodeOf, podController, podOf, podWorkload, refOf } from './world.ts';
import { settle } from './settle.ts';

function openOf(world: World, pod: SlimPod, trigger: string): Incident | undefined {
  for (const incident of world.book.byUid.get(pod.uid) ?? [])
    if (incident.scope === 'pod' && isOpen(incident) && incident.cause.startsWith(trigger)) return incident;
  return undefined;
}

function begin(
  world: World,
  pod: SlimPod,
  verdict: Verdict,
  at: { readonly fault: number; readonly detected: number },
  now: number,
): Incident {
  const controller = podController(world, pod);
  const incident = openIncident(
    world,
    {
      id: `${pod.uid}/${verdict.cause.split('/')[0] ?? ''}`,
      scope: 'pod',
      verdict,
      actor: verdict.cause.startsWith('unschedulable/') ? 'scheduler' : 'kubelet',
      subject: refOf(pod),
      uid: pod.uid,
      workload: podWorkload(world, pod),
      node: pod.node,
      controller: controller?.uid,
    },
    { id: `${pod.uid}/${verdict.cause}:${at.fault}`, at: at.fault, detected: at.detected },
  );
  adoptPodTrouble(world, incident, pod, now);
  return incident;
}

/** Brings what keeps a pod from starting up to date with its status and with what events said. */
export function refreshPodFaults(world: World, pod: SlimPod, now: number): void {
  refreshScheduling(world, pod, now);
  // Only a pod that events spoke of can have trouble with its sandbox.
  if (world.notes.pods.has(pod.uid)) refreshSandbox(world, pod, now);
}

function refreshScheduling(world: World, pod: SlimPod, now: number): void {
  const condition = pod.scheduled;
  const stuck = condition?.status === 'False' && condition.reason === 'Unschedulable' && isActive(pod);
  if (!stuck && (condition?.status !== 'True' || !world.book.byUid.has(pod.uid))) return;
  const open = openOf(world, pod, 'unschedulable/');
  if (!stuck) {
    if (open !== undefined) recover(world, open, condition?.at ?? now, now);
    return;
  }
  const verdict = classify({ about: 'unschedulable', pod });
  if (verdict === undefined) return;
  const at = condition.at ?? now;
  const incident = open ?? begin(world, pod, verdict, { fault: at, detected: at }, now);
  if (incident.cause !== verdict.cause) relabel(world, incident, verdict);
  if (open === undefined)
    evidence(incident, refOf(pod), 'status.conditions[PodScheduled]', condition.message ?? 'Unschedulable', at);
  const [up] = marksOf(world.notes, pod.uid, 'scale-up', at);
  if (up === undefined || incident.phases.acting !== undefined) return;
  incident.actor = 'autoscaler';
  incident.state = 'healing';
  reach(incident, 'acting', up.at);
  evidence(incident, refOf(pod), 'events[scale-up]', up.text.slice(0, 200), up.at, 'event');
  touch(world.book, incident);
}

const starting = new Set(['ContainerCreating', 'PodInitializing']);

function refreshSandbox(world: World, pod: SlimPod, now: number): void {
  const open = openOf(world, pod, 'sandbox-failed/');
  const begun = pod.containers.find(
    ({ running, terminated, last, waiting }) =>
      running !== undefined ||
      terminated !== undefined ||
      last !== undefined ||
      (waiting !== undefined && !starting.has(waiting.reason)),
  );
  if (begun !== undefined) {
    if (open !== undefined) recover(world, open, begun.running ?? begun.terminated?.started ?? now, now);
    return;
  }
  if (!isActive(pod) || pod.node === undefined) return;
  for (const mark of marksOf(world.notes, pod.uid, 'sandbox', pod.created)) {
    const verdict = classify({ about: 'sandbox', pod, text: mark.text });
    if (verdict === undefined) continue;
    const known = openOf(world, pod, 'sandbox-failed/');
    const incident = known ?? begin(world, pod, verdict, { fault: mark.at, detected: now }, now);
    const id = `${pod.uid}/sandbox:${mark.at}`;
    if (known !== undefined && incident.occurrences[0]?.at !== mark.at)
      recur(world, incident, { id, at: mark.at, detected: now });
    incident.state = 'healing';
    evidence(incident, refOf(pod), 'events[FailedCreatePodSandBox]', mark.text.slice(0, 200), mark.at, 'event');
  }
}

function recover(world: World, incident: Incident, at: number, now: number): void {
  if (incident.cause.startsWith('unschedulable/')) reach(incident, 'scheduled', at);
  else reach(incident, 'restoring', at);
  incident.stableSince = at;
  incident.state = 'verifying';
  settle(world, incident, now);
}

/** Pods that were meant to go and stay: nothing tells of them but the time. Lost pods have an incident already. */
export function checkLeaving(world: World, now: number): void {
  for (const uid of world.leaving) {
    const pod = podOf(world, uid);
    if (pod?.deleted === undefined || now < pod.deleted + stuckAfter) continue;
    const own = [...(world.book.byUid.get(uid) ?? [])];
    const slot = own.findLast((incident) => incident.scope === 'slot');
    // A place that nobody could take so far tells of the pod that does not leave it.
    const told = slot !== undefined && isOpen(slot) && slot.replacement === undefined;
    if (told || own.some((incident) => isOpen(incident) && incident.cause.startsWith('pod-stuck/'))) continue;
    const node = nodeOf(world, pod.node)?.ready;
    const lost = node !== undefined && node.status !== 'True';
    const due = Math.max(pod.deleted + stuckAfter, lost ? (node.at ?? 0) + stuckOnLostNode : 0);
    const verdict = now < due ? undefined : classify({ about: 'stuck', pod });
    if (verdict === undefined) continue;
    const incident = begin(world, pod, verdict, { fault: pod.deleted, detected: due }, now);
    // One trouble with the loss of its place, and with what that is part of.
    const wider = slot === undefined ? undefined : parentOf(world.book, slot);
    if (wider !== undefined) setParent(world.book, incident, wider);
    else if (slot !== undefined) setParent(world.book, slot, incident);
    evidence(incident, refOf(pod), 'metadata.deletionTimestamp', 'grace period is over', pod.deleted);
    if (pod.finalizers !== undefined)
      evidence(incident, refOf(pod), 'metadata.finalizers', pod.finalizers.join(', '), pod.deleted);
    needs(world, incident, { id: 'needs.stuck-terminating', data: { pod: pod.name } }, due);
  }
}

/** The pod is gone: what held it, or kept it from starting, no longer matters. */
export function onPodGone(world: World, pod: SlimPod, now: number, unwatched: boolean): void {
  world.leaving.delete(pod.uid);
  for (const incident of world.book.byUid.get(pod.uid) ?? []) {
    if (incident.scope !== 'pod' || !isOpen(incident)) continue;
    if (unwatched) endUnwatched(world, incident, now);
    else if (incident.cause.startsWith('pod-stuck/')) recover(world, incident, now, now);
    else endIncident(world.book, incident, 'planned', now, { id: 'ending.planned' });
  }
}
