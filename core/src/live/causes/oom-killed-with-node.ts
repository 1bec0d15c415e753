import { defineCause } from '../cause.ts';

/**
 * An unexplained kill within seconds of the node's kernel killing for want of memory (`SystemOOM` of the kubelet,
 * `OOMKilling` of the node problem detector): the runtime only reports `OOMKilled` for the main process.
 */
export const oomKilledWithNode = defineCause({
  about: 'terminated',
  ids: ['oom-killed/system'],
  match({ pod, container, termination, nodeOom }) {
    if (termination.exitCode !== 137 || nodeOom !== true) return undefined;
    return {
      cause: 'oom-killed/system',
      rootCause: 'resources',
      confidence: 0.8,
      data: { container: container.name, node: pod.node ?? '' },
    };
  },
});
