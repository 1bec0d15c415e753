import type { FileReport } from './report.ts';
import { countLevels } from './report.ts';

/** Report for programs: files in order, each with its findings; lines and columns count from 1. */
export function json(files: readonly FileReport[]): string {
  const found = files.filter(({ findings }) => findings.length > 0);
  return `${JSON.stringify({ version: 1, files: found, counts: countLevels(files) }, undefined, 2)}\n`;
}
