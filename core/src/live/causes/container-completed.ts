import { defineCause } from '../cause.ts';

/** The main process ended with 0 although its pod is meant to run for ever. */
export const containerCompleted = defineCause({
  about: 'terminated',
  ids: ['container-exit/completed'],
  match({ container, termination }) {
    if (termination.exitCode !== 0) return undefined;
    return {
      cause: 'container-exit/completed',
      rootCause: 'configuration',
      confidence: 0.8,
      data: { container: container.name },
      fingerprint: 'exit:0',
    };
  },
});
