import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import picomatch from 'picomatch';
import type { Configuration } from '../../core/src/lint/configuration.ts';
import { defaultConfiguration, readConfiguration } from '../../core/src/lint/configuration.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import type { Finding } from '../../core/src/lint/findings.ts';
import type { Rule } from '../../core/src/lint/rule.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { lineIndex } from '../../core/src/text/text.ts';
import { Project } from '../../core/src/workspace/project.ts';

/** Folder with one fixture folder per rule. */
export const fixtureRoot = fileURLToPath(new URL('../fixtures/rules/', import.meta.url));
/** The repository. */
export const repository = dirname(dirname(dirname(fixtureRoot)));

/** Texts by path relative to a folder, as a project has them by URI. */
export type Files = ReadonlyMap<string, string>;

const uriOf = (path: string): string => `file:///w/${path}`;

/** Project of files. */
export const projectOf = (files: Files): Project => Project.from([...files].map(([path, text]) => [uriOf(path), text]));

/** Every rule at its own level, also those that a preset leaves out, with whatever else is configured. */
export const everyRule = (configuration: Configuration = defaultConfiguration): Configuration => ({
  ...configuration,
  rules: new Map(rules.map(({ id, severity }) => [id, { level: severity, ...configuration.rules.get(id) }])),
});

/** Findings of every file, by path; every rule is on unless a configuration is given. A rule that throws fails the test. */
export function lintFiles(
  files: Files,
  only: readonly Rule[] = rules,
  configuration = everyRule(configurationOf(files)),
): Map<string, readonly Finding[]> {
  const linter = createLinter({
    rules: only,
    configuration,
    relative: (uri) => uri.slice(uriOf('').length),
    glob: (glob, path) => picomatch.isMatch(path, glob),
    onRuleError(rule, uri, error) {
      throw new Error(`${rule} threw on ${uri}`, { cause: error });
    },
  });
  const project = projectOf(files);
  return new Map([...files.keys()].map((path) => [path, linter.lint(project, uriOf(path))]));
}

/** Findings of one text on its own. */
export const lintText = (
  text: string,
  only: readonly Rule[] = rules,
  configuration: Configuration = everyRule(),
): readonly Finding[] => lintFiles(new Map([['a.yaml', text]]), only, configuration).get('a.yaml') ?? [];

/** Settings of the files' own selfheal.yaml. */
export function configurationOf(files: Files): Configuration {
  const text = files.get('selfheal.yaml');
  return text === undefined ? defaultConfiguration : readConfiguration(text, rules).configuration;
}

/** Files below a folder that lint looks at, by relative path with forward slashes. */
export function readFiles(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(?:ya?ml|json|tpl)$/.test(path) && statSync(join(folder, path)).isFile())
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** What a caret comment says: rule, message and level at a place. */
export interface Expectation {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly id: string;
  readonly severity: string;
}

const caretLine = /^#( *)(\^+) +([a-z0-9-]+\/\w+)(?: (error|warning|info|hint))?$/;

/**
 * Takes caret comments out of a fixture. `#   ^^^ rule-id/messageId` speaks of the line above it; a caret right behind
 * the `#` stands for column 0. The level may follow where it is not the rule's own.
 */
export function readCarets(text: string): { readonly text: string; readonly expected: readonly Expectation[] } {
  const kept: string[] = [];
  const expected: Expectation[] = [];
  for (const line of text.split('\n')) {
    const match = caretLine.exec(line);
    if (!match) {
      kept.push(line);
      continue;
    }
    const [, gap = '', carets = '', id = '', severity] = match;
    const column = gap === '' ? 0 : gap.length + 1;
    const length = gap === '' ? carets.length + 1 : carets.length;
    const own = rules.find((rule) => rule.id === id.split('/')[0])?.severity ?? '?';
    expected.push({ line: kept.length - 1, column, length, id, severity: severity ?? own });
  }
  return { text: kept.join('\n'), expected };
}

/** A finding in the form of an expectation. */
export function asExpectation(text: string, finding: Finding): Expectation {
  const { document, range, rule, message, severity } = finding;
  const start = lineIndex(text).position(document.start + range.start);
  return {
    line: start.line,
    column: start.character,
    length: range.end - range.start,
    id: `${rule}/${message}`,
    severity,
  };
}

/** One file of a fixture, with what it expects; files of a workspace are linted together. */
export interface Fixture {
  readonly rule: Rule;
  /** `bad.yaml`, `good.yaml` or `workspace`. */
  readonly name: string;
  readonly files: Files;
  readonly expected: ReadonlyMap<string, readonly Expectation[]>;
}

/** Fixtures of a rule; missing files are simply not there. */
export function fixturesOf(rule: Rule): Fixture[] {
  const folder = join(fixtureRoot, rule.id);
  const single = ['bad.yaml', 'good.yaml'].filter((name) => existsSync(join(folder, name)));
  const workspaces = existsSync(folder)
    ? readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory())
    : [];
  return [
    ...single.map((name) => fixture(rule, name, new Map([[name, readFileSync(join(folder, name), 'utf8')]]))),
    ...workspaces.map((name) => fixture(rule, name, readFiles(join(folder, name)))),
  ];
}

function fixture(rule: Rule, name: string, raw: Files): Fixture {
  const read = new Map([...raw].map(([path, text]) => [path, readCarets(text)]));
  return {
    rule,
    name,
    files: new Map([...read].map(([path, { text }]) => [path, text])),
    expected: new Map([...read].map(([path, { expected }]) => [path, expected])),
  };
}
