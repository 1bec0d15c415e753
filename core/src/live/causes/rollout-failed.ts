import { defineCause } from '../cause.ts';

/** The pods of a new revision do not get ready; a Deployment says so itself once its progress deadline is over. */
export const rolloutFailed = defineCause({
  about: 'rollout',
  ids: ['rollout-failed/not-ready'],
  match({ name, deadline }) {
    return {
      cause: 'rollout-failed/not-ready',
      rootCause: 'unknown',
      confidence: deadline === undefined ? 0.5 : 0.6,
      data: { name },
    };
  },
});
