import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findingText } from '../../core/src/lint/findings.ts';
import type { Finding, Templates } from '../../core/src/lint/findings.ts';
import { fixAll } from '../../core/src/lint/fixes.ts';
import type { Severity } from '../../core/src/lint/rule.ts';
import { json } from '../../core/src/report/json.ts';
import type { FileReport } from '../../core/src/report/report.ts';
import { countLevels, reportFile } from '../../core/src/report/report.ts';
import type { Paint } from '../../core/src/report/stylish.ts';
import { stylish } from '../../core/src/report/stylish.ts';
import { lineIndex } from '../../core/src/text/text.ts';
import { Project, readFile } from '../../core/src/workspace/project.ts';
import type { Folder } from '../../server/src/folder.ts';
import { configName, openFolder } from '../../server/src/folder.ts';
import { configFolder, findTargets, shownPath, UsageError } from './targets.ts';

/** Arguments of `selfheal lint`, checked. */
export interface LintArguments {
  readonly paths: readonly string[];
  readonly format: 'stylish' | 'json';
  readonly fix: boolean;
  readonly hints: boolean;
  readonly config: string | undefined;
  /** Findings of this level and graver make the command end with 1. */
  readonly failOn: Severity;
  /** More warnings than this end with 1, whatever `failOn` says. */
  readonly maxWarnings: number | undefined;
  /** Name that text from standard input is treated as. */
  readonly stdinName: string;
}

/** What the command needs of its process. */
export interface Shell {
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream;
  readonly templates: Templates;
  readonly paint: Paint;
  out(text: string): void;
  error(text: string): void;
}

/** Lints; gives the exit code: 0 clean, 1 findings. Throws UsageError for what only the user can mend. */
export async function lint(args: LintArguments, shell: Shell): Promise<0 | 1> {
  const folders = new Map<string, Folder>();
  const stdin = args.paths.length === 1 && args.paths[0] === '-';
  const texts = stdin ? await fromStdin(args, shell) : await fromFiles(args, shell);
  let project = Project.empty.withFiles([...texts].map(([uri, text]) => readFile(uri, text)));

  const folderOf = (uri: string): Folder => {
    const path = fileURLToPath(uri);
    const folder = args.config ? dirname(resolve(shell.cwd, args.config)) : configFolder(dirname(path), shell.cwd);
    let opened = folders.get(folder);
    if (!opened) folders.set(folder, (opened = openConfig(folder, args, shell)));
    return opened;
  };
  const findingsOf = (uri: string): readonly Finding[] => folderOf(uri).linter.lint(project, uri);

  if (args.fix) project = applyFixes(project, texts, stdin, folderOf, shell);
  const reports = [...texts.keys()].map((uri): FileReport => {
    const text = project.files.get(uri)?.documents.map(({ manifest }) => manifest.text).join('') ?? '';
    const shown = findingsOf(uri).filter(({ severity }) => args.hints || severity !== 'hint');
    return reportFile(shownPath(fileURLToPath(uri), shell.cwd), shown, lineIndex(text), shell.templates);
  });
  if (stdin && args.fix) {
    shell.out(project.files.get([...texts.keys()][0] ?? '')?.documents.map(({ manifest }) => manifest.text).join('') ?? '');
    shell.error(stylish(reports, shell.paint, shell.templates));
  } else shell.out(args.format === 'json' ? json(reports) : stylish(reports, shell.paint, shell.templates));
  return fails(reports, args) ? 1 : 0;
}

function openConfig(folder: string, args: LintArguments, shell: Shell): Folder {
  const path = args.config ? resolve(shell.cwd, args.config) : join(folder, configName);
  const opened = openFolder(pathToFileURL(folder).href, readIfThere(path), {}, (rule, uri, error) =>
    shell.error(`Rule ${rule} failed on ${uri} and was skipped: ${String(error)}\n`),
  );
  if (opened.configText === undefined && args.config) throw new UsageError(`There is no configuration file "${args.config}".`);
  const index = lineIndex(opened.configText ?? '');
  for (const { message, data, range } of opened.problems) {
    const { line, character } = index.position(range.start);
    const text = findingText({ rule: 'configuration', message, data }, shell.templates);
    shell.error(`${shownPath(path, shell.cwd)}:${line + 1}:${character + 1}: ${text}\n`);
  }
  return opened;
}

async function fromStdin(args: LintArguments, shell: Shell): Promise<Map<string, string>> {
  const uri = pathToFileURL(resolve(shell.cwd, args.stdinName)).href;
  return new Map([[uri, await readAll(shell.stdin)]]);
}

async function fromFiles(args: LintArguments, shell: Shell): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const uri of await findTargets(args.paths, shell.cwd)) {
    const text = readIfThere(fileURLToPath(uri));
    if (text === undefined) shell.error(`${shownPath(fileURLToPath(uri), shell.cwd)} cannot be read and was skipped.\n`);
    else texts.set(uri, text);
  }
  return texts;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Writes the safe fixes to the files; text from standard input only changes in the project. */
function applyFixes(project: Project, texts: ReadonlyMap<string, string>, stdin: boolean, folderOf: (uri: string) => Folder, shell: Shell): Project {
  let current = project;
  for (const [uri, text] of texts) {
    const { linter } = folderOf(uri);
    const fixed = fixAll(text, (next) => linter.lint((current = current.with(uri, next)), uri));
    current = current.with(uri, fixed);
    if (fixed === text || stdin) continue;
    try {
      writeFileSync(fileURLToPath(uri), fixed);
    } catch (error) {
      shell.error(`${shownPath(fileURLToPath(uri), shell.cwd)} could not be written: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return current;
}

const graver: Readonly<Record<Severity, readonly Severity[]>> = {
  error: ['error'],
  warning: ['error', 'warning'],
  info: ['error', 'warning', 'info'],
  hint: ['error', 'warning', 'info', 'hint'],
};

function fails(reports: readonly FileReport[], { failOn, maxWarnings }: LintArguments): boolean {
  const counts = countLevels(reports);
  if (maxWarnings !== undefined && counts.warning > maxWarnings) return true;
  return graver[failOn].some((level) => counts[level] > 0 && (level !== 'warning' || maxWarnings === undefined));
}
