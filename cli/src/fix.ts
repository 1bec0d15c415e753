import { fileURLToPath } from 'node:url';
import type { Linter } from '../../core/src/lint/engine.ts';
import type { Finding } from '../../core/src/lint/findings.ts';
import { fixAll } from '../../core/src/lint/fixes.ts';
import { printable } from '../../core/src/report/terminal.ts';
import type { Project, SourceFile } from '../../core/src/workspace/project.ts';
import { readFile } from '../../core/src/workspace/project.ts';
import type { Progress } from './progress.ts';
import type { Shell } from './shell.ts';
import { reason } from './shell.ts';
import { shownPath } from './targets.ts';
import { readUtf8, writeWhole } from './write.ts';

/**
 * Applies all safe fixes to a project, without writing anything; gives the project they lead to.
 * What a document tells by itself is fixed first and taken over at once: only what needs the other files asks again
 * after each change.
 */
export function fixProject(
  project: Project,
  texts: ReadonlyMap<string, string>,
  linterOf: (uri: string) => Linter,
  progress: Progress,
): Project {
  const changed: SourceFile[] = [];
  let done = 0;
  for (const [uri, text] of texts) {
    progress.step('fix', done++, texts.size);
    const fixed = fixAll(
      text,
      lintChanged(project, uri, text, (next) => linterOf(uri).lint(next, uri, 'document')),
    );
    if (fixed !== text) changed.push(readFile(uri, fixed, project.files.get(uri)));
  }
  let current = changed.length > 0 ? project.withFiles(changed) : project;
  for (const uri of texts.keys()) {
    progress.step('fix', texts.size, texts.size);
    const before = current;
    const text = textOf(before, uri);
    const fixed = fixAll(
      text,
      lintChanged(before, uri, text, (next) => linterOf(uri).lint(next, uri)),
    );
    if (fixed !== text) current = before.with(uri, fixed);
  }
  return current;
}

/** Lints texts of one file within a project that is only copied where the text is another. */
const lintChanged =
  (project: Project, uri: string, text: string, lint: (project: Project) => readonly Finding[]) =>
  (next: string): readonly Finding[] =>
    lint(next === text ? project : project.with(uri, next));

/** Text of a file of a project. */
export const textOf = (project: Project, uri: string): string =>
  project.files
    .get(uri)
    ?.documents.map(({ manifest }) => manifest.text)
    .join('') ?? '';

/** Writes fixed texts to their files, none that changed since it was read. Gives how many were written, and whether all were. */
export function writeFixes(
  project: Project,
  texts: ReadonlyMap<string, string>,
  shell: Shell,
): { readonly written: number; readonly complete: boolean } {
  let written = 0;
  let complete = true;
  for (const [uri, text] of texts) {
    const fixed = textOf(project, uri);
    if (fixed === text) continue;
    const path = fileURLToPath(uri);
    const tell = (id: string, data: Readonly<Record<string, string>> = {}): void => {
      complete = false;
      shell.error(`${printable(shell.say(id, { path: shownPath(path, shell.cwd), ...data }))}\n`);
    };
    try {
      if (readUtf8(path) !== text) {
        tell('cli/changed-meanwhile');
        continue;
      }
      writeWhole(path, fixed);
      written++;
    } catch (error) {
      tell('cli/unwritable', { reason: reason(error) });
    }
  }
  return { written, complete };
}
