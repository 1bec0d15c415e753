import type { Termination } from '../slim-types.ts';
import { defineCause } from '../cause.ts';

/** The runtime lost the process (exit 255), or the kubelet did. */
export function isLost({ exitCode, reason }: Termination): boolean {
  return exitCode === 255 || reason === 'ContainerStatusUnknown';
}

/**
 * Nobody knows how the process ended: the runtime lost it (exit 255), or the kubelet did (`ContainerStatusUnknown`),
 * as after a restart of the node.
 */
export const containerLost = defineCause({
  about: 'terminated',
  ids: ['container-exit/lost'],
  match({ container, termination, rebooted }) {
    if (!isLost(termination) && rebooted !== true) return undefined;
    return {
      cause: 'container-exit/lost',
      rootCause: 'node',
      confidence: rebooted === true ? 0.95 : 0.6,
      data: { container: container.name, code: termination.exitCode },
    };
  },
});
