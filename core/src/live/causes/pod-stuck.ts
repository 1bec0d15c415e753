import { defineCause } from '../cause.ts';

/** The pod should be gone: a finalizer holds its object, or the kubelet does not finish with it. */
export const podStuck = defineCause({
  about: 'stuck',
  ids: ['pod-stuck/finalizer', 'pod-stuck/kubelet'],
  match({ pod }) {
    if (pod.finalizers !== undefined)
      return {
        cause: 'pod-stuck/finalizer',
        rootCause: 'configuration',
        confidence: 0.9,
        data: { pod: pod.name, finalizers: pod.finalizers.join(', ') },
        fingerprint: pod.finalizers.join(','),
      };
    return {
      cause: 'pod-stuck/kubelet',
      rootCause: 'node',
      confidence: 0.6,
      data: { pod: pod.name, node: pod.node ?? '' },
    };
  },
});
