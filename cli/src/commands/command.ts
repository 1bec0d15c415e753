import type { Arguments, Option } from '../arguments.ts';
import type { Colour, ExitCode, Shell } from '../shell.ts';

/** One command of the command line. */
export interface Command {
  readonly name: string;
  readonly options: Readonly<Record<string, Option>>;
  run(args: Arguments, shell: Shell): ExitCode | Promise<ExitCode>;
}

/** Option that every command with output has. */
export const colorOption: Readonly<Record<string, Option>> = { color: { value: 'WHEN' } };

/** When the output is coloured: never in a file. */
export function colourOf(args: Arguments): Colour {
  const chosen = args.choice('color', ['auto', 'always', 'never'], 'auto');
  return args.value('output') !== undefined && chosen === 'auto' ? 'never' : chosen;
}
