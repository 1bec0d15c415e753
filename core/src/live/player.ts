/** Plays what was recorded into an engine, with the clock of the recording. */
import type { Entry } from './history.ts';
import type { LiveEngine, Observation } from './engine.ts';

/** A stretch of time in which nobody watched, epoch ms. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

export interface Player {
  /** Lets the time pass up to this entry and takes it. An entry that the engine cannot take is counted, not thrown. */
  play(entry: Entry): void;
  /** Lets the time pass. */
  advance(to: number): void;
  /** Time of the recording so far; undefined before the first entry. */
  readonly now: number | undefined;
  readonly begun: number | undefined;
  /** Observations taken. */
  readonly taken: number;
  /** Entries that the engine could not take. */
  readonly failed: number;
  /** The newest gaps, oldest first. */
  readonly gaps: readonly Gap[];
}

/** The engine's clock ticks this often, in ms, unless nothing is said for long. */
const tick = 1000;
/** Most ticks between two entries: signs of life come every minute, so a longer silence is not worth more. */
const ticksBetween = 900;
/** A shorter absence is not worth a word, ms. */
const worthSaying = 120_000;
/** So long after a gap the first list of pods is waited for, ms. */
const patience = 60_000;
const gapLimit = 100;

/** Whether nobody watched before an entry: a session that began anew does not know what was between. */
const isGap = (entry: Entry): boolean =>
  entry.type === 'gap' || (entry.type === 'header' && entry.continues === undefined);

/**
 * Creates a player.
 * @param onTick is called after every tick and every entry, with the time
 * @param step gives the time between two ticks, in ms, for whoever cannot wait for every second of a day
 */
export function createPlayer(
  engine: LiveEngine,
  onTick?: (now: number) => void,
  step: () => number = () => tick,
): Player {
  let begun: number | undefined;
  /** When the last entry was. */
  let last = 0;
  /** When the last tick was. */
  let ticked = 0;
  /** Until the first list after a gap, time would settle what that list decides. */
  let waitsUntil = 0;
  let taken = 0;
  let failed = 0;
  const gaps: Gap[] = [];

  const advance = (to: number): void => {
    if (to < waitsUntil) ticked = to;
    const usual = step();
    const length = Math.max(usual, (to - ticked) / ticksBetween);
    while (ticked + length <= to) {
      ticked += length;
      engine.tick(ticked);
      onTick?.(ticked);
    }
    if (length > usual) ticked = Math.max(ticked, to);
  };

  const interrupt = (at: number): void => {
    if (at - last >= worthSaying) gaps.push({ from: last, to: at });
    if (gaps.length > gapLimit) gaps.shift();
    engine.gap();
    ticked = at;
    waitsUntil = at + patience;
  };

  const observe = (observation: Observation, at: number): void => {
    engine.observe(observation, at);
    taken += 1;
    if (observation.type === 'RELIST' && observation.resource === 'pods') waitsUntil = 0;
  };

  return {
    play(entry) {
      // Two machines may have written a recording, and clocks are set: time never runs backwards.
      const at = Math.max(entry.at, last);
      const first = begun === undefined;
      if (first) begun = ticked = at;
      try {
        if (!first && isGap(entry)) interrupt(at);
        else advance(at);
        if (entry.type === 'observation') observe(entry.observation, at);
      } catch {
        failed += 1;
      }
      last = at;
      onTick?.(at);
    },
    advance(to) {
      advance(to);
      last = Math.max(last, to);
    },
    get now() {
      return begun === undefined ? undefined : last;
    },
    get begun() {
      return begun;
    },
    get taken() {
      return taken;
    },
    get failed() {
      return failed;
    },
    get gaps() {
      return gaps;
    },
  };
}
