import { defineCause } from '../cause.ts';

/** Someone deleted the pod, and its controller still wants one in its place. */
export const podDeleted = defineCause({
  about: 'removed',
  ids: ['pod-deleted/by-request'],
  match({ pod }) {
    return { cause: 'pod-deleted/by-request', rootCause: 'unknown', confidence: 0.5, data: { pod: pod.name } };
  },
});
