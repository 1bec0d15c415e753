/** The reducer: each new version of an object becomes facts, and facts move incidents. */
import type { SlimEvent, SlimObject, SlimWorkload } from './slim-types.ts';
import type { World } from './world.ts';
import { controllerOf, refKey, refOf, removeFrom, setObject, store, unstore, workloadOf } from './world.ts';
import { endIncident, isOpen } from './incident.ts';
import { onActionEvent } from './actions.ts';
import { onCronJob, onCronJobEvent, onFailedCreate, onJob, onSubjectGone, refreshCreation } from './workload-faults.ts';
import { onDeadline, refreshRollout } from './rollouts.ts';
import { onDrainingNode } from './drains.ts';
import { onEndpoints } from './endpoints.ts';
import { onLease, onNode, onNodeGone } from './nodes.ts';
import { onNodeEvent, onNodeTrouble } from './node-trouble.ts';
import { onOther, onOtherGone } from './other-kinds.ts';
import { onPod, removePod } from './pods.ts';
import { onPodNotes } from './hindsight.ts';
import { onStorageEvent } from './claims.ts';
import { rejudgeRemovals } from './slots.ts';
import { takeNote } from './notes.ts';

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
