import { defineCause } from '../cause.ts';

/**
 * A lifecycle hook failed. A failed postStart hook makes the kubelet kill the container at once, so that it may end
 * with 0 and still never have worked; the waiting reason `PostStartHookError` stays until the back-off begins.
 */
export const hookFailed = defineCause({
  about: 'terminated',
  ids: ['post-start-failed/hook', 'pre-stop-failed/hook'],
  match({ container, termination, hook }) {
    const data = { container: container.name, code: termination.exitCode };
    if (container.waiting?.reason === 'PostStartHookError' || hook?.kind === 'post-start')
      return { cause: 'post-start-failed/hook', rootCause: 'configuration', confidence: 0.95, data };
    if (hook?.kind !== 'pre-stop') return undefined;
    return { cause: 'pre-stop-failed/hook', rootCause: 'application', confidence: 0.7, data };
  },
});
