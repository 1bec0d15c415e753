import picomatch from 'picomatch';
import type { Configuration, ConfigurationProblem } from '../../core/src/lint/configuration.ts';
import { readConfiguration, settingFor } from '../../core/src/lint/configuration.ts';
import type { Linter } from '../../core/src/lint/engine.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { LintSettings } from '../../core/src/settings.ts';

/** A configuration with the linter that follows it. */
export interface Folder {
  /** Address of the folder, without a slash at its end; empty for files outside all folders. */
  readonly uri: string;
  readonly configUri: string;
  readonly configText: string | undefined;
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
  readonly linter: Linter;
  /** The same for what tools build: what the one keeps between projects is not lost to the other. */
  readonly renderedLinter: Linter;
  readonly enabled: boolean;
  /** Whether charts and kustomizations are built when they are saved. */
  readonly renders: boolean;
}

/** Name of the configuration file at a folder's root. */
export const configName = 'selfheal.yaml';

const matchers = new Map<string, (path: string) => boolean>();

/** Matches a path against a glob; the compiled glob is kept. */
export function matchGlob(glob: string, path: string): boolean {
  let matcher = matchers.get(glob);
  if (!matcher) matchers.set(glob, (matcher = picomatch(glob, { dot: true })));
  return matcher(path);
}

/** How many rules a configuration switches on where no override speaks. */
export function activeRules(configuration: Configuration): number {
  const anything = { path: '', kind: undefined, namespace: undefined, name: undefined };
  return rules.filter((rule) => settingFor(rule, configuration, anything, () => false).level !== 'off').length;
}

/** Path of a file relative to a folder, both as addresses. */
export const relativeTo = (folder: string, uri: string): string =>
  decodeURIComponent(folder !== '' && uri.startsWith(`${folder}/`) ? uri.slice(folder.length + 1) : uri);

/**
 * Makes the linter of a folder from its configuration file and the editor's settings.
 * @param configText text of selfheal.yaml; undefined where there is none
 * @param onRuleError is told of a rule that threw
 */
export function openFolder(
  uri: string,
  configText: string | undefined,
  settings: LintSettings,
  onRuleError: (rule: string, uri: string, error: unknown) => void,
): Folder {
  const fromSettings = { extends: settings.lint?.preset, rules: settings.lint?.rules, kubernetes: settings.kubernetes };
  const base = readConfiguration(JSON.stringify(fromSettings), rules).configuration;
  const { configuration, problems } =
    configText === undefined ? { configuration: base, problems: [] } : readConfiguration(configText, rules, base);
  const relative = (file: string): string => relativeTo(uri, file);
  const options = { rules, configuration, glob: matchGlob, onRuleError, relative };
  const enabled = settings.lint?.enable !== false;
  return {
    uri,
    configUri: `${uri}/${configName}`,
    configText,
    configuration,
    problems,
    linter: createLinter(options),
    renderedLinter: createLinter(options),
    enabled,
    renders: enabled && settings.render === 'onSave',
  };
}
