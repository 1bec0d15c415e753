/** `selfheal watch`: the incidents of a cluster as a stream. */
import { resolve } from 'node:path';
import { reduceHealth, type HealthState } from '../../../core/src/health-stream.ts';
import type { HealthView } from '../../../core/src/live/view.ts';
import { createSession } from '../../../server/src/cluster/session.ts';
import type { Arguments } from '../arguments.ts';
import { colourOf } from '../commands/command.ts';
import type { ExitCode, Shell } from '../shell.ts';
import { UsageError } from '../shell.ts';
import { createFollower } from './follow.ts';
import { placesIn } from './places.ts';
import { untilStopped } from './stop.ts';
import { textOf, type Writing } from './writing.ts';

/** Recordings that were asked for are the user's: they are removed for their size alone, not for their age. */
const keepDays = 36_500;
/** States from which a connection that never was does not get anywhere by itself. */
const hopeless: ReadonlySet<string> = new Set(['failed', 'unauthorised', 'forbidden', 'unreachable']);

/** Whether every kind has said what it is. */
const isComplete = ({ connection }: HealthView): boolean =>
  connection.state === 'live' && connection.kinds.every(({ state }) => state !== 'connecting');

/** Milliseconds of `90s`, `10m`, `2h`, `1d`; undefined for anything else. */
export function durationOf(text: string): number | undefined {
  const match = /^(\d{1,6})(s|m|h|d)$/.exec(text);
  const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };
  return match === null ? undefined : Number(match[1]) * (units[match[2] ?? ''] ?? 0);
}

/** What `watch` and `replay` write with. */
export async function writingOf(args: Arguments, shell: Shell, folders: readonly string[]): Promise<Writing> {
  return {
    shell,
    format: args.choice('format', ['stylish', 'json'], 'stylish'),
    paint: shell.paint(colourOf(args)),
    place: await placesIn(folders, shell),
  };
}

/** Watches until it is stopped; ends with 2 where there is nothing to watch. */
export async function watch(args: Arguments, shell: Shell): Promise<ExitCode> {
  const given = args.value('for');
  const lasting = given === undefined ? undefined : durationOf(given);
  if (given !== undefined && lasting === undefined)
    throw new UsageError(shell.say('cli/wrong-duration', { name: '--for', value: given }), 'selfheal watch --help');
  const writing = await writingOf(args, shell, args.positionals);
  const namespace = args.value('namespace');
  const follower = createFollower(writing, namespace);
  const stop = untilStopped(lasting);
  let state: HealthState | undefined;
  let begun = false;
  let code: ExitCode = 0;

  const session = createSession({
    log: (level, text) => {
      if (args.has('verbose') || level === 'error') shell.error(`${text}\n`);
    },
    onUpdate(update) {
      const next = reduceHealth(state, update);
      if (next === 'gap') return;
      state = next;
      if (!begun && isComplete(next.view)) {
        begun = true;
        follower.begin(next.view);
      } else if (begun) follower.show(next.view);
      else if (hopeless.has(next.view.connection.state)) {
        const { problem, remedy } = next.view.connection;
        for (const message of [problem, remedy]) if (message) shell.error(`selfheal: ${textOf(shell, message)}\n`);
        code = 2;
        stop.now();
      }
    },
  });
  const { kubeconfig, context } = { kubeconfig: args.value('kubeconfig'), context: args.value('context') };
  const record = args.value('record');
  try {
    await session.connect({
      ...(kubeconfig !== undefined && { kubeconfig: resolve(shell.cwd, kubeconfig) }),
      ...(context !== undefined && { context }),
      ...(namespace !== undefined && { namespace }),
      ...(record !== undefined && { history: { folder: resolve(shell.cwd, record), days: keepDays, restore: false } }),
    });
    await stop.stopped;
  } finally {
    stop.now();
    await session.dispose();
  }
  return code;
}
