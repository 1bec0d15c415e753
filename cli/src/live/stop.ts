/** When a command that goes on by itself ends: on request, after a time, or when nobody reads any more. */

export interface Stop {
  readonly stopped: Promise<void>;
  readonly isStopped: boolean;
  now(): void;
  /** Waits, at most until the end. Milliseconds. */
  wait(ms: number): Promise<void>;
}

/** @param lasting ms after which it ends by itself */
export function untilStopped(lasting?: number): Stop {
  let done = false;
  const ends = new Set<() => void>();
  const now = (): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    process.off('SIGINT', now).off('SIGTERM', now);
    process.stdout.off('error', now);
    for (const end of ends) end();
    ends.clear();
  };
  // A timer cannot wait for longer than 2^31 ms.
  const timer = lasting === undefined ? undefined : setTimeout(now, Math.min(lasting, 2 ** 31 - 1));
  process.on('SIGINT', now).on('SIGTERM', now);
  process.stdout.on('error', now);
  return {
    stopped: new Promise((resolve) => ends.add(resolve)),
    get isStopped() {
      return done;
    },
    now,
    wait: (ms) =>
      done
        ? Promise.resolve()
        : new Promise((resolve) => {
            const end = (): void => {
              clearTimeout(waiting);
              ends.delete(end);
              resolve();
            };
            const waiting = setTimeout(end, Math.min(ms, 2 ** 31 - 1));
            ends.add(end);
          }),
  };
}
