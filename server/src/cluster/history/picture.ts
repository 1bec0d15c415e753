/** The picture that a recording shows at its end. */
import { basename } from 'node:path';
import { createEngine, type LiveEngine } from '../../../../core/src/live/engine.ts';
import type { SegmentHeader } from '../../../../core/src/live/history.ts';
import { createPlayer } from '../../../../core/src/live/player.ts';
import type { ConnectionView } from '../../../../core/src/live/view.ts';
import { message } from '../problem.ts';
import { plainText } from '../redact.ts';
import { clockText } from './keeper.ts';
import { readRecording } from './recording.ts';

/** A recording that was played to its end. */
export interface Picture {
  readonly engine: LiveEngine;
  readonly connection: ConnectionView;
  /** Epoch ms. */
  readonly end: number;
}

const shownNotes = 5;

/** Plays a recording. @throws ClusterError when it is none */
export async function readPicture(path: string): Promise<Picture> {
  const engine = createEngine();
  const player = createPlayer(engine);
  let header: SegmentHeader | undefined;
  const notes = await readRecording(path, (entry) => {
    if (entry.type === 'header') header = entry;
    player.play(entry);
  });
  const end = player.now ?? 0;
  const name = basename(path);
  const about = { name, from: clockText(player.begun ?? 0), to: clockText(end) };
  const gaps = player.gaps.map(({ from, to }) =>
    message('cluster.history/gap', { from: clockText(from), to: clockText(to) }),
  );
  const server = plainText(header?.server ?? '', 300);
  return {
    engine,
    end,
    connection: {
      state: 'recording',
      // The name in a file is somebody else's word.
      context: plainText(header?.context ?? '', 300) || name,
      ...(server !== '' && { server }),
      since: end,
      problem: message('cluster.recording/shown', about),
      kinds: [],
      ...(gaps.length + notes.length > 0 && { warnings: [...gaps.slice(-shownNotes), ...notes.slice(-shownNotes)] }),
    },
  };
}
