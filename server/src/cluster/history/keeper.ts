/** The history of one connection: what was recorded before comes back, what is observed now is recorded. */
import { createEngine, type LiveEngine, type Observation } from '../../../../core/src/live/engine.ts';
import type { Gap } from '../../../../core/src/live/player.ts';
import type { Message } from '../../../../core/src/live/view.ts';
import type { HistoryParams } from '../../../../core/src/protocol.ts';
import { message } from '../problem.ts';
import { historyFolder } from './files.ts';
import { loadHistory } from './load.ts';
import { createHistoryWriter } from './writer.ts';

export interface KeeperOptions {
  readonly history: HistoryParams;
  readonly context: string;
  /** Address of the API server, without credentials. */
  readonly server: string;
  readonly clean: (text: string) => string;
  readonly now: () => number;
  /** The cluster's clock, epoch ms. */
  readonly clock: () => number;
  readonly log: (level: 'info' | 'warn', text: string) => void;
}

export interface Keeper {
  /** Folder of this cluster's recordings. */
  readonly folder: string;
  /**
   * An engine into which the last 24 hours were played; undefined when there was nothing to play.
   * @param wanted false once nobody waits for it any more
   */
  restore(wanted: () => boolean): Promise<LiveEngine | undefined>;
  observe(observation: Observation, at: number): void;
  /** Nobody could watch since `from`, epoch ms. */
  interrupted(from: number): void;
  /** What a person should know about the history, for the connection. */
  notes(): readonly Message[];
  flush(): Promise<void>;
  close(): Promise<void>;
}

const day = 24 * 3600_000;
/** A shorter absence is not worth a word, ms. */
const worthSaying = 120_000;
const gapsShown = 3;

/** A moment as this machine's clock shows it, such as `2026-11-21 23:40`. */
export function clockText(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Creates the keeper of a connection. */
export function createKeeper(options: KeeperOptions): Keeper {
  const { history, context, server, clean, clock, log } = options;
  const folder = historyFolder(history.folder, context, server);
  const writer = createHistoryWriter({
    root: history.folder,
    folder,
    context,
    server,
    days: history.days,
    clean,
    clock,
  });
  let gaps: readonly Gap[] = [];
  let notes: readonly Message[] = [];
  let told = false;
  const add = (gap: Gap): void => {
    if (gap.to - gap.from >= worthSaying) gaps = [...gaps, gap].slice(-gapsShown);
  };
  return {
    folder,
    async restore(wanted) {
      const now = options.now();
      if (history.restore === false) return undefined;
      const engine = createEngine();
      try {
        const { player, notes: found } = await loadHistory(folder, engine, now, wanted);
        notes = found;
        for (const note of found) log('warn', `history: ${note.id} ${JSON.stringify(note.data ?? {})}`);
        if (player?.now === undefined || player.taken === 0) return undefined;
        log('info', `history: ${player.taken} observations of before`);
        gaps = player.gaps.slice(-gapsShown);
        add({ from: player.now, to: now });
        engine.gap();
        return engine;
      } catch (error) {
        log('warn', `history: ${String(error)}`);
        return undefined;
      }
    },
    observe: (observation, at) => writer.observe(observation, at),
    interrupted(from) {
      add({ from, to: clock() });
      writer.interrupt();
    },
    notes() {
      const { problem } = writer;
      if (problem !== undefined && !told) log('warn', `history: ${problem.id} ${JSON.stringify(problem.data ?? {})}`);
      told ||= problem !== undefined;
      const recent = gaps.filter(({ to }) => clock() - to < day);
      return [
        ...recent.map(({ from, to }) => message('cluster.history/gap', { from: clockText(from), to: clockText(to) })),
        ...notes,
        ...(problem === undefined ? [] : [problem]),
      ];
    },
    flush: () => writer.flush(),
    close: () => writer.close(),
  };
}
