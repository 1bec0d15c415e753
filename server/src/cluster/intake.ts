/**
 * Hands observations to the engine in their order. A long list is taken in slices, so that the thread goes on
 * answering: a list of everything takes a second in a large cluster.
 */
import type { Observation } from '../../../core/src/live/engine.ts';

export interface IntakeOptions {
  /** Takes one observation. */
  readonly observe: (observation: Observation) => void;
  /** The same in steps. */
  readonly inSteps: (observation: Observation) => Iterable<undefined>;
  /** Now and then while a list is being taken: what can be made of it by then need not be made in one go at its end. */
  readonly onPart: () => void;
  /** A list that was taken in slices is complete. */
  readonly onComplete: () => void;
}

export interface Intake {
  /** @param first nothing of that resource is known: then a list is what its objects are one by one */
  take(observation: Observation, first: boolean): void;
  /** A list is being taken: what the engine knows is no picture yet. */
  readonly busy: boolean;
  /** Drops what is not taken yet. */
  stop(): void;
}

/** Lists up to this length are taken at once. */
const shortList = 500;
/** Milliseconds of work before the event loop turns, and turns that make a part. */
const [slice, turnsOfPart] = [20, 8];

/** Creates an intake. */
export function createIntake({ observe, inSteps, onPart, onComplete }: IntakeOptions): Intake {
  let waiting: { readonly observation: Observation; readonly first: boolean }[] = [];
  let running: Iterator<undefined> | undefined;
  let next: NodeJS.Immediate | undefined;
  let turns = 0;

  const isLong = (observation: Observation): boolean =>
    observation.type === 'RELIST' && observation.objects.length > shortList;

  function* steps(): Generator<undefined> {
    for (let at = 0; at < waiting.length; at++) {
      const { observation, first } = waiting[at] as (typeof waiting)[number];
      if (observation.type === 'RELIST' && first && isLong(observation)) {
        const { resource, objects } = observation;
        for (const object of objects) {
          observe({ type: 'ADDED', resource, object });
          yield;
        }
      } else if (isLong(observation)) yield* inSteps(observation);
      else {
        observe(observation);
        yield;
      }
    }
  }

  const run = (): void => {
    const end = performance.now() + slice;
    while (running !== undefined) {
      if (running.next().done === true) {
        running = undefined;
        waiting = [];
        onComplete();
        return;
      }
      if (performance.now() >= end) {
        turns += 1;
        next = setImmediate(turns % turnsOfPart === 0 ? part : run);
        return;
      }
    }
  };

  const part = (): void => {
    onPart();
    next = setImmediate(run);
  };

  return {
    take(observation, first) {
      if (running === undefined && !isLong(observation)) {
        observe(observation);
        return;
      }
      waiting.push({ observation, first });
      if (running !== undefined) return;
      running = steps();
      run();
    },
    get busy() {
      return running !== undefined;
    },
    stop() {
      clearImmediate(next);
      running = undefined;
      waiting = [];
    },
  };
}
