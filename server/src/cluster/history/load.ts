/** Brings the last 24 hours back into the engine of a new connection, so that a restart of the editor forgets nothing. */
import { basename } from 'node:path';
import type { LiveEngine } from '../../../../core/src/live/engine.ts';
import { createRecordingReader, type Entry } from '../../../../core/src/live/history.ts';
import { createPlayer, type Player } from '../../../../core/src/live/player.ts';
import type { Message } from '../../../../core/src/live/view.ts';
import { message } from '../problem.ts';
import { isLocked } from './lock.ts';
import { segmentsOf, setAside, type Segment } from './files.ts';
import { readLines } from './lines.ts';

/** What was played. */
interface Loaded {
  /** Absent where it took too long. */
  readonly player?: Player;
  /** What could not be read. */
  readonly notes: readonly Message[];
}

const day = 24 * 3600_000;
/** Most bytes on disk that a connection waits for. */
const historyLimit = 24 * 1024 * 1024;
/** Most bytes of text in one segment. */
const textLimit = 1024 * 1024 * 1024;
const notesLimit = 3;

/** A connection waits this long for what was before, ms. */
const patience = 10_000;

/** Time between two ticks, in ms of the recording: the longer it takes, the coarser. Only the ends of windows suffer. */
const stepAfter = (elapsed: number): number => (elapsed < 500 ? 1000 : elapsed < 1500 ? 10_000 : 60_000);

/** Segments that tell of the last 24 hours, within what a connection may wait for. */
function recent(segments: readonly Segment[], now: number): readonly Segment[] {
  const from = Math.max(
    0,
    segments.findLastIndex(({ start }) => start <= now - day),
  );
  const chosen = segments.slice(from);
  let size = chosen.reduce((sum, segment) => sum + segment.size, 0);
  while (chosen.length > 1 && size > historyLimit) size -= chosen.shift()?.size ?? 0;
  return size > historyLimit ? [] : chosen;
}

/**
 * Plays the last 24 hours of a folder into an engine. Never throws; what cannot be read is set aside and said.
 * @param wanted false once nobody waits for it any more
 */
export async function loadHistory(
  folder: string,
  engine: LiveEngine,
  now: number,
  wanted: () => boolean,
): Promise<Loaded> {
  const started = performance.now();
  const player = createPlayer(engine, undefined, () => stepAfter(performance.now() - started));
  const segments = recent(await segmentsOf(folder), now);
  // The end of what another window writes at this moment is nothing to speak of.
  const written = await isLocked(folder);
  const notes: Message[] = [];
  for (const segment of segments) {
    const play = (entry: Entry): boolean => {
      // A clock that was set leaves entries of the future: time cannot be undone.
      if (entry.at > now) return false;
      player.play(entry);
      return wanted() && performance.now() - started < patience;
    };
    const note = await playSegment(segment, play, segment === segments.at(-1) && !written);
    if (note !== undefined) notes.push(note);
  }
  if (performance.now() - started < patience) return { player, notes: notes.slice(-notesLimit) };
  return { notes: [message('cluster.history/too-large', { file: basename(folder) })] };
}

/** Plays a segment; says what of it could not be read. */
async function playSegment(
  segment: Segment,
  play: (entry: Entry) => boolean,
  last: boolean,
): Promise<Message | undefined> {
  const reader = createRecordingReader();
  const data = { file: segment.name };
  let unreadable = 0;
  let readable = 0;
  try {
    const { torn, damage } = await readLines(segment.path, textLimit, (line) => {
      const entry = reader.read(line);
      if (entry === 'unreadable') unreadable += 1;
      else readable += 1;
      return typeof entry === 'string' || play(entry);
    });
    if (damage !== undefined || (unreadable > 0 && readable === 0)) {
      await setAside(segment);
      return message('cluster.history/damaged', { ...data, reason: damage ?? '' });
    }
    if (unreadable > 0) return message('cluster.history/unreadable-lines', { ...data, count: unreadable });
    return torn && last ? message('cluster.history/torn', data) : undefined;
  } catch (error) {
    return message('cluster.history/damaged', { ...data, reason: error instanceof Error ? error.message : '' });
  }
}
