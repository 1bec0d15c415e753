import type { BaselineUse } from './baseline.ts';
import type { FileReport } from './report.ts';
import { countFixes, countLevels } from './report.ts';

/** Report for programs, see docs/reports.md: files in order, each with its findings; lines and columns count from 1. */
export function json(files: readonly FileReport[], baseline?: BaselineUse): string {
  const found = files.filter(({ findings }) => findings.length > 0).map(({ path, findings }) => ({ path, findings }));
  const report = {
    version: 1,
    files: found,
    counts: countLevels(files),
    fixes: countFixes(files),
    checked: files.length,
  };
  const use = baseline && { baseline: { hidden: baseline.hidden, stale: baseline.stale } };
  return `${JSON.stringify({ ...report, ...use }, undefined, 2)}\n`;
}
