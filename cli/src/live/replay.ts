/** `selfheal replay`: the incidents of a recording, as they were. */
import { resolve } from 'node:path';
import { createEngine } from '../../../core/src/live/engine.ts';
import type { Entry } from '../../../core/src/live/history.ts';
import { createPlayer } from '../../../core/src/live/player.ts';
import type { ConnectionView, Message } from '../../../core/src/live/view.ts';
import { readRecording } from '../../../server/src/cluster/history/recording.ts';
import { ClusterError } from '../../../server/src/cluster/problem.ts';
import type { Arguments } from '../arguments.ts';
import type { ExitCode, Shell } from '../shell.ts';
import { UsageError } from '../shell.ts';
import { createFollower } from './follow.ts';
import { untilStopped } from './stop.ts';
import { writingOf } from './watch.ts';
import { textOf } from './writing.ts';

/** A view is looked at this often, in ms of the recording. */
const lookEvery = 1000;

/** Plays a recording to its end; ends with 2 where there is none. */
export async function replay(args: Arguments, shell: Shell): Promise<ExitCode> {
  const [path, ...folders] = args.positionals;
  if (path === undefined) throw new UsageError(shell.say('cli/recording-needed'), 'selfheal replay --help');
  const speed = args.number('speed') ?? 0;
  const writing = await writingOf(args, shell, folders);
  const follower = createFollower(writing, args.value('namespace'));
  const stop = untilStopped();
  const engine = createEngine();
  let connection: ConnectionView = { state: 'recording', since: 0, kinds: [] };
  let looked = 0;
  let begun = false;
  const look = (now: number): void => {
    looked = now;
    const view = engine.view(now, connection);
    if (begun) follower.show(view);
    else {
      begun = true;
      follower.begin(view);
    }
  };
  const player = createPlayer(engine, (now) => {
    // The picture is complete when the first lists are.
    if (begun && now - looked >= lookEvery) look(now);
  });
  try {
    const notes = await readRecording(resolve(shell.cwd, path), async (entry) => {
      if (stop.isStopped) return;
      if (entry.type === 'header') {
        const { context, server, at } = entry;
        connection = { state: 'recording', context, ...(server !== '' && { server }), since: at, kinds: [] };
      } else if (!begun && !isList(entry) && player.now !== undefined) look(player.now);
      if (speed > 0 && player.now !== undefined && entry.at > player.now)
        await stop.wait((entry.at - player.now) / speed);
      player.play(entry);
    });
    look(player.now ?? 0);
    tell(notes, shell);
    return 0;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    tell([error.detail.problem, error.detail.remedy], shell);
    return 2;
  } finally {
    stop.now();
  }
}

const isList = (entry: Entry): boolean => entry.type === 'observation' && entry.observation.type === 'RELIST';

function tell(messages: readonly Message[], shell: Shell): void {
  for (const message of messages) shell.error(`selfheal: ${textOf(shell, message)}\n`);
}
