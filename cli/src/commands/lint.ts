import { text as readAll } from 'node:stream/consumers';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Linter } from '../../../core/src/lint/engine.ts';
import type { Finding } from '../../../core/src/lint/findings.ts';
import { compareFindings } from '../../../core/src/lint/findings.ts';
import type { Severity } from '../../../core/src/lint/rule.ts';
import type { BaselineUse } from '../../../core/src/report/baseline.ts';
import { unifiedDiff } from '../../../core/src/report/diff.ts';
import type { FileReport, Files } from '../../../core/src/report/report.ts';
import { countLevels, reportFile } from '../../../core/src/report/report.ts';
import { counted } from '../../../core/src/report/say.ts';
import { printable } from '../../../core/src/report/terminal.ts';
import type { LineIndex } from '../../../core/src/text/text.ts';
import { lineIndex } from '../../../core/src/text/text.ts';
import { Project, readFile } from '../../../core/src/workspace/project.ts';
import type { Arguments } from '../arguments.ts';
import { hideBaseline, saveBaseline } from '../baseline.ts';
import type { Configured } from '../configured.ts';
import { configurations } from '../configured.ts';
import { fixProject, textOf, writeFixes } from '../fix.ts';
import type { LintArguments } from '../lint-arguments.ts';
import { lintOptions, readLintArguments } from '../lint-arguments.ts';
import { createProgress } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { render } from '../render.ts';
import { lintWithTools } from '../rendering.ts';
import type { ExitCode, Shell } from '../shell.ts';
import { reason } from '../shell.ts';
import { findTargets, shownPath } from '../targets.ts';
import { readUtf8, writeWhole } from '../write.ts';
import type { Command } from './command.ts';

/** `selfheal lint`. */
export const lint: Command = {
  name: 'lint',
  options: lintOptions,
  run: (args: Arguments, shell: Shell) => new Run(readLintArguments(args, shell), shell).all(),
};

/** One run of the linter over what the arguments name. */
class Run {
  private readonly args: LintArguments;
  private readonly shell: Shell;
  private readonly progress: Progress;
  private readonly configuredFor: (uri: string) => Configured;
  private readonly linterOf: (uri: string) => Linter;
  /** False when something could not be read or written, so that the result is not the whole truth. */
  private complete = true;

  constructor(args: LintArguments, shell: Shell) {
    this.args = args;
    this.shell = shell;
    this.progress = createProgress(shell, args.quiet);
    this.linterOf = (uri) => this.configuredFor(uri).linter;
    this.configuredFor = configurations(args, shell, (rule, uri, error) =>
      this.problem('cli/rule-failed', { rule, path: this.shown(fileURLToPath(uri)), reason: reason(error) }),
    );
  }

  async all(): Promise<ExitCode> {
    const { args, shell, progress } = this;
    try {
      const texts = args.stdin ? await this.readStdin() : await this.readFiles();
      const read = this.parse(texts);
      const fixed = args.fix || args.diff ? fixProject(read, texts, this.linterOf, progress) : read;
      if (args.diff) return this.exit(this.printDiff(texts, fixed));
      if (args.fix) this.keepFixes(texts, fixed);
      const findingsOf = args.render
        ? await this.rendered(fixed)
        : (uri: string): readonly Finding[] => this.linterOf(uri).lint(fixed, uri);
      const found = this.report(fixed === read ? texts : textsOf(fixed, texts), findingsOf);
      if (args.baseline !== undefined && args.writeBaseline) {
        saveBaseline(args.baseline, found, shell);
        return this.exit(false);
      }
      const { files, use } =
        args.baseline === undefined ? { files: found, use: undefined } : hideBaseline(args.baseline, found, shell);
      this.print(files, use);
      return this.exit(fails(files, args));
    } finally {
      progress.clear();
    }
  }

  private exit(found: boolean): ExitCode {
    return this.complete ? (found ? 1 : 0) : 2;
  }

  private shown(path: string): string {
    return shownPath(path, this.shell.cwd);
  }

  private problem(id: string, data: Readonly<Record<string, string>>): void {
    this.complete = false;
    this.progress.clear();
    this.shell.error(`${printable(this.shell.say(id, data))}\n`);
  }

  /** Tells what is left out on purpose. */
  private note(id: string, data: Readonly<Record<string, string>>): void {
    this.progress.clear();
    if (!this.args.quiet) this.shell.error(`${printable(this.shell.say(id, data))}\n`);
  }

  private async readStdin(): Promise<Map<string, string>> {
    const uri = pathToFileURL(resolve(this.shell.cwd, this.args.stdinName)).href;
    return new Map([[uri, await readAll(this.shell.stdin)]]);
  }

  private async readFiles(): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const unreadable = (path: string, error: unknown): void =>
      this.problem('cli/unreadable', { path: this.shown(path), reason: reason(error) });
    const uris = await findTargets(this.args.paths, this.shell, {
      found: (count) => this.progress.step('find', count, 0),
      unreadable,
    });
    for (const uri of uris) {
      const path = fileURLToPath(uri);
      try {
        const text = readUtf8(path);
        if (text === undefined) this.problem('cli/not-utf8', { path: this.shown(path) });
        else texts.set(uri, text);
      } catch (error) {
        unreadable(path, error);
      }
    }
    return texts;
  }

  private parse(texts: ReadonlyMap<string, string>): Project {
    let done = 0;
    const files = [...texts].map(([uri, text]) => {
      this.progress.step('read', done++, texts.size);
      return readFile(uri, text);
    });
    return Project.empty.declaring((uri) => this.configuredFor(uri).podTemplates).withFiles(files);
  }

  /** Prints what fixes would change; gives whether there is something. */
  private printDiff(texts: ReadonlyMap<string, string>, fixed: Project): boolean {
    const diffs = [...texts]
      .map(([uri, text]) => unifiedDiff(this.shown(fileURLToPath(uri)), text, textOf(fixed, uri)))
      .join('');
    this.send(diffs);
    return diffs !== '';
  }

  private keepFixes(texts: ReadonlyMap<string, string>, fixed: Project): void {
    if (this.args.stdin) {
      this.shell.out(textOf(fixed, [...texts.keys()][0] ?? ''));
      return;
    }
    this.progress.clear();
    const { written, complete } = writeFixes(fixed, texts, this.shell);
    if (!complete) this.complete = false;
    if (written > 0 && !this.args.quiet) this.shell.error(`${counted(this.shell.templates, 'fixed', written)}\n`);
  }

  private rendered(project: Project): Promise<(uri: string) => readonly Finding[]> {
    return lintWithTools(project, this.linterOf, {
      step: (done, total) => this.progress.step('render', done, total),
      failed: (id, path, data) => this.problem(id, { ...data, path: this.shown(path) }),
      leftOut: (path) => this.note('cli/render-remote', { path: this.shown(path) }),
    });
  }

  private report(texts: ReadonlyMap<string, string>, findingsOf: (uri: string) => readonly Finding[]): FileReport[] {
    const indexes = new Map<string, LineIndex>();
    const files: Files = {
      path: (uri) => this.shown(fileURLToPath(uri)),
      lines: (uri) => {
        let index = indexes.get(uri);
        if (!index) indexes.set(uri, (index = lineIndex(texts.get(uri) ?? '')));
        return index;
      },
    };
    return Array.from(texts, ([uri, text], done) => {
      this.progress.step('lint', done, texts.size);
      const findings = [...findingsOf(uri)]
        .filter(({ severity }) => this.args.hints || severity !== 'hint')
        .sort(compareFindings);
      return reportFile(uri, text, findings, files, this.shell.templates);
    });
  }

  private print(files: readonly FileReport[], use: BaselineUse | undefined): void {
    const text = render(files, use, this.args, this.shell);
    // Standard output carries the repaired text then.
    if (this.args.stdin && this.args.fix && this.args.output === undefined) this.shell.error(text);
    else this.send(text);
  }

  private send(text: string): void {
    this.progress.clear();
    if (this.args.output === undefined) {
      this.shell.out(text);
      return;
    }
    try {
      writeWhole(resolve(this.shell.cwd, this.args.output), text);
    } catch (error) {
      this.problem('cli/unwritable', { path: this.args.output, reason: reason(error) });
    }
  }
}

/** Texts of files after fixes. */
const textsOf = (project: Project, uris: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> =>
  new Map(Array.from(uris.keys(), (uri) => [uri, textOf(project, uri)]));

function fails(files: readonly FileReport[], { failsAt, maxWarnings }: LintArguments): boolean {
  const counts = countLevels(files);
  if (maxWarnings !== undefined && counts.warning > maxWarnings) return true;
  const levels: readonly Severity[] = ['error', 'warning', 'info', 'hint'];
  return levels.some(
    (level) => failsAt(level) && counts[level] > 0 && (level !== 'warning' || maxWarnings === undefined),
  );
}
