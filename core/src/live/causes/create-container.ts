import { defineCause } from '../cause.ts';

/**
 * The kubelet cannot make the container: something it refers to is missing, or the runtime refuses it.
 * `RunContainerError` and `PostStartHookError` leave a terminated instance behind, which tells more.
 */
export const createContainer = defineCause({
  about: 'waiting',
  ids: ['create-container/config', 'create-container/runtime'],
  prevents: { 'create-container/config': ['config-ref-unknown'] },
  match({ container, waiting }) {
    const reason =
      waiting.reason === 'CreateContainerConfigError'
        ? 'config'
        : ['CreateContainerError', 'PreCreateHookError', 'PreStartHookError'].includes(waiting.reason)
          ? 'runtime'
          : undefined;
    if (reason === undefined) return undefined;
    return {
      cause: `create-container/${reason}`,
      rootCause: 'configuration',
      confidence: 0.95,
      data: { container: container.name, detail: (waiting.message ?? waiting.reason).slice(0, 160) },
    };
  },
});
