import { defineCause } from '../cause.ts';

/** The process ended by itself with an error. */
export const containerError = defineCause({
  about: 'terminated',
  ids: ['container-exit/error'],
  match({ container, termination }) {
    const code = termination.exitCode;
    return {
      cause: 'container-exit/error',
      rootCause: 'application',
      confidence: 0.5,
      data: { container: container.name, code },
      fingerprint: `exit:${code}`,
    };
  },
});
