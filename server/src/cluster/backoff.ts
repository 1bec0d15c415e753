/** Exponential back-off with full jitter: many clients that lost one server must not come back in step. */

/** Shortest and longest upper bound of a delay, in seconds. */
export const backoffBounds = { first: 0.8, last: 30 } as const;

/**
 * Shortest delay after the first refused login and after many, in seconds: nobody logs in anew within a second, and
 * servers that count refused logins lock the user out.
 */
export const refusedBounds = { first: 5, last: 60 } as const;

/** Delays of one retried thing. */
export interface Backoff {
  /** Seconds to wait before the next attempt: at least what the server asked for, otherwise anything up to the bound. */
  next(retryAfter?: number): number;
  /** Seconds to wait after a refused login: at least five, growing to a minute and somewhat more. */
  nextLogin(retryAfter?: number): number;
  /** Called when the thing worked: the next failure starts at the first bound again. */
  reset(): void;
  /** Failures since the last success. */
  readonly failures: number;
}

/**
 * Creates a back-off: the n-th delay is uniform in 0…min(30, 0.8·2ⁿ) seconds, after refused logins in 1…1.5 times
 * min(60, 5·2ⁿ).
 * @param random uniform in [0, 1)
 * @param scale factor on all delays; tests shorten them with it
 */
export function createBackoff(random: () => number = Math.random, scale = 1): Backoff {
  let failures = 0;
  return {
    next(retryAfter = 0) {
      const bound = Math.min(backoffBounds.last, backoffBounds.first * 2 ** Math.min(failures, 10));
      failures += 1;
      return Math.max(0, retryAfter) + random() * bound * scale;
    },
    nextLogin(retryAfter = 0) {
      const shortest = Math.min(refusedBounds.last, refusedBounds.first * 2 ** Math.min(failures, 10));
      failures += 1;
      return Math.max(retryAfter, shortest * (1 + random() / 2) * scale);
    },
    reset() {
      failures = 0;
    },
    get failures() {
      return failures;
    },
  };
}
