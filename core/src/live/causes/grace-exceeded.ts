import { defineCause } from '../cause.ts';

/** The kubelet stopped the container for its own reasons, and it did not end within its grace period. */
export const graceExceeded = defineCause({
  about: 'terminated',
  ids: ['container-exit/grace-exceeded'],
  match({ container, termination, stop, nodeOom }) {
    if (termination.exitCode !== 137 || stop === undefined || nodeOom === true) return undefined;
    return {
      cause: 'container-exit/grace-exceeded',
      rootCause: 'application',
      confidence: 0.7,
      data: { container: container.name },
      fingerprint: 'exit:137',
    };
  },
});
