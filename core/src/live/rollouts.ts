/** Rollouts that fail: pods of a new revision do not get ready. One incident, with those of the pods under it. */
import type { Controller, World } from './world.ts';
import type { Incident } from './incident.ts';
import type { ObjectRef } from './view.ts';
import type { SlimPod, SlimWorkload } from './slim-types.ts';
import { evidence, openIncident } from './faults.ts';
import { classify } from './catalogue.ts';
import { isActive, isReady } from './facts.ts';
import { isOpen, setParent, touch } from './incident.ts';
import { needs } from './needs.ts';
import { podOf, refKey, refOf, workloadOf } from './world.ts';
import { settle } from './settle.ts';

function activePods(world: World, controller: Controller): SlimPod[] {
  const pods: SlimPod[] = [];
  for (const uid of controller.pods) {
    const pod = podOf(world, uid);
    if (pod !== undefined && isActive(pod)) pods.push(pod);
  }
  return pods;
}

const revisionOf = (controller: Controller): number => Number(controller.object?.revision);

/** The ReplicaSet of a Deployment's newest revision. */
function newest(world: World, deployment: string): Controller | undefined {
  let found: Controller | undefined;
  for (const sibling of world.siblings.get(deployment) ?? []) {
    if (sibling.gone || Number.isNaN(revisionOf(sibling))) continue;
    if (found === undefined || revisionOf(sibling) > revisionOf(found)) found = sibling;
  }
  return found;
}

/** True while pods of an older revision are still there, or still wanted: the new revision has to prove itself. */
function isRollingOut(world: World, controller: Controller, pod: SlimPod): boolean {
  const { object, owner, ref } = controller;
  if (ref.kind === 'StatefulSet') {
    if (object?.revision === undefined || pod.revision !== object.revision) return false;
    return activePods(world, controller).some((other) => other.revision !== object.revision);
  }
  if (ref.kind !== 'ReplicaSet' || owner?.kind !== 'Deployment' || newest(world, owner.uid) !== controller)
    return false;
  for (const sibling of world.siblings.get(owner.uid) ?? []) {
    if (sibling === controller || sibling.gone) continue;
    if ((sibling.object?.desired ?? 0) > 0 || activePods(world, sibling).length > 0) return true;
  }
  return false;
}

/** Revision that a rollout incident speaks of. */
function failing(controller: Controller): string {
  return controller.ref.kind === 'ReplicaSet' ? controller.uid : (controller.object?.revision ?? '');
}

/** Hangs the trouble of a pod under what is wider: the place that it is to take, or the rollout that it belongs to. */
export function adoptPodTrouble(world: World, incident: Incident, pod: SlimPod, now: number): void {
  const slot = world.replacing.get(pod.uid);
  if (slot === undefined || !isOpen(slot)) adoptByRollout(world, incident, pod, now);
  else if (incident.parent === undefined) setParent(world.book, incident, slot);
}

/** Hangs the trouble of a controller, or of a place for one of its pods, under its rollout if that has failed already. */
export function adoptByKnownRollout(world: World, incident: Incident, controller: Controller): void {
  const known = world.rollouts.get(refKey(workloadOf(controller)));
  if (incident.parent === undefined && known?.revision === failing(controller))
    setParent(world.book, incident, known.incident);
}

/** Hangs the trouble of a new revision's pod under the incident of its rollout, which it opens if need be. */
export function adoptByRollout(world: World, incident: Incident, pod: SlimPod, now: number): void {
  const controller = world.controllers.get(incident.controller ?? '');
  if (controller === undefined || incident.parent !== undefined) return;
  const known = world.rollouts.get(refKey(workloadOf(controller)));
  if (known?.incident === incident) return;
  if (known !== undefined ? known.revision !== failing(controller) : !isRollingOut(world, controller, pod)) return;
  const at = { fault: incident.phases.fault ?? now, detected: incident.phases.detected ?? now };
  const parent = known?.incident ?? begin(world, controller, at);
  if (parent === undefined) return;
  setParent(world.book, incident, parent);
}

function begin(
  world: World,
  controller: Controller,
  at: { readonly fault: number; readonly detected: number },
  deadline?: SlimWorkload['progressing'],
): Incident | undefined {
  const ref: ObjectRef = workloadOf(controller);
  const verdict = classify({ about: 'rollout', name: ref.name, ...(deadline && { deadline }) });
  if (verdict === undefined) return undefined;
  const revision = failing(controller);
  const incident = openIncident(
    world,
    {
      id: `${ref.uid ?? controller.uid}/rollout:${revision}:${at.fault}`,
      scope: 'workload',
      verdict,
      // A controller only goes on with a rollout: it never takes one back.
      actor: 'none',
      subject: ref,
      uid: ref.uid ?? controller.uid,
      workload: ref,
    },
    { id: `${ref.uid ?? controller.uid}/rollout:${revision}:${at.fault}`, at: at.fault, detected: at.detected },
  );
  world.rollouts.set(refKey(ref), { incident, controller, revision });
  evidence(incident, ref, 'revision', controller.object?.revision ?? controller.ref.name, at.fault);
  return incident;
}

/** A Deployment says that its rollout is over time: a person is needed at once. */
export function onDeadline(world: World, deployment: SlimWorkload, now: number): void {
  const condition = deployment.progressing;
  if (condition?.reason !== 'ProgressDeadlineExceeded' || condition.status !== 'False') return;
  const at = condition.at ?? now;
  const id = `${deployment.uid}/deadline:${at}`;
  const told = [...(world.book.byUid.get(deployment.uid) ?? [])].some((incident) =>
    incident.occurrences.some((occurrence) => occurrence.id === id),
  );
  const controller = newest(world, deployment.uid);
  if (told || controller === undefined) return;
  const key = refKey(refOf(deployment));
  const incident =
    world.rollouts.get(key)?.incident ?? begin(world, controller, { fault: at, detected: at }, condition);
  if (incident === undefined) return;
  // No fault of its own, but told once.
  incident.occurrences.push({ id, at: incident.phases.fault ?? at, detected: at });
  evidence(incident, refOf(deployment), 'status.conditions[Progressing]', condition.message ?? condition.reason, at);
  needs(world, incident, { id: 'needs.rollout-stuck', data: { name: deployment.name } }, at);
  for (const pod of activePods(world, controller))
    for (const own of world.book.byUid.get(pod.uid) ?? [])
      if (isOpen(own) && own.scope !== 'slot') adoptByRollout(world, own, pod, now);
  for (const own of world.book.byUid.get(controller.uid) ?? [])
    if (isOpen(own) && own !== incident) adoptByKnownRollout(world, own, controller);
  refreshRollout(world, key, now);
}

/** Looks whether the rollout of a workload has come to its end: with this revision, with the one before, or a new one. */
export function refreshRollout(world: World, workload: string, now: number): void {
  const rollout = world.rollouts.get(workload);
  if (rollout === undefined) return;
  const { incident } = rollout;
  const owner = rollout.controller.owner;
  const current =
    rollout.controller.ref.kind === 'ReplicaSet' && owner !== undefined ? newest(world, owner.uid) : rollout.controller;
  if (!isOpen(incident) || current === undefined) {
    world.rollouts.delete(workload);
    return;
  }
  if (failing(current) !== rollout.revision) incident.carried ??= { revision: rollout.revision, since: now };
  const top = world.objects.get(owner?.uid ?? current.uid);
  const wanted = top !== undefined && 'desired' in top && 'ready' in top ? top.desired : (current.object?.desired ?? 0);
  const pods = activePods(world, current).filter(
    (pod) => current.ref.kind === 'ReplicaSet' || pod.revision === current.object?.revision,
  );
  const ready = pods.filter(isReady);
  const done = ready.length >= wanted && ready.length === pods.length;
  incident.stableSince = done
    ? Math.max(
        incident.carried?.since ?? incident.phases.fault ?? now,
        ...ready.map((pod) => pod.readyCondition?.at ?? now),
      )
    : undefined;
  incident.state = done ? 'verifying' : incident.carried === undefined && ready.length === 0 ? 'detected' : 'healing';
  settle(world, incident, now);
  if (!isOpen(incident)) world.rollouts.delete(workload);
  touch(world.book, incident);
}
