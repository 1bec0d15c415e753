/** Was a pod meant to go? Controllers remove pods when they roll out, scale down or end: none of that is an incident. */
import type { Controller, Removal, World } from './world.ts';

/** A lowered replica count explains removals this close to it (milliseconds). */
const loweredWindow = 60_000;

/** True when another ReplicaSet of the same Deployment has a newer revision. */
function isOutdated(world: World, controller: Controller): boolean {
  const own = Number(controller.object?.revision);
  if (controller.ref.kind !== 'ReplicaSet' || controller.owner === undefined || !Number.isInteger(own)) return false;
  for (const sibling of world.siblings.get(controller.owner.uid) ?? []) {
    if (Number(sibling.object?.revision) > own) return true;
  }
  return false;
}

function isLeaving(world: World, controller: Controller): boolean {
  const owner =
    controller.owner === undefined
      ? undefined
      : world.tombs.has(controller.owner.uid) || world.objects.get(controller.owner.uid)?.deleted !== undefined;
  return controller.gone || controller.object?.deleted !== undefined || owner === true;
}

/**
 * What a removal was, as far as is known now: evidence for a plan may come later than the removal itself, from the
 * controller's event or its object, and then the answer changes from `unplanned`.
 */
export function removalKind(
  world: World,
  controller: Controller | undefined,
  removal: Removal,
): 'planned' | 'rollout' | 'unplanned' {
  const { pod } = removal;
  const forced = pod.disruption?.status === 'True' || pod.reason !== undefined;
  // Nothing promised to bring a bare pod back: a person who deletes it means it.
  if (controller === undefined) return forced && !pod.mirror ? 'unplanned' : 'planned';
  if (isLeaving(world, controller) || controller.object?.finished !== undefined) return 'planned';
  // A Job that gives up removes its pods before it says that it has failed.
  if (controller.object?.failing?.status === 'True') return 'planned';
  const byController = world.notes.deletes.has(`${controller.uid}/${pod.name}`);
  const lowered =
    controller.loweredAt !== undefined && Math.abs(controller.loweredAt - removal.seenAt) <= loweredWindow;
  const meant = byController || (lowered && !forced && removal.slot?.replacement === undefined);
  const target = controller.ref.kind === 'StatefulSet' ? controller.object?.revision : undefined;
  const oldRevision = target !== undefined && pod.revision !== undefined && target !== pod.revision;
  if (oldRevision && !forced) return 'rollout';
  if (!meant) return 'unplanned';
  return isOutdated(world, controller) || controller.ref.kind === 'DaemonSet' ? 'rollout' : 'planned';
}
