import { defineCause } from '../cause.ts';

/** Nobody answers for a Service: its endpoints are gone, or its selector never found any. */
export const serviceDown = defineCause({
  about: 'service',
  ids: ['service-down/no-ready-endpoints', 'service-down/selector'],
  match({ name, pods, namesake }) {
    if (namesake !== undefined)
      return {
        cause: 'service-down/selector',
        rootCause: 'configuration',
        confidence: 0.8,
        data: { service: name, kind: namesake },
      };
    return {
      cause: 'service-down/no-ready-endpoints',
      // Why its pods do not answer is for their own incidents to say.
      rootCause: 'unknown',
      confidence: 0.5,
      data: { service: name, pods },
    };
  },
});
