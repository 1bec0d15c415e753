#!/usr/bin/env node
import { nearest } from '../../core/src/text/nearest.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './commands/command.ts';
import { explain } from './commands/explain.ts';
import { lint } from './commands/lint.ts';
import { liveCommands } from './commands/live.ts';
import { rules } from './commands/rules.ts';
import type { ExitCode, Shell } from './shell.ts';
import { createShell, UsageError } from './shell.ts';
import { version } from './version.ts';

const commands: readonly Command[] = [lint, explain, rules, ...liveCommands];

function commandNamed(name: string, { say }: Shell): Command {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const names = [...commands.map((command) => command.name), 'help'];
  const suggestion = nearest(name, names);
  const remedy = suggestion ? say('cli/did-you-mean', { suggestion }) : say('cli/choose', { names: names.join(', ') });
  throw new UsageError(`${say('cli/unknown-command', { name })} ${remedy}`);
}

async function run(argv: readonly string[], shell: Shell): Promise<ExitCode> {
  const [first, ...rest] = argv;
  const asksHelp = (words: readonly string[]): boolean => words.includes('--help') || words.includes('-h');
  if (first === '--version' || first === '-v') shell.out(`${version}\n`);
  else if (first === undefined || first === '--help' || first === '-h') shell.out(shell.say('cli/usage'));
  else if (first === 'help')
    shell.out(shell.say(rest[0] === undefined ? 'cli/usage' : `cli/usage.${commandNamed(rest[0], shell).name}`));
  else {
    const command = commandNamed(first, shell);
    const end = rest.indexOf('--');
    if (asksHelp(end < 0 ? rest : rest.slice(0, end))) shell.out(shell.say(`cli/usage.${command.name}`));
    else return command.run(readArguments(rest, command.options, `selfheal ${command.name}`, shell), shell);
  }
  return 0;
}

async function main(): Promise<ExitCode> {
  const shell = createShell(process);
  try {
    return await run(process.argv.slice(2), shell);
  } catch (error) {
    if (error instanceof UsageError)
      shell.error(`selfheal: ${error.message}\n${shell.say('cli/see-help', { command: error.help })}\n`);
    else shell.error(`selfheal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
