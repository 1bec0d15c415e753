import { defineCause } from '../cause.ts';

/** The runtime could not start the process: exit 126, 127 or 128 (`StartError` of containerd). */
export const containerStartError = defineCause({
  about: 'terminated',
  ids: ['container-exit/start-error'],
  prevents: ['readiness-probe-missing', 'single-replica'],
  match({ container, termination }) {
    const start = termination.reason === 'StartError' || termination.reason === 'ContainerCannotRun';
    if (!start && ![126, 127, 128].includes(termination.exitCode)) return undefined;
    return {
      cause: 'container-exit/start-error',
      rootCause: 'configuration',
      confidence: 0.9,
      data: { container: container.name, code: termination.exitCode },
    };
  },
});
