/** The reducer: each new version of an object becomes facts, and facts move incidents. */
import type { World } from './world.ts';
import type { SlimEvent, SlimObject, SlimPod, SlimWorkload } from './slim-types.ts';
import {
  addTo,
  controllerOf,
  podController,
  podGroup,
  podWorkload,
  refKey,
  refOf,
  removeFrom,
  setObject,
  store,
  unstore,
  workloadOf,
} from './world.ts';
import { countRestart, refreshCarried, refreshContainer, refreshReplacement } from './progress.ts';
import { endIncident, isOpen, reach, touch } from './incident.ts';
import { endUnwatched } from './gap.ts';
import { isActive, isReady, podFacts } from './facts.ts';
import { onBirth, onRemoved, rejudgeRemovals } from './slots.ts';
import { onEndpoints } from './endpoints.ts';
import { onLease, onNode, onNodeGone } from './nodes.ts';
import { onPodNotes } from './hindsight.ts';
import { onStorageEvent } from './claims.ts';
import { onOther, onOtherGone } from './other-kinds.ts';
import { dropVolumes, trackVolumes } from './pod-volumes.ts';
import { onActionEvent } from './actions.ts';
import { onNodeEvent, onNodeTrouble } from './node-trouble.ts';
import { onDeadline, refreshRollout } from './rollouts.ts';
import { onDrainingNode } from './drains.ts';
import { onPodGone, refreshPodFaults } from './pod-faults.ts';
import { onReady } from './terminated.ts';
import { onTerminated, onUnready } from './containers.ts';
import { onUnseen, onWaiting } from './starts.ts';
import { recordRestarts } from './workloads.ts';
import { takeNote } from './notes.ts';
import {
  onCreated,
  onCronJob,
  onCronJobEvent,
  onFailedCreate,
  onJob,
  onSubjectGone,
  refreshCreation,
} from './workload-faults.ts';

/** Takes a new version of an object. */
export function upsert(world: World, object: SlimObject, now: number): void {
  if (object.resource === 'events') {
    onEvent(world, object, now);
    return;
  }
  if (object.resource === 'leases') {
    onLease(world, object, now);
    return;
  }
  const previous = world.objects.get(object.uid);
  if (!store(world, object)) return;
  switch (object.resource) {
    case 'pods':
      onPod(world, previous?.resource === 'pods' ? previous : undefined, object, now);
      return;
    case 'nodes':
      world.nodeByName.set(object.name, object.uid);
      world.dirtyNodes.add(object.name);
      onNode(world, previous?.resource === 'nodes' ? previous : undefined, object, now);
      onNodeTrouble(world, previous?.resource === 'nodes' ? previous : undefined, object, now);
      onDrainingNode(world, object, now);
      return;
    case 'endpointslices':
      // What changed while nobody watched has no time: only the members count.
      if (world.unwatched.has(object.uid)) onEndpoints(world, object, object, now);
      else onEndpoints(world, previous?.resource === 'endpointslices' ? previous : undefined, object, now);
      return;
    case 'deployments':
    case 'replicasets':
    case 'statefulsets':
    case 'daemonsets':
    case 'jobs':
    case 'replicationcontrollers':
      onWorkload(world, previous !== undefined && 'minReadySeconds' in previous ? previous : undefined, object, now);
      return;
    case 'cronjobs':
      world.tops.set(refKey(refOf(object)), object.uid);
      world.dirtyWorkloads.add(refKey(refOf(object)));
      onCronJob(world, object, now);
      return;
    case 'services':
    case 'persistentvolumeclaims':
    case 'persistentvolumes':
    case 'storageclasses':
    case 'volumeattachments':
    case 'horizontalpodautoscalers':
    case 'poddisruptionbudgets':
    case 'resourcequotas':
    case 'limitranges':
    case 'namespaces':
    case 'podmetrics':
    case 'nodemetrics':
      onOther(world, object, now);
  }
}

function onEvent(world: World, event: SlimEvent, now: number): void {
  const { kind } = event.involved;
  if (kind === 'Node') onNodeEvent(world, event, now);
  else if (kind === 'CronJob') onCronJobEvent(world, event, now);
  else if (event.reason === 'FailedCreate') onFailedCreate(world, event, now);
  onStorageEvent(world, event, now);
  onActionEvent(world, event);
  const changed = takeNote(world.notes, event);
  if (changed?.pod !== undefined) onPodNotes(world, changed.pod, now);
  const controller = changed?.controller === undefined ? undefined : world.controllers.get(changed.controller);
  if (controller !== undefined) rejudgeRemovals(world, controller, now);
}

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

function onPod(world: World, previous: SlimPod | undefined, pod: SlimPod, now: number): void {
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

function onWorkload(world: World, previous: SlimWorkload | undefined, object: SlimWorkload, now: number): void {
  const ref = refOf(object);
  world.dirtyWorkloads.add(refKey(ref));
  if (object.owner === undefined || object.resource === 'deployments') world.tops.set(refKey(ref), object.uid);
  if (object.resource === 'deployments') {
    if (object.deleted !== undefined)
      for (const child of world.siblings.get(object.uid) ?? []) rejudgeRemovals(world, child, now);
    onDeadline(world, object, now);
    refreshRollout(world, refKey(ref), now);
    return;
  }
  const controller = controllerOf(world, object.uid, ref);
  setObject(world, controller, object);
  world.dirtyWorkloads.add(refKey(workloadOf(controller)));
  if (previous !== undefined && object.desired < previous.desired) controller.loweredAt = now;
  if (object.resource === 'jobs') onJob(world, controller, previous, object, now);
  else refreshCreation(world, controller, object, now);
  refreshRollout(world, refKey(workloadOf(controller)), now);
  const telling =
    previous === undefined ||
    object.desired !== previous.desired ||
    object.revision !== previous.revision ||
    object.failing?.status !== previous.failing?.status ||
    object.deleted !== previous.deleted;
  if (!telling) return;
  rejudgeRemovals(world, controller, now);
  for (const sibling of world.siblings.get(object.owner?.uid ?? '') ?? [])
    if (sibling !== controller) rejudgeRemovals(world, sibling, now);
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

/** An object is gone: from the watch, or missing in a complete list. */
export function remove(world: World, uid: string, now: number, since = now): void {
  const object = world.objects.get(uid);
  if (object === undefined) return;
  const unwatched = world.unwatched.has(uid);
  unstore(world, object);
  const key = refKey(refOf(object));
  switch (object.resource) {
    case 'pods':
      removePod(world, object, now, since, unwatched);
      return;
    case 'nodes':
      if (world.nodeByName.get(object.name) === uid) world.nodeByName.delete(object.name);
      world.dirtyNodes.add(object.name);
      world.draining.delete(object.name);
      world.evictedFrom.delete(object.name);
      onNodeGone(world, object, now);
      return;
    case 'endpointslices':
      onEndpoints(world, object, undefined, now);
      return;
    case 'deployments':
    case 'replicasets':
    case 'statefulsets':
    case 'daemonsets':
    case 'jobs':
    case 'replicationcontrollers':
    case 'cronjobs':
      if (world.tops.get(key) === uid) world.tops.delete(key);
      world.dirtyWorkloads.add(key);
      removeWorkload(world, uid, now);
      return;
    case 'services':
    case 'persistentvolumeclaims':
    case 'persistentvolumes':
    case 'storageclasses':
    case 'volumeattachments':
    case 'horizontalpodautoscalers':
    case 'poddisruptionbudgets':
    case 'resourcequotas':
    case 'limitranges':
    case 'namespaces':
    case 'podmetrics':
    case 'nodemetrics':
      onOtherGone(world, object, now);
      return;
    case 'events':
    case 'leases':
  }
}

/** @param unwatched it went while nobody watched: when and why is unknown */
function removePod(world: World, pod: SlimPod, now: number, since: number, unwatched: boolean): void {
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

function removeWorkload(world: World, uid: string, now: number): void {
  const controller = world.controllers.get(uid);
  if (controller !== undefined) {
    controller.gone = true;
    world.dirtyWorkloads.add(refKey(workloadOf(controller)));
    rejudgeRemovals(world, controller, now);
    for (const slot of controller.slots)
      if (isOpen(slot)) endIncident(world.book, slot, 'planned', now, { id: 'ending.planned' });
    controller.slots.clear();
  }
  onSubjectGone(world, uid, now);
  for (const child of world.siblings.get(uid) ?? []) rejudgeRemovals(world, child, now);
  for (const incident of world.book.open) {
    const own = incident.controller === uid || incident.workload.uid === uid;
    if (own && incident.scope === 'container' && (incident.carried !== undefined || !world.objects.has(incident.uid))) {
      removeFrom(world.carried, refKey(incident.workload), incident);
      endIncident(world.book, incident, 'planned', now, { id: 'ending.planned' });
    }
  }
}
