/** Pods in the reducer: each new version becomes facts, and brings every incident that it concerns up to date. */
import type { SlimPod } from './slim-types.ts';
import type { World } from './world.ts';
import { addTo, podController, podGroup, podWorkload, refKey, removeFrom, workloadOf } from './world.ts';
import { countRestart, refreshCarried, refreshContainer, refreshReplacement } from './progress.ts';
import { dropVolumes, trackVolumes } from './pod-volumes.ts';
import { endIncident, isOpen, reach, touch } from './incident.ts';
import { endUnwatched } from './gap.ts';
import { isActive, isReady, podFacts } from './facts.ts';
import { onBirth, onRemoved } from './slots.ts';
import { onCreated } from './workload-faults.ts';
import { onPodGone, refreshPodFaults } from './pod-faults.ts';
import { onReady } from './terminated.ts';
import { onTerminated, onUnready } from './containers.ts';
import { onUnseen, onWaiting } from './starts.ts';
import { recordRestarts } from './workloads.ts';
import { refreshRollout } from './rollouts.ts';

function indexPod(world: World, previous: SlimPod | undefined, pod: SlimPod): void {
  if (previous === undefined) podGroup(world, pod).pods.add(pod.uid);
  if (previous?.node !== pod.node && pod.node !== undefined) {
    addTo(world.podsByNode, pod.node, pod.uid);
    world.dirtyNodes.add(pod.node);
  }
  world.readyPods += Number(isReady(pod)) - Number(previous !== undefined && isReady(previous));
  const starts =
    isActive(pod) &&
    pod.containers.some(
      (container) => container.running !== undefined && !container.ready && container.readiness !== undefined,
    );
  if (starts) world.starting.add(pod.uid);
  else world.starting.delete(pod.uid);
  if (pod.deleted !== undefined) world.leaving.add(pod.uid);
}

/** Takes a new version of a pod. */
export function onPod(world: World, previous: SlimPod | undefined, pod: SlimPod, now: number): void {
  indexPod(world, previous, pod);
  const workload = refKey(podWorkload(world, pod));
  const facts = podFacts(previous, pod, now);
  const counts = previous === undefined || isActive(previous) !== isActive(pod) || isReady(previous) !== isReady(pod);
  if (counts || facts.length > 0) world.dirtyWorkloads.add(workload).add(refKey(workloadOf(podGroup(world, pod))));
  for (const fact of facts) {
    if (fact.type === 'restarted') onRestarted(world, pod, fact, now);
    else if (fact.type === 'ready') onReady(world, pod, fact.container, now);
    else if (fact.type === 'terminated') onTerminated(world, pod, fact.container, fact.termination, now);
    else if (fact.type === 'waiting')
      onWaiting(
        world,
        pod,
        fact.container,
        fact.waiting,
        previous === undefined ? (pod.scheduled?.at ?? now) : now,
        now,
      );
    else if (fact.type === 'unready')
      onUnready(
        world,
        pod,
        fact.container,
        pod.readyCondition?.status === 'False' ? (pod.readyCondition.at ?? now) : now,
        now,
      );
    else onRemoved(world, pod, fact.lostAt, now);
  }
  if (previous === undefined) {
    const controller = podController(world, pod);
    if (controller !== undefined) onCreated(world, controller, pod.created ?? now, now);
    onBirth(world, pod, now);
    onAttempt(world, pod, now);
  }
  refreshPodFaults(world, pod, now);
  trackVolumes(world, pod, now);
  refreshPod(world, pod, workload, now);
}

function onRestarted(
  world: World,
  pod: SlimPod,
  fact: {
    readonly container: SlimPod['containers'][number];
    readonly by: number;
    readonly unseen: number;
    readonly at: number;
    readonly history: boolean;
  },
  now: number,
): void {
  recordRestarts(podGroup(world, pod), fact.by, fact.at, now);
  if (fact.history) return;
  if (fact.unseen > 0) onUnseen(world, pod, fact.container, fact.unseen, fact.at, now);
  const carried = world.carried.get(refKey(podWorkload(world, pod))) ?? [];
  for (const incident of new Set([...(world.book.byUid.get(pod.uid) ?? []), ...carried])) {
    if (isOpen(incident) && incident.container === fact.container.name)
      countRestart(world, incident, fact.container, fact.at);
  }
}

/** Brings every incident that this pod concerns up to date. */
function refreshPod(world: World, pod: SlimPod, workload: string, now: number): void {
  for (const incident of world.book.byUid.get(pod.uid) ?? []) {
    const container = pod.containers.find((entry) => entry.name === incident.container);
    if (container !== undefined && isOpen(incident) && incident.carried === undefined)
      refreshContainer(world, incident, pod, container, now);
  }
  const slot = world.replacing.get(pod.uid);
  if (slot !== undefined && isOpen(slot)) refreshReplacement(world, slot, pod, now);
  for (const incident of world.carried.get(workload) ?? []) refreshCarried(world, incident, now);
  refreshRollout(world, workload, now);
}

/** A Job's next pod is its way of healing. */
function onAttempt(world: World, pod: SlimPod, now: number): void {
  if (pod.restartPolicy !== 'Never' || pod.owner?.kind !== 'Job') return;
  for (const incident of world.carried.get(refKey(podWorkload(world, pod))) ?? []) {
    if (!isOpen(incident) || incident.controller !== pod.owner.uid) continue;
    reach(incident, 'acting', pod.created ?? now);
    incident.state = 'healing';
    touch(world.book, incident);
  }
}

/**
 * A pod is gone.
 * @param since when it was last known to be there
 * @param unwatched it went while nobody watched: when and why is unknown
 */
export function removePod(world: World, pod: SlimPod, now: number, since: number, unwatched: boolean): void {
  const group = podGroup(world, pod);
  if (isActive(pod) && !unwatched) onRemoved(world, pod, now, now, since);
  group.pods.delete(pod.uid);
  group.births = group.births.filter((birth) => birth.uid !== pod.uid);
  dropVolumes(world, pod, now);
  world.readyPods -= Number(isReady(pod));
  world.starting.delete(pod.uid);
  world.replacing.delete(pod.uid);
  if (pod.node !== undefined) {
    removeFrom(world.podsByNode, pod.node, pod.uid);
    world.dirtyNodes.add(pod.node);
  }
  const workload = refKey(podWorkload(world, pod));
  world.dirtyWorkloads.add(workload).add(refKey(workloadOf(group)));
  for (const incident of world.book.byUid.get(pod.uid) ?? []) {
    // A Job's failed pod may go long before the Job has succeeded with another.
    const left = incident.scope === 'container' && isOpen(incident) && incident.carried === undefined;
    if (!left || podController(world, pod)?.ref.kind === 'Job') continue;
    if (unwatched) endUnwatched(world, incident, now);
    else endIncident(world.book, incident, 'planned', now, { id: 'ending.planned' });
  }
  onPodGone(world, pod, now, unwatched);
  for (const incident of world.carried.get(workload) ?? []) refreshCarried(world, incident, now);
  refreshRollout(world, workload, now);
}
