import { defineCause } from '../cause.ts';

/** The runtime could not start the process: exit 126, 127 or 128 (`StartError` of containerd). */
export const containerStartError = defineCause({
  about: 'terminated',
  ids: ['container-exit/start-error', 'container-exit/wrong-platform'],
  match({ container, termination }) {
    const code = termination.exitCode;
    // The kernel's words for a program of another CPU (ENOEXEC), from the runtime or from a shell.
    if (/exec format error/.test(termination.message ?? ''))
      return {
        cause: 'container-exit/wrong-platform',
        rootCause: 'image',
        confidence: 0.9,
        data: { container: container.name, image: container.image ?? '' },
      };
    const start = termination.reason === 'StartError' || termination.reason === 'ContainerCannotRun';
    if (!start && ![126, 127, 128].includes(code)) return undefined;
    return {
      cause: 'container-exit/start-error',
      rootCause: 'configuration',
      confidence: 0.9,
      data: { container: container.name, code },
      fingerprint: `exit:${code}`,
    };
  },
});
