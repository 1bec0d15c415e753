#!/usr/bin/env node
import { parseArgs, styleText } from 'node:util';
import { templatesFor } from '../../server/src/locale.ts';
import type { LintArguments, Shell } from './lint.ts';
import { lint } from './lint.ts';
import { UsageError } from './targets.ts';

const usage = `selfheal lint [PATH…]        checks Kubernetes manifests for what keeps them from healing

PATH is a file, a folder or a glob; "-" reads standard input. Without PATH: the working directory.

  --fix                  write the safe fixes to the files (with "-": to standard output)
  --format NAME          stylish (default) or json
  --config FILE          use this selfheal.yaml instead of the nearest one above each file
  --fail-on LEVEL        error, warning (default), info or hint: ends with 1 when something of this level is found
  --max-warnings N       ends with 1 when there are more warnings than N; fewer do not count
  --hints                show hints too
  --stdin-filename NAME  what standard input is called in the report, and where its configuration is looked for
  --help, --version

Ends with 0 when clean, 1 when something was found, 2 when the call was wrong.
`;

const options = {
  fix: { type: 'boolean', default: false },
  format: { type: 'string', default: 'stylish' },
  config: { type: 'string' },
  'fail-on': { type: 'string', default: 'warning' },
  'max-warnings': { type: 'string' },
  hints: { type: 'boolean', default: false },
  'stdin-filename': { type: 'string', default: 'stdin.yaml' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const;

function choose<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const chosen = names.find((name) => name === value);
  if (!chosen) throw new UsageError(`--${option} cannot be "${value}": choose ${names.join(', ')}.`);
  return chosen;
}

function readNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new UsageError(`--${option} needs a whole number, not "${value}".`);
  return Number(value);
}

function readArguments(argv: readonly string[]): LintArguments | 'help' | 'version' {
  const { values, positionals } = parse(argv);
  if (values.version) return 'version';
  const [command, ...paths] = positionals;
  if (values.help || command === undefined || command === 'help') return 'help';
  if (command !== 'lint') throw new UsageError(`There is no command "${command}". The command is: lint.`);
  if (paths.includes('-') && paths.length > 1) throw new UsageError('"-" reads standard input and goes with no other path.');
  return {
    paths: paths.length > 0 ? paths : ['.'],
    format: choose('format', values.format, ['stylish', 'json']),
    fix: values.fix,
    hints: values.hints,
    config: values.config,
    failOn: choose('fail-on', values['fail-on'], ['error', 'warning', 'info', 'hint']),
    maxWarnings: readNumber('max-warnings', values['max-warnings']),
    stdinName: values['stdin-filename'],
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function main(): Promise<number> {
  const coloured = process.stdout.isTTY && process.env.NO_COLOR === undefined;
  const shell: Shell = {
    cwd: process.cwd(),
    stdin: process.stdin,
    templates: templatesFor(process.env.LC_ALL ?? process.env.LC_MESSAGES ?? process.env.LANG),
    paint: (style, text) => (coloured ? styleText(style, text) : text),
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
  };
  try {
    const args = readArguments(process.argv.slice(2));
    if (args === 'help') shell.out(usage);
    else if (args === 'version') shell.out(`${SELFHEAL_VERSION}\n`);
    else return await lint(args, shell);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) shell.error(`selfheal: ${error.message}\nRun "selfheal --help" for the options.\n`);
    else shell.error(`selfheal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }
}

/** Version of the package, written in by the build. */
declare const SELFHEAL_VERSION: string;

void main().then((code) => {
  process.exitCode = code;
});
