import { defineCause } from '../cause.ts';

/**
 * Nobody knows how the process ended: the runtime lost it (exit 255), or the kubelet did (`ContainerStatusUnknown`),
 * as after a restart of the node.
 */
export const containerLost = defineCause({
  about: 'terminated',
  ids: ['container-exit/lost'],
  match({ container, termination, rebooted }) {
    const lost = termination.exitCode === 255 || termination.reason === 'ContainerStatusUnknown';
    if (!lost && rebooted !== true) return undefined;
    return {
      cause: 'container-exit/lost',
      rootCause: 'node',
      confidence: rebooted === true ? 0.95 : 0.6,
      data: { container: container.name, code: termination.exitCode },
    };
  },
});
