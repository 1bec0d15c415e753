import { resolve } from 'node:path';
import { defaultConfiguration, settingFor } from '../../../core/src/lint/configuration.ts';
import { createLinter } from '../../../core/src/lint/engine.ts';
import type { Preset } from '../../../core/src/lint/presets.ts';
import { ownPresets } from '../../../core/src/lint/presets.ts';
import type { FixClass, Rule } from '../../../core/src/lint/rule.ts';
import { capabilities } from '../../../core/src/lint/rule.ts';
import { counted } from '../../../core/src/report/say.ts';
import { rules as catalogue } from '../../../core/src/rules/registry.ts';
import { Project } from '../../../core/src/workspace/project.ts';
import { columnsOf } from '../markdown.ts';
import { examples, rulePage } from '../pages.ts';
import type { Shell } from '../shell.ts';
import { reason, UsageError } from '../shell.ts';
import { writeWhole } from '../write.ts';
import type { Command } from './command.ts';
import { colorOption, colourOf } from './command.ts';

/** `selfheal rules`. */
export const rules: Command = {
  name: 'rules',
  options: { format: { value: 'NAME' }, output: { value: 'FILE' }, ...colorOption },
  run(args, shell) {
    const [unwanted] = args.positionals;
    if (unwanted !== undefined)
      throw new UsageError(
        shell.say('cli/no-arguments', { command: 'selfheal rules', argument: unwanted }),
        'selfheal rules --help',
      );
    const paint = shell.paint(colourOf(args));
    const format = args.choice('format', ['table', 'json'], 'table');
    const text = format === 'json' ? asJson() : asTable(shell, (heading) => paint('bold', heading));
    const output = args.value('output');
    if (output === undefined) {
      shell.out(text);
      return 0;
    }
    try {
      writeWhole(resolve(shell.cwd, output), text);
      return 0;
    } catch (error) {
      throw new UsageError(shell.say('cli/unwritable', { path: output, reason: reason(error) }));
    }
  },
};

function asTable(shell: Shell, bold: (text: string) => string): string {
  const { say } = shell;
  const header = ['rule', 'level', 'tier', 'preset', 'fixes'].map((name) => say(`cli/column.${name}`));
  const groups = capabilities
    .map((capability) => ({ capability, own: catalogue.filter((rule) => rule.capability === capability) }))
    .filter(({ own }) => own.length > 0);
  const row = (rule: Rule): string[] => [
    rule.id,
    rule.severity,
    String(rule.tier),
    smallestPreset(rule) ?? say('cli/preset.none'),
    fixClasses(rule).join(', '),
  ];
  // One width for all groups: the columns stand under each other down the whole list.
  const lines = columnsOf([header, ...groups.flatMap(({ own }) => own.map(row))]);
  const [head = '', ...body] = lines;
  const parts = [bold(`  ${head}`)];
  for (const { capability, own } of groups)
    parts.push('', bold(say(`cli/capability.${capability}`)), ...body.splice(0, own.length).map((line) => `  ${line}`));
  return `${[...parts, '', counted(shell.templates, 'rule', catalogue.length)].join('\n')}\n`;
}

function asJson(): string {
  const list = catalogue.map((rule) => ({
    id: rule.id,
    capability: rule.capability,
    level: rule.severity,
    tier: rule.tier,
    confidence: rule.confidence,
    since: rule.since,
    preset: smallestPreset(rule),
    fixes: fixClasses(rule),
    summary: rule.docs.summary,
    links: rule.docs.links.map((link) => `https://kubernetes.io/docs/${link}`),
    options: rule.options ?? {},
    aliases: rule.aliases,
    explains: rule.explains,
  }));
  return `${JSON.stringify({ version: 1, rules: list }, undefined, 2)}\n`;
}

const anything = { path: '', kind: undefined, namespace: undefined, name: undefined };

/** Smallest preset that has a rule; undefined for one that must be switched on by name. */
function smallestPreset(rule: Rule): Preset | undefined {
  return ownPresets.find(
    (preset) => settingFor(rule, { ...defaultConfiguration, extends: preset }, anything, () => false).level !== 'off',
  );
}

const classes: readonly FixClass[] = ['safe', 'review', 'template'];

/** Classes of the fixes that a rule offers on the manifests of its own page. */
function fixClasses(rule: Rule): FixClass[] {
  const [found] = examples(rulePage(rule.id) ?? '');
  if (found === undefined) return [];
  const configuration = { ...defaultConfiguration, rules: new Map([[rule.id, { level: rule.severity }]]) };
  const linter = createLinter({
    rules: [rule],
    configuration,
    relative: (uri) => uri,
    glob: () => false,
    onRuleError: () => undefined,
  });
  const uri = 'file:///example.yaml';
  const offered = new Set(
    linter.lint(Project.from([[uri, found]]), uri).flatMap(({ fixes }) => fixes.map((fix) => fix.class)),
  );
  return classes.filter((kind) => offered.has(kind));
}
