import { defineCause } from '../cause.ts';

/** A Service had endpoints that were ready, and now has none: nobody answers its callers. */
export const serviceDown = defineCause({
  about: 'service',
  ids: ['service-down/no-ready-endpoints'],
  match({ name, pods }) {
    return {
      cause: 'service-down/no-ready-endpoints',
      // Why its pods do not answer is for their own incidents to say.
      rootCause: 'unknown',
      confidence: 0.5,
      data: { service: name, pods },
    };
  },
});
