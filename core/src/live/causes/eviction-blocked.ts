import { defineCause } from '../cause.ts';

/** A PodDisruptionBudget allows no disruption: the eviction API answers 429 and the drain goes on asking. */
export const evictionBlocked = defineCause({
  about: 'drain',
  ids: ['eviction-blocked/budget'],
  match({ budget, node, pods }) {
    return {
      cause: 'eviction-blocked/budget',
      rootCause: 'configuration',
      confidence: 0.8,
      data: { budget, node, pods },
    };
  },
});
