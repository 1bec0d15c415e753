/**
 * Commands as containers, probes and hooks run them. Kubernetes starts the first word as a program and hands it the
 * others; no shell reads them unless the first word is one (API field documentation of core/v1 ExecAction).
 */
import type { Value } from '../yaml/value.ts';

/** Words of a command in their order; undefined where template text hides one, and as a whole where it may hide more. */
export function readWords(value: Value): readonly string[] | undefined {
  if (!value.isSeq || value.open) return undefined;
  const words = value.items().map((item) => item.rawText());
  return words.includes(undefined) ? undefined : (words as string[]);
}

/** Name of a program without its folder. */
export const programName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** The script that a command hands to a shell, as in `sh -c SCRIPT`, also behind `timeout 5` or `env A=b`. */
export function shellScript(words: readonly string[]): string | undefined {
  const shell = words.findIndex((word) => shells.has(programName(word)));
  if (shell < 0 || shell > 3) return undefined;
  const flag = words.findIndex((word, index) => index > shell && /^-[a-z]*c$/.test(word));
  if (flag < 0 || words.slice(shell + 1, flag).some((word) => !word.startsWith('-') && word !== 'pipefail'))
    return undefined;
  return words[flag + 1];
}

/** One simple command of a script, and what stands behind it: `;` stands for a line end too. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly next: ';' | '&&' | '||' | '|' | '&' | '';
  /** Offsets in the script, without the operator. */
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a script into its simple commands. Quotes, comments and substitutions are kept whole; reserved words such as
 * `do` count as words. Enough to recognise habits, not to run anything.
 */
export function shellCommands(script: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let start = -1;
  let end = 0;
  const close = (next: ShellCommand['next']): void => {
    if (words.length > 0) commands.push({ words, next, start, end });
    [words, start] = [[], -1];
  };
  for (const { text, index, operator } of shellTokens(script)) {
    if (operator) close(text as ShellCommand['next']);
    else {
      if (start < 0) start = index;
      words.push(unquote(text));
      end = index + text.length;
    }
  }
  close('');
  return commands;
}

const token =
  /\\\n|[ \t\r]+|#[^\n]*|;;?|\n|&&|\|\|&?|\||\d*[<>]+&?\d*|&>{1,2}|&|(?:\\[^]|"(?:\\[^]|[^"\\])*"|'[^']*'|\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|`[^`]*`|[^\s;&|<>"'`\\]|["'`\\])+/g;

function* shellTokens(script: string): Generator<{ text: string; index: number; operator: boolean }> {
  for (const { 0: text, index } of script.matchAll(token)) {
    if (/^(?:\\\n|[ \t\r]+|#)/.test(text)) continue;
    if (/^(?:;;?|\n)$/.test(text)) yield { text: ';', index, operator: true };
    else yield { text, index, operator: /^(?:&&|\|\||\||&)$/.test(text) };
  }
}

/** A word without the quotes around it or its parts. */
const unquote = (word: string): string =>
  word.replace(/"((?:\\[^]|[^"\\])*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
    double === undefined ? (single ?? '') : double.replace(/\\(["\\$`])/g, '$1'),
  );

const prefixes: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '!',
  '{',
  '(',
  'exec',
  'time',
  'nohup',
  'sudo',
  'command',
]);

/** The words of a simple command from its program on: without reserved words, assignments and `exec`. */
export function programWords(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !prefixes.has(word) && !/^[A-Za-z_]\w*=/.test(word));
  if (start < 0) return [];
  if (programName(words[start] ?? '') !== 'timeout') return words.slice(start);
  const behind = words.findIndex((word, index) => index > start && !word.startsWith('-'));
  return words.slice(behind + 1);
}

/** Every program that a command starts with its arguments: of its script, or itself. */
export function programsOf(words: readonly string[]): readonly (readonly string[])[] {
  const script = shellScript(words);
  if (script === undefined) return [programWords(words)];
  return shellCommands(script).map((command) => programWords(command.words));
}

const localHosts = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0)$/i;

/** Whether a host is the machine that asks: for commands, the container itself. */
export const isLocalHost = (host: string): boolean => localHosts.test(host);

/** Clients that take their server from `-h`, `--host` or the like. */
const hostOption: Readonly<Record<string, readonly string[]>> = {
  mysqladmin: ['-h', '--host'],
  mysql: ['-h', '--host'],
  'mariadb-admin': ['-h', '--host'],
  mariadb: ['-h', '--host'],
  pg_isready: ['-h', '--host'],
  psql: ['-h', '--host'],
  'redis-cli': ['-h'],
  mongo: ['--host'],
  mongosh: ['--host'],
};

const clients: ReadonlySet<string> = new Set(['curl', 'wget', 'nc', 'ncat', 'netcat', ...Object.keys(hostOption)]);

/** A program that talks over the network. */
export interface Call {
  readonly program: string;
  /** As written, a variable too; undefined where none is, which means the local server for database clients. */
  readonly host: string | undefined;
}

/** Network clients among the programs of a command. */
export function callsOf(words: readonly string[]): readonly Call[] {
  return programsOf(words).flatMap((program): Call[] => {
    const name = programName(program[0] ?? '');
    if (!clients.has(name)) return [];
    return [{ program: name, host: hostIn(name, program.slice(1)) }];
  });
}

function hostIn(name: string, args: readonly string[]): string | undefined {
  if (name === 'curl' || name === 'wget') return args.map(hostOfUrl).find((host) => host !== undefined);
  if (/^(?:nc|ncat|netcat)$/.test(name)) {
    const port = args.findIndex(
      (arg, index) => index > 0 && /^(?:\d+|\$.*)$/.test(arg) && !(args[index - 1] ?? '-').startsWith('-'),
    );
    return port < 1 ? undefined : args[port - 1];
  }
  const url = args
    .map((arg) => /^(?:mongodb(?:\+srv)?|postgres(?:ql)?|rediss?):\/\/(?:[^@/]*@)?([^/:?,]+)/.exec(arg)?.[1])
    .find((host) => host !== undefined);
  if (url !== undefined) return url;
  for (const option of hostOption[name] ?? []) {
    for (const [index, arg] of args.entries()) {
      if (arg === option) return args[index + 1];
      if (arg.startsWith(`${option}=`)) return arg.slice(option.length + 1);
      if (option === '-h' && /^-h./.test(arg)) return arg.slice(2);
    }
  }
  return undefined;
}

/** Host of a URL argument, with or without scheme; options and files have none. */
function hostOfUrl(arg: string): string | undefined {
  const url = /^(?:https?:\/\/)(?:[^@/]*@)?(\[[^\]]+\]|\$\{[^}]*\}|\$\([^)]*\)|[^/:?]+)/i.exec(arg)?.[1];
  if (url !== undefined) return url;
  return (
    /^((?:[a-z0-9-]+\.)*[a-z0-9-]+|\$\w+|\$\{\w+\}|\$\(\w+\)):\d+(?:\/|$)/i.exec(arg)?.[1] ??
    /^(localhost|127\.0\.0\.1)(?:\/|$)/i.exec(arg)?.[1]
  );
}
