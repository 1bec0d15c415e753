/** Time for stories: the machine's clock, sped up or not, and a clock that only moves when a test moves it. */

/** What simulated controllers see of time. Durations are seconds of the story. */
export interface Clock {
  /** Epoch milliseconds, what timestamps are written from. */
  now(): number;
  /** How many seconds of the story pass in one second of the clock. */
  readonly speed: number;
  /** Resolves after so many seconds of the story; never after `stop`. */
  sleep(seconds: number): Promise<void>;
  /** Runs after so many seconds of the story unless cancelled. */
  after(seconds: number, action: () => void): () => void;
  /** Cancels everything that waits. */
  stop(): void;
}

/** The machine's clock; with `speed` 5, what takes 10 s in the story takes 2 s. */
export function realClock(speed = 1): Clock {
  const timers = new Set<NodeJS.Timeout>();
  function after(seconds: number, action: () => void): () => void {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        action();
      },
      (seconds * 1000) / speed,
    );
    timers.add(timer);
    return () => {
      timers.delete(timer);
      clearTimeout(timer);
    };
  }
  return {
    now: Date.now,
    speed,
    after,
    sleep: (seconds) => new Promise((resolve) => after(seconds, resolve)),
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

export interface VirtualClock extends Clock {
  /** Lets so many seconds pass, running what falls due in order. */
  advance(seconds: number): Promise<void>;
}

/** A clock that stands still until advanced. */
export function virtualClock(start = Date.parse('2026-01-01T00:00:00Z')): VirtualClock {
  let now = start;
  let order = 0;
  let waiting: { at: number; order: number; action: () => void }[] = [];

  function after(seconds: number, action: () => void): () => void {
    order += 1;
    const task = { at: now + seconds * 1000, order, action };
    waiting.push(task);
    return () => {
      waiting = waiting.filter((other) => other !== task);
    };
  }

  return {
    now: () => now,
    speed: 1,
    after,
    sleep: (seconds) => new Promise((resolve) => after(seconds, resolve)),
    stop() {
      waiting = [];
    },
    async advance(seconds) {
      const end = now + seconds * 1000;
      for (;;) {
        // Whatever awaits a finished sleep must get its turn before time goes on.
        await new Promise((resolve) => setImmediate(resolve));
        const next = waiting.filter((task) => task.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
        if (next === undefined) break;
        waiting = waiting.filter((task) => task !== next);
        now = Math.max(now, next.at);
        next.action();
      }
      now = end;
    },
  };
}

/**
 * A clock that first races through a past that nobody watches, then goes on with the machine's time: a cluster built
 * on it has run for an hour when it appears.
 */
export interface PreparedClock extends Clock {
  /** Lives through the past; afterwards the clock is the machine's. */
  catchUp(): Promise<void>;
}

/** Starts `seconds` ago. */
export function preparedClock(seconds: number, speed = 1): PreparedClock {
  const past = virtualClock(Date.now() - seconds * 1000);
  let inner: Clock = past;
  return {
    now: () => inner.now(),
    get speed() {
      return inner.speed;
    },
    after: (wait, action) => inner.after(wait, action),
    sleep: (wait) => inner.sleep(wait),
    stop() {
      inner.stop();
    },
    async catchUp() {
      await past.advance(seconds);
      inner = realClock(speed);
      // What still waits (heartbeats) comes due now and asks the new clock for its next turn.
      await past.advance(60);
    },
  };
}
