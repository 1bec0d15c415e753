import { defineCause } from '../cause.ts';

/** Exit codes of processes that a signal ended: 128 plus the signal's number (signal(7)). */
const signals: Readonly<Record<number, string>> = {
  132: 'SIGILL',
  133: 'SIGTRAP',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  139: 'SIGSEGV',
};

/** The process crashed, or the node's rules ended it: the signal says which. */
export const containerCrash = defineCause({
  about: 'terminated',
  ids: ['container-exit/crash', 'container-exit/forbidden-call'],
  match({ container, termination }) {
    const code = termination.exitCode;
    const fingerprint = `exit:${code}`;
    if (code === 159)
      return {
        cause: 'container-exit/forbidden-call',
        rootCause: 'configuration',
        confidence: 0.9,
        data: { container: container.name },
        fingerprint,
      };
    const signal = signals[code];
    if (signal === undefined) return undefined;
    return {
      cause: 'container-exit/crash',
      rootCause: 'application',
      confidence: 0.9,
      data: { container: container.name, signal, code },
      fingerprint,
    };
  },
});
