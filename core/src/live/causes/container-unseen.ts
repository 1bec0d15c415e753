import { defineCause } from '../cause.ts';

/** The restart count rose, and no ended instance explains it: a status keeps two of them. */
export const containerUnseen = defineCause({
  about: 'unseen',
  ids: ['container-exit/unseen'],
  match({ container }) {
    return {
      cause: 'container-exit/unseen',
      rootCause: 'unknown',
      confidence: 0.3,
      data: { container: container.name },
    };
  },
});
