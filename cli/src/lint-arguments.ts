import type { KubernetesVersion } from '../../core/src/kube/version.ts';
import { readVersion } from '../../core/src/kube/version.ts';
import type { Level } from '../../core/src/lint/configuration.ts';
import { compareSeverity } from '../../core/src/lint/findings.ts';
import type { Preset } from '../../core/src/lint/presets.ts';
import { presets } from '../../core/src/lint/presets.ts';
import type { Severity } from '../../core/src/lint/rule.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { nearest } from '../../core/src/text/nearest.ts';
import type { Arguments, Option } from './arguments.ts';
import { colorOption, colourOf } from './commands/command.ts';
import type { Choices } from './configured.ts';
import type { Colour, Shell } from './shell.ts';
import { UsageError } from './shell.ts';

/** Options of `selfheal lint`; the help texts describe them. */
export const lintOptions: Readonly<Record<string, Option>> = {
  config: { value: 'FILE' },
  preset: { value: 'NAME' },
  rule: { value: 'ID=LEVEL', repeated: true },
  kubernetes: { value: 'VERSION' },
  hints: {},
  render: {},
  'stdin-filename': { value: 'NAME' },
  fix: {},
  diff: {},
  format: { value: 'NAME' },
  output: { value: 'FILE' },
  baseline: { value: 'FILE' },
  'write-baseline': {},
  'no-frames': {},
  quiet: {},
  ...colorOption,
  'fail-on': { value: 'LEVEL' },
  'max-warnings': { value: 'N' },
};

const formats = ['stylish', 'json', 'sarif', 'github', 'junit'] as const;

/** Arguments of `selfheal lint`, checked. */
export interface LintArguments extends Choices {
  readonly paths: readonly string[];
  /** Reads standard input and no file. */
  readonly stdin: boolean;
  readonly stdinName: string;
  readonly fix: boolean;
  readonly diff: boolean;
  readonly hints: boolean;
  /** Lets Helm and kustomize build what there is, and checks that, too. */
  readonly render: boolean;
  readonly format: (typeof formats)[number];
  readonly output: string | undefined;
  readonly baseline: string | undefined;
  readonly writeBaseline: boolean;
  readonly frames: boolean;
  readonly quiet: boolean;
  readonly colour: Colour;
  /** Whether findings of a level make the command end with 1. */
  readonly failsAt: (level: Severity) => boolean;
  /** More warnings than this end with 1; fewer do not, whatever `failsAt` says. */
  readonly maxWarnings: number | undefined;
}

/** Checks the arguments of `selfheal lint`; throws UsageError for the first that is wrong. */
export function readLintArguments(args: Arguments, shell: Shell): LintArguments {
  const { say } = shell;
  const fail = (text: string): never => {
    throw new UsageError(text, 'selfheal lint --help');
  };
  const { positionals: paths } = args;
  const stdin = paths.includes('-');
  if (stdin && paths.length > 1) fail(say('cli/stdin-alone'));
  if (stdin && args.has('render')) fail(say('cli/not-together', { first: '-', second: '--render' }));
  for (const second of ['diff', 'write-baseline'])
    if (args.has('fix') && args.has(second)) fail(say('cli/not-together', { first: '--fix', second: `--${second}` }));
  if (args.has('diff') && args.has('write-baseline'))
    fail(say('cli/not-together', { first: '--diff', second: '--write-baseline' }));
  if (args.has('write-baseline') && !args.has('baseline')) fail(say('cli/baseline-needed'));
  const failOn = args.choice('fail-on', ['error', 'warning', 'info', 'hint'], 'warning');
  return {
    paths: paths.length > 0 ? paths : ['.'],
    stdin,
    stdinName: args.value('stdin-filename') ?? 'stdin.yaml',
    fix: args.has('fix'),
    diff: args.has('diff'),
    hints: args.has('hints'),
    render: args.has('render'),
    format: args.choice('format', formats, 'stylish'),
    output: args.value('output'),
    baseline: args.value('baseline'),
    writeBaseline: args.has('write-baseline'),
    frames: !args.has('no-frames'),
    quiet: args.has('quiet'),
    colour: colourOf(args),
    failsAt: (level) => compareSeverity(level, failOn) <= 0,
    maxWarnings: args.number('max-warnings'),
    config: args.value('config'),
    preset: args.value('preset') === undefined ? undefined : args.choice<Preset>('preset', presets, 'recommended'),
    kubernetes: version(args, shell),
    levels: new Map(args.values('rule').map((setting) => readSetting(setting, shell))),
  };
}

function version(args: Arguments, { say }: Shell): KubernetesVersion | undefined {
  const written = args.value('kubernetes');
  if (written === undefined) return undefined;
  const read = readVersion(written);
  if (!read)
    throw new UsageError(say('cli/wrong-version', { name: '--kubernetes', value: written }), 'selfheal lint --help');
  return read;
}

const levels: readonly Level[] = ['error', 'warning', 'info', 'hint', 'off'];

function readSetting(setting: string, { say }: Shell): [string, Level] {
  const at = setting.lastIndexOf('=');
  const id = setting.slice(0, at);
  if (at < 1) throw new UsageError(say('cli/wrong-rule', { name: '--rule', value: setting }), 'selfheal lint --help');
  const ids = rules.map((rule) => rule.id);
  if (!ids.includes(id)) throw new UsageError(unknownRule(id, ids, say), 'selfheal rules');
  const level = levels.find((name) => name === setting.slice(at + 1));
  if (!level)
    throw new UsageError(
      `${say('cli/wrong-choice', { name: `--rule ${id}`, value: setting.slice(at + 1) })} ${say('cli/choose', { names: levels.join(', ') })}`,
      'selfheal lint --help',
    );
  return [id, level];
}

/** Sentence about a rule that does not exist, with the one that was probably meant. */
export function unknownRule(id: string, ids: readonly string[], say: Shell['say']): string {
  const suggestion = nearest(id, ids);
  return [
    say('cli/unknown-rule', { name: id }),
    suggestion ? say('cli/did-you-mean', { suggestion }) : say('cli/list-rules'),
  ].join(' ');
}
