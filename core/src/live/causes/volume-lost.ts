import { defineCause } from '../cause.ts';

/** A bound claim's volume no longer exists: the controller never mends that, and the data may be gone. */
export const claimLost = defineCause({
  about: 'claim',
  ids: ['volume-lost/claim'],
  match({ claim }) {
    if (claim.phase !== 'Lost') return undefined;
    return {
      cause: 'volume-lost/claim',
      rootCause: 'storage',
      confidence: 0.95,
      data: { claim: claim.name, volume: claim.volume ?? '?' },
    };
  },
});

/** A volume could not be recycled or deleted after its claim was: it stays where it is until somebody looks. */
export const volumeFailed = defineCause({
  about: 'volume',
  ids: ['volume-lost/failed'],
  match({ volume }) {
    return {
      cause: 'volume-lost/failed',
      rootCause: 'storage',
      confidence: 0.95,
      data: { volume: volume.name, detail: (volume.message ?? volume.reason ?? '').slice(0, 160) },
    };
  },
});
