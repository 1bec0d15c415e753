/** How long the session waits for what. Milliseconds, unless a name says otherwise; tests shorten them. */
export interface Timings {
  /** From sending a request to the status line, connecting included. */
  readonly headers: number;
  /** Longest silence in the body of a list. */
  readonly body: number;
  /** Longest silence of a watch: bookmarks come about every minute, and where they do not, reopening costs little. */
  readonly liveness: number;
  /** Longest silence between initial events of a watch before the end bookmark is given up. */
  readonly initialEvents: number;
  /** Time limit of a login command. */
  readonly exec: number;
  /** Until a forbidden or absent kind is asked for again. */
  readonly recheck: number;
  /** Between two lists of a kind that may be listed and not watched. */
  readonly poll: number;
  /** Until something that needs a person is tried again. */
  readonly slowRetry: number;
  /** A watch that ends sooner than this did not work. */
  readonly healthyWatch: number;
  /** After this long without news a list tells what happened meanwhile, and not when. */
  readonly lost: number;
  /** Least time between two updates. */
  readonly update: number;
  /** Between two ticks of the engine. */
  readonly tick: number;
  /** Seconds: bounds of the watch time that is asked of the server, spread so that watches do not end together. */
  readonly watchSeconds: readonly [number, number];
  /** Factor on back-off delays. */
  readonly backoffScale: number;
}

export const defaultTimings: Timings = {
  headers: 10_000,
  body: 30_000,
  liveness: 90_000,
  initialEvents: 10_000,
  exec: 60_000,
  recheck: 300_000,
  poll: 30_000,
  slowRetry: 60_000,
  healthyWatch: 5_000,
  lost: 60_000,
  update: 100,
  tick: 1_000,
  watchSeconds: [300, 600],
  backoffScale: 1,
};
