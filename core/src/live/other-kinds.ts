/** Which part of the engine looks at objects that are neither pods nor nodes nor controllers. */
import type { SlimObject } from './slim-types.ts';
import type { World } from './world.ts';
import { assessAutoscaler, onAutoscalerGone } from './autoscalers.ts';
import { assessClaim, checkClaims, onStorageGone, onVolume } from './claims.ts';
import { nameKeyOf } from './storage-state.ts';
import { onAttachment } from './pod-volumes.ts';
import { onService, onServiceGone } from './services.ts';

/** An object came or changed; of kinds that have no part of their own it is only kept. */
export function onOther(world: World, object: SlimObject, now: number): void {
  const { names } = world.storage;
  if (object.resource === 'services') onService(world, object);
  else if (object.resource === 'persistentvolumeclaims') {
    names.set(nameKeyOf(object), object.uid);
    assessClaim(world, object, now);
  } else if (object.resource === 'persistentvolumes') {
    names.set(nameKeyOf(object), object.uid);
    onVolume(world, object, now);
  } else if (object.resource === 'storageclasses') checkClaims(world, now);
  else if (object.resource === 'volumeattachments') onAttachment(world, object, false, now);
  else if (object.resource === 'horizontalpodautoscalers') assessAutoscaler(world, object, now);
}

/** An object is gone. */
export function onOtherGone(world: World, object: SlimObject, now: number): void {
  const { names } = world.storage;
  if (object.resource === 'services') onServiceGone(world, object, now);
  else if (object.resource === 'persistentvolumeclaims' || object.resource === 'persistentvolumes') {
    const key = nameKeyOf(object);
    // A new one of the same name may be there already.
    if (names.get(key) === object.uid) names.delete(key);
    onStorageGone(world, object.uid, now);
  } else if (object.resource === 'storageclasses') checkClaims(world, now);
  else if (object.resource === 'volumeattachments') onAttachment(world, object, true, now);
  else if (object.resource === 'horizontalpodautoscalers') onAutoscalerGone(world, object.uid, now);
}
