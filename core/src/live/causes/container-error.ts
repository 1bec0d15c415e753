import { defineCause } from '../cause.ts';

/** The process ended by itself with an error; signals of a crash (132 to 139) are the surest sign of the application. */
export const containerError = defineCause({
  about: 'terminated',
  ids: ['container-exit/error'],
  prevents: ['readiness-probe-missing', 'single-replica', 'liveness-probe-missing'],
  match({ container, termination }) {
    const crash = [132, 133, 134, 135, 136, 139].includes(termination.exitCode);
    return {
      cause: 'container-exit/error',
      rootCause: 'application',
      confidence: crash ? 0.9 : 0.5,
      data: { container: container.name, code: termination.exitCode },
    };
  },
});
