/**
 * Turns a changing view into a stream of versioned updates: at most one in every interval, none before the one before
 * was taken, and none too long for a receiver that has other things to do.
 */
import { cutPatch } from '../../../core/src/live/limit.ts';
import { diffView } from '../../../core/src/live/patch.ts';
import type { HealthPatch, HealthUpdate, HealthView } from '../../../core/src/live/view.ts';

export interface Publisher {
  /** Something may have changed; a patch follows soon if it did. */
  touch(): void;
  /** Sends the whole view now: what was known before is void. */
  restart(): void;
  /** The view as of the last update, everything pending included. */
  snapshot(): HealthUpdate;
  stop(): void;
}

/** Receives an update; what it returns settles when the next may come. */
export type UpdateReceiver = (update: HealthUpdate) => void | Promise<void>;

/** Longest update, in characters of JSON; the rest of a change follows in further ones. */
const maxUpdate = 60_000;

/** Part of the thread's time that updates may take, and the pace that they do not fall below, in ms. */
const [share, slowest] = [0.04, 250];

/** @param interval ms between two updates */
export function createPublisher(interval: number, view: () => HealthView, emit: UpdateReceiver): Publisher {
  let current = view();
  let version = 1;
  let timer: NodeJS.Timeout | undefined;
  /** What is left of an update that is sent in parts. */
  let parts: HealthPatch[] = [];
  /** Counts beginnings: a receiver that answers late must not send what belongs to the stream before. */
  let stream = 0;
  let [waiting, touched] = [false, false];

  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  /** Milliseconds until the next update: where a picture is large and never rests, making it must not take over. */
  let pace = interval;
  const schedule = (): void => {
    timer ??= setTimeout(flush, pace);
  };
  /** Sends what is left, one after the other as the receiver takes them. */
  const pump = (): void => {
    for (let patch = parts.shift(); patch !== undefined; patch = parts.shift()) {
      version += 1;
      hand({ type: 'patch', from: version - 1, to: version, patch });
      if (waiting) return;
    }
    if (touched) schedule();
  };
  const hand = (update: HealthUpdate): void => {
    const taken = emit(update);
    if (taken === undefined) return;
    waiting = true;
    const mine = stream;
    const go = (): void => {
      if (mine !== stream) return;
      waiting = false;
      pump();
    };
    // A receiver that fails has lost the update: it sees the gap and asks for a snapshot.
    taken.then(go, go);
  };
  const flush = (): void => {
    cancel();
    if (waiting || parts.length > 0) return;
    touched = false;
    const began = performance.now();
    const next = view();
    const patch = diffView(current, next);
    if (patch === undefined) return;
    current = next;
    parts = [...cutPatch(patch, maxUpdate)];
    const spent = performance.now() - began;
    pace = Math.max(interval * parts.length, Math.min(spent / share, slowest));
    pump();
  };

  return {
    touch() {
      touched = true;
      if (!waiting && parts.length === 0) schedule();
    },
    restart() {
      cancel();
      stream += 1;
      current = view();
      const rows = { incidents: [], workloads: [], nodes: [], problems: [], services: [], actions: [] };
      const head = { ...current, ...rows };
      const patch = diffView(head, current);
      [parts, waiting, touched] = [[], false, false];
      version += 1;
      if (JSON.stringify(patch ?? null).length <= maxUpdate) hand({ type: 'snapshot', version, view: current });
      else {
        parts = patch === undefined ? [] : [...cutPatch(patch, maxUpdate)];
        hand({ type: 'snapshot', version, view: head });
      }
      if (!waiting) pump();
    },
    snapshot() {
      if (timer !== undefined) flush();
      return { type: 'snapshot', version, view: current };
    },
    stop() {
      cancel();
      stream += 1;
      [parts, touched] = [[], false];
    },
  };
}
