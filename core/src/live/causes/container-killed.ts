import { defineCause } from '../cause.ts';

/**
 * The process was ended by SIGKILL or SIGTERM and nothing that we saw asked for it: not memory, not a probe, not a
 * deletion. More memory is not the answer to an unexplained 137.
 */
export const containerKilled = defineCause({
  about: 'terminated',
  ids: ['container-exit/killed'],
  match({ container, termination }) {
    const code = termination.exitCode;
    if (code !== 137 && code !== 143 && termination.signal === undefined) return undefined;
    return {
      cause: 'container-exit/killed',
      // Somebody asked the process to end (SIGTERM) and it did as it was told; who sends SIGKILL stays open.
      rootCause: code === 143 ? 'application' : 'unknown',
      confidence: 0.3,
      data: { container: container.name, code },
      fingerprint: `exit:${code}`,
    };
  },
});
