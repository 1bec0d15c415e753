import { defineCause } from '../cause.ts';

/** The kernel killed the container's main process for want of memory; the runtime reports `OOMKilled`. */
export const oomKilled = defineCause({
  about: 'terminated',
  ids: ['oom-killed/limit', 'oom-killed/node'],
  match({ container, termination }) {
    if (termination.reason !== 'OOMKilled') return undefined;
    const limit = container.memoryLimit;
    return limit === undefined
      ? { cause: 'oom-killed/node', rootCause: 'resources', confidence: 0.8, data: { container: container.name } }
      : {
          cause: 'oom-killed/limit',
          rootCause: 'resources',
          confidence: 0.95,
          data: { container: container.name, limit },
        };
  },
});
