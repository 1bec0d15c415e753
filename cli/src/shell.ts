import { styleText } from 'node:util';
import type { Templates } from '../../core/src/lint/findings.ts';
import { format } from '../../core/src/messages.ts';
import type { Paint } from '../../core/src/report/stylish.ts';
import { templatesFor } from '../../server/src/locale.ts';
import { cliMessages } from './messages.en.ts';

/** Codes that a command ends with: nothing found; something found; a wrong call, or work that could not be done. */
export type ExitCode = 0 | 1 | 2;

/** When to colour what is printed. */
export type Colour = 'auto' | 'always' | 'never';

/** What a command needs of its process. */
export interface Shell {
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream;
  readonly templates: Templates;
  /** Text by its id, in the user's language. */
  readonly say: (id: string, data?: Readonly<Record<string, string | number>>) => string;
  paint(colour: Colour): Paint;
  out(text: string): void;
  error(text: string): void;
  /** Shows what is being done where a person waits and watches; undefined elsewhere. */
  readonly status: NodeJS.WriteStream | undefined;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** The user asked for what cannot be done: the command ends with 2. */
export class UsageError extends Error {
  /** Call that prints help. */
  readonly help: string;
  constructor(message: string, help = 'selfheal --help') {
    super(message);
    this.help = help;
  }
}

/** Shell of a process; a reader that goes away early (`selfheal lint | head`) is no error. */
export function createShell(process: NodeJS.Process): Shell {
  const { env, stdout, stderr } = process;
  const templates: Templates = new Map([
    ...Object.entries(cliMessages),
    ...templatesFor(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG']),
  ]);
  const write = (stream: NodeJS.WriteStream): ((text: string) => void) => {
    let open = true;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      open = false;
    });
    return (text) => {
      if (open && text !== '') stream.write(text);
    };
  };
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  const automatic = forced || (stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
  return {
    cwd: process.cwd(),
    stdin: process.stdin,
    templates,
    say: (id, data = {}) => format(templates.get(id) ?? id, data),
    paint: (colour) => (style, text) =>
      colour === 'always' || (colour === 'auto' && automatic)
        ? styleText(style, text, { validateStream: false })
        : text,
    out: write(stdout),
    error: write(stderr),
    status: stderr.isTTY && !env['CI'] && env['TERM'] !== 'dumb' ? stderr : undefined,
    columns: stdout.columns || 100,
  };
}

/** What an error says, without its stack. */
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
