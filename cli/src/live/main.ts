/** Entry of `cli-live.cjs`: what only the commands about clusters and recordings load. */
import type { Arguments } from '../arguments.ts';
import type { ExitCode, Shell } from '../shell.ts';
import { replay } from './replay.ts';
import { rights } from './rights.ts';
import { watch } from './watch.ts';

/** Carries out a command of the live half. */
export const liveCommands: Readonly<
  Record<'watch' | 'replay' | 'rights', (args: Arguments, shell: Shell) => Promise<ExitCode>>
> = { watch, replay, rights };
