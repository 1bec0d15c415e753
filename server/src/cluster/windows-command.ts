/**
 * How a command is started on Windows. Go, and so kubectl, finds `az` as `az.cmd` by PATHEXT; Node looks for programs
 * only, and starts a batch file only through the command interpreter.
 */
import { win32 } from 'node:path';
import { existsSync } from 'node:fs';

/** What to hand to `spawn`. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** The arguments are quoted already. */
  readonly verbatim: boolean;
}

/** Value of a variable; names have no case on Windows. */
function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const key = Object.keys(env).find((each) => each.toUpperCase() === name);
  return key === undefined ? undefined : env[key];
}

/** The file that the command means: as it is, or with one of the extensions of PATHEXT; never from the working folder. */
function find(command: string, env: NodeJS.ProcessEnv, exists: (path: string) => boolean): string | undefined {
  const extensions = (variable(env, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((each) => each !== '');
  const named = extensions.some((each) => command.toUpperCase().endsWith(each.toUpperCase()));
  const names = [...(named ? [command] : []), ...extensions.map((each) => `${command}${each.toLowerCase()}`)];
  const folders = /[\\/]/.test(command) ? [''] : (variable(env, 'PATH') ?? '').split(';').filter((each) => each !== '');
  for (const folder of folders)
    for (const name of names) {
      const path = folder === '' ? name : win32.join(folder.replaceAll('"', ''), name);
      if (exists(path)) return path;
    }
  return undefined;
}

/** Characters that the command interpreter gives a meaning to. */
const special = /[()%!^"<>&|;, ]/g;

/** Quotes for the program's own parser first, then for the command interpreter, which reads the line before it. */
function quote(argument: string): string {
  const quoted = `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`;
  return quoted.replace(special, '^$&');
}

/** Finds the command and how it is started. An argument with a line break cannot be handed to a batch file. */
export function windowsLaunch(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  exists: (path: string) => boolean = existsSync,
): Launch {
  const path = find(command, env, exists) ?? command;
  if (!/\.(?:cmd|bat)$/i.test(path)) return { command: path, args, verbatim: false };
  if (args.some((argument) => /[\r\n\0]/.test(argument)))
    throw Object.assign(new Error('an argument has a line break'), { code: 'EINVAL' });
  const line = [path.replace(special, '^$&'), ...args.map(quote)].join(' ');
  const shell = variable(env, 'COMSPEC') ?? 'cmd.exe';
  return { command: shell, args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}
