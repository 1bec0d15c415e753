import { defineCause } from '../cause.ts';

const shutdown = ['Terminated', 'NodeShutdown', 'Shutdown'];

/** A component made the pod leave: the eviction API, the scheduler for a more important pod, or the kubelet in need. */
export const podEvicted = defineCause({
  about: 'removed',
  ids: ['eviction-api', 'preemption', 'memory', 'storage', 'node-pressure', 'node-shutdown'].map(
    (reason) => `pod-evicted/${reason}`,
  ),
  prevents: {
    'pod-evicted/eviction-api': [
      'single-replica',
      'pdb-selector-no-match',
      'pdb-missing',
      'replicas-not-spread',
      'pdb-blocks-eviction',
    ],
    'pod-evicted/preemption': ['single-replica', 'replicas-not-spread'],
    'pod-evicted/memory': ['memory-limit-missing', 'best-effort-pod', 'memory-request-missing', 'single-replica'],
    'pod-evicted/storage': ['empty-dir-unbounded', 'single-replica', 'replicas-not-spread'],
    'pod-evicted/node-pressure': [
      'memory-limit-missing',
      'best-effort-pod',
      'memory-request-missing',
      'replicas-not-spread',
      'single-replica',
    ],
    'pod-evicted/node-shutdown': ['replicas-not-spread', 'single-replica'],
  },
  match({ pod }) {
    const by = pod.disruption?.reason;
    const data = { pod: pod.name, node: pod.node ?? '' };
    if (by === 'EvictionByEvictionAPI')
      return { cause: 'pod-evicted/eviction-api', rootCause: 'node', confidence: 0.95, data };
    if (by === 'PreemptionByScheduler')
      return { cause: 'pod-evicted/preemption', rootCause: 'resources', confidence: 0.95, data };
    if (shutdown.includes(pod.reason ?? ''))
      return { cause: 'pod-evicted/node-shutdown', rootCause: 'node', confidence: 0.95, data };
    if (pod.reason !== 'Evicted' && by !== 'TerminationByKubelet') return undefined;
    const text = pod.message ?? '';
    if (/low on resource: memory/.test(text))
      return { cause: 'pod-evicted/memory', rootCause: 'resources', confidence: 0.9, data };
    if (/ephemeral|emptyDir|EmptyDir/.test(text))
      return { cause: 'pod-evicted/storage', rootCause: 'storage', confidence: 0.9, data };
    return { cause: 'pod-evicted/node-pressure', rootCause: 'node', confidence: 0.9, data };
  },
});
