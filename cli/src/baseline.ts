import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { BaselineEntry, BaselineUse } from '../../core/src/report/baseline.ts';
import { applyBaseline, readBaseline, writeBaseline } from '../../core/src/report/baseline.ts';
import type { FileReport } from '../../core/src/report/report.ts';
import type { Shell } from './shell.ts';
import { reason, UsageError } from './shell.ts';
import { readUtf8, writeWhole } from './write.ts';

/** Paths in a baseline are relative to its folder, so that it holds wherever the command is started. */
const pathIn =
  (file: string, cwd: string) =>
  (report: FileReport): string =>
    relative(dirname(resolve(cwd, file)), resolve(cwd, report.path)).replaceAll('\\', '/');

/** Writes all findings of a report to a baseline file. */
export function saveBaseline(file: string, files: readonly FileReport[], shell: Shell): void {
  const { cwd, say } = shell;
  try {
    writeWhole(resolve(cwd, file), writeBaseline(files, pathIn(file, cwd)));
  } catch (error) {
    throw new UsageError(say('cli/unwritable', { path: file, reason: reason(error) }));
  }
  const count = files.reduce((sum, { findings }) => sum + findings.length, 0);
  shell.error(`${say(`cli/count.written.${count === 1 ? 'one' : 'other'}`, { count, path: file })}\n`);
}

/**
 * Takes the findings of a baseline file out of a report. An entry is stale when its file was looked at, or is gone;
 * a run over a part of the files says nothing about the others.
 */
export function hideBaseline(
  file: string,
  files: readonly FileReport[],
  shell: Shell,
): { readonly files: readonly FileReport[]; readonly use: BaselineUse } {
  const pathOf = pathIn(file, shell.cwd);
  const applied = applyBaseline(files, load(file, shell), pathOf);
  const checked = new Set(files.map(pathOf));
  const folder = dirname(resolve(shell.cwd, file));
  const stale = applied.use.stale.filter(({ path }) => checked.has(path) || !existsSync(resolve(folder, path)));
  return { files: applied.files, use: { hidden: applied.use.hidden, stale } };
}

function load(file: string, { cwd, say }: Shell): readonly BaselineEntry[] {
  let text: string | undefined;
  try {
    text = readUtf8(resolve(cwd, file));
  } catch (error) {
    throw new UsageError(say('cli/no-baseline', { path: file, reason: reason(error) }));
  }
  const entries = readBaseline(text ?? '');
  if (!('field' in entries)) return entries;
  const field = entries.field === '' ? say('cli/baseline-root') : entries.field;
  throw new UsageError(
    say('cli/bad-baseline', { path: file, problem: say(`cli/baseline.${entries.expected}`, { field }) }),
  );
}
