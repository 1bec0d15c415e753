import { defineCause } from '../cause.ts';

/** The node went away under the pod: the taint manager or the pod garbage collector removed it. */
export const podLost = defineCause({
  about: 'removed',
  ids: ['pod-lost/node'],
  match({ pod }) {
    const reason = pod.disruption?.reason;
    const lost =
      reason === 'DeletionByTaintManager' || reason === 'DeletionByPodGC' || reason === 'DeletionByDeviceTaintManager';
    if (!lost && pod.reason !== 'NodeLost') return undefined;
    return {
      cause: 'pod-lost/node',
      rootCause: 'node',
      confidence: 0.95,
      data: { pod: pod.name, node: pod.node ?? '' },
    };
  },
});
