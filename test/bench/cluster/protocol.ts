/** What the processes of the cluster bench tell each other. */

/** Asks the server for a flood of changes. */
export interface ServerCommand {
  /** Per second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What a flood was, and what is true at its end. */
export interface FloodReport {
  readonly events: number;
  /** Restarts among them. */
  readonly restarts: number;
  readonly seconds: number;
  /** Pods ready at the end. */
  readonly ready: number;
  /** Restarts of the pods that exist at the end. */
  readonly restartsOfPods: number;
}

/** Sent to a reader: begin a new account, or tell the one that was begun. */
export type ReaderCommand = 'mark' | 'report';

/** What a reader did since the mark, or since its start. */
export interface ReaderReport {
  /** Milliseconds, all threads. */
  readonly cpu: number;
  readonly wall: number;
  /** Megabytes of heap in use after a collection. */
  readonly heap: number;
  /** Largest resident memory so far, megabytes. */
  readonly rss: number;
  /** Milliseconds: the longest time that the event loop did not turn. */
  readonly pause: number;
  /** Milliseconds of CPU: what the longest of its turns worked. A busy machine makes pauses longer, turns not. */
  readonly turn?: number;
  readonly events: number;
  readonly pods: number;
  readonly readyPods: number;
  readonly restarts: number;
  readonly updates: number;
  /** Bytes of the largest update, as JSON. */
  readonly largest: number;
  /** Milliseconds of CPU from the start to the first counts. */
  readonly counted?: number;
}

/** What only the thread of a session knows of itself. */
export type ThreadReport = Pick<ReaderReport, 'heap' | 'pause' | 'turn'>;
