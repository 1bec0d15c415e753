import type { Mark } from '../notes.ts';
import { defineCause } from '../cause.ts';

/** The kubelet names containers only where they used more than they asked for. */
function overRequest(text: string, eviction: Mark | undefined): boolean {
  return eviction?.eviction?.containers !== undefined || /larger consumption of|exceeds its request/.test(text);
}

/** What was used, as the kubelet says it. */
function usedTooMuch(text: string, eviction: Mark | undefined): string {
  const { containers, usage } = eviction?.eviction ?? {};
  const noted = containers === undefined ? '' : `${containers}: ${usage ?? '?'}`;
  return (text || noted).replace(/\s+/g, ' ').trim().slice(0, 200);
}

const shutdown = ['Terminated', 'NodeShutdown', 'Shutdown'];

/** A component made the pod leave: the eviction API, the scheduler for a more important pod, or the kubelet in need. */
export const podEvicted = defineCause({
  about: 'removed',
  ids: ['eviction-api', 'preemption', 'memory', 'storage', 'node-pressure', 'node-shutdown'].map(
    (reason) => `pod-evicted/${reason}`,
  ),
  match({ pod, eviction }) {
    const by = pod.disruption?.reason;
    const data = { pod: pod.name, node: pod.node ?? '' };
    if (by === 'EvictionByEvictionAPI')
      return { cause: 'pod-evicted/eviction-api', rootCause: 'node', confidence: 0.95, data };
    // The kubelet makes room for critical pods itself, with a reason of its own.
    if (by === 'PreemptionByScheduler' || pod.reason === 'Preempting')
      return { cause: 'pod-evicted/preemption', rootCause: 'resources', confidence: 0.95, data };
    if (shutdown.includes(pod.reason ?? ''))
      return { cause: 'pod-evicted/node-shutdown', rootCause: 'node', confidence: 0.95, data };
    if (pod.reason !== 'Evicted' && by !== 'TerminationByKubelet') return undefined;
    const text = pod.message ?? eviction?.text ?? '';
    const starved = eviction?.eviction?.resource ?? '';
    const detail = { ...data, detail: usedTooMuch(text, eviction) };
    if (starved === 'memory' || /low on resource: memory/.test(text))
      return {
        cause: 'pod-evicted/memory',
        // Whoever stayed below the request was in the way of somebody else.
        rootCause: overRequest(text, eviction) ? 'resources' : 'node',
        confidence: overRequest(text, eviction) ? 0.9 : 0.95,
        data: detail,
      };
    if (/ephemeral/.test(starved) || /ephemeral|emptyDir/i.test(text)) {
      const own = /exceeds? (?:the|its local|its|total)/i.test(text) || overRequest(text, eviction);
      return {
        cause: 'pod-evicted/storage',
        rootCause: own ? 'resources' : 'node',
        confidence: own ? 0.9 : 0.95,
        data: detail,
      };
    }
    return { cause: 'pod-evicted/node-pressure', rootCause: 'node', confidence: 0.95, data };
  },
});
