import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PodKinds } from '../../core/src/kube/kinds.ts';
import type { KubernetesVersion } from '../../core/src/kube/version.ts';
import type { Configuration, Level, RuleSetting } from '../../core/src/lint/configuration.ts';
import type { Linter } from '../../core/src/lint/engine.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import { findingText } from '../../core/src/lint/findings.ts';
import type { Preset } from '../../core/src/lint/presets.ts';
import { printable } from '../../core/src/report/terminal.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { lineIndex } from '../../core/src/text/text.ts';
import type { Folder } from '../../server/src/folder.ts';
import { configName, matchGlob, openFolder, relativeTo } from '../../server/src/folder.ts';
import type { Shell } from './shell.ts';
import { reason, UsageError } from './shell.ts';
import { configFolder, shownPath } from './targets.ts';
import { readUtf8 } from './write.ts';

/** What the command line says about rules; it has the last word over every file. */
export interface Choices {
  /** The only configuration file. */
  readonly config: string | undefined;
  readonly preset: Preset | undefined;
  readonly kubernetes: KubernetesVersion | undefined;
  readonly levels: ReadonlyMap<string, Level>;
}

/** A configuration's linter, and the kinds that it declares to make pods. */
export interface Configured {
  readonly linter: Linter;
  readonly podTemplates: PodKinds;
}

/**
 * Gives what is configured for a file: by the nearest selfheal.yaml above it, each read once. Mistakes in a
 * configuration are told on standard error.
 * @param failed is told of a rule that threw
 */
export function configurations(
  choices: Choices,
  shell: Shell,
  failed: (rule: string, uri: string, error: unknown) => void,
): (uri: string) => Configured {
  const byFolder = new Map<string, string>();
  const opened = new Map<string, Configured>();
  const open = (folder: string): Configured => {
    let configured = opened.get(folder);
    if (!configured) opened.set(folder, (configured = openConfigured(folder, choices, shell, failed)));
    return configured;
  };
  if (choices.config !== undefined) {
    const only = open(dirname(resolve(shell.cwd, choices.config)));
    return () => only;
  }
  return (uri) => {
    const folder = dirname(fileURLToPath(uri));
    let root = byFolder.get(folder);
    if (root === undefined) byFolder.set(folder, (root = configFolder(folder, shell.cwd)));
    return open(root);
  };
}

function openConfigured(
  folder: string,
  choices: Choices,
  shell: Shell,
  onRuleError: (rule: string, uri: string, error: unknown) => void,
): Configured {
  const path = choices.config !== undefined ? resolve(shell.cwd, choices.config) : join(folder, configName);
  const uri = pathToFileURL(folder).href;
  const opened = openFolder(uri, readConfig(path, choices, shell), {}, onRuleError);
  tellProblems(opened, path, shell);
  const { preset, kubernetes, levels } = choices;
  const { podTemplates } = opened.configuration;
  if (preset === undefined && kubernetes === undefined && levels.size === 0)
    return { linter: opened.linter, podTemplates };
  const configuration = withChoices(opened.configuration, choices);
  const linter = createLinter({
    rules,
    configuration,
    glob: matchGlob,
    onRuleError,
    relative: (file) => relativeTo(uri, file),
  });
  return { linter, podTemplates };
}

function readConfig(path: string, { config }: Choices, { say }: Shell): string | undefined {
  try {
    return readUtf8(path) ?? '';
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (absent && config === undefined) return undefined;
    throw new UsageError(say('cli/no-config', { path: config ?? path, reason: reason(error) }));
  }
}

function tellProblems({ problems, configText }: Folder, path: string, shell: Shell): void {
  const index = lineIndex(configText ?? '');
  for (const { message, data, range } of problems) {
    const { line, character } = index.position(range.start);
    const text = findingText({ rule: 'configuration', message, data }, shell.templates);
    shell.error(`${printable(`${shownPath(path, shell.cwd)}:${line + 1}:${character + 1}: ${text}`)}\n`);
  }
}

function withChoices(configuration: Configuration, { preset, kubernetes, levels }: Choices): Configuration {
  const set = new Map<string, RuleSetting>();
  for (const [id, level] of levels) set.set(id, { level });
  const merged = new Map(configuration.rules);
  for (const [id, setting] of set) merged.set(id, { ...merged.get(id), ...setting });
  const everywhere = { files: [], kinds: [], namespaces: [], names: [], rules: set };
  return {
    ...configuration,
    extends: preset ?? configuration.extends,
    kubernetes: kubernetes ?? configuration.kubernetes,
    rules: merged,
    overrides:
      configuration.overrides.length > 0 && set.size > 0
        ? [...configuration.overrides, everywhere]
        : configuration.overrides,
  };
}
