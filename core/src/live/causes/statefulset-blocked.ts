import { defineCause } from '../cause.ts';

/** An ordered StatefulSet makes a pod only when the one before it is ready. */
export const statefulSetBlocked = defineCause({
  about: 'blocked',
  ids: ['statefulset-blocked/predecessor'],
  match({ name, pod, next }) {
    return {
      cause: 'statefulset-blocked/predecessor',
      rootCause: 'unknown',
      confidence: 0.7,
      data: { name, pod, next },
    };
  },
});
