import { defineCause } from '../cause.ts';

/**
 * The process was ended by SIGKILL or SIGTERM and nothing that we saw asked for it: not memory, not a probe, not a
 * deletion. More memory is not the answer to an unexplained 137.
 */
export const containerKilled = defineCause({
  about: 'terminated',
  ids: ['container-exit/killed'],
  prevents: ['single-replica', 'readiness-probe-missing'],
  match({ container, termination }) {
    if (termination.exitCode !== 137 && termination.exitCode !== 143 && termination.signal === undefined)
      return undefined;
    return {
      cause: 'container-exit/killed',
      rootCause: termination.reason === 'ContainerStatusUnknown' ? 'node' : 'unknown',
      confidence: 0.3,
      data: { container: container.name, code: termination.exitCode },
    };
  },
});
