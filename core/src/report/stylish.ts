import type { Templates } from '../lint/findings.ts';
import type { Severity } from '../lint/rule.ts';
import type { BaselineUse } from './baseline.ts';
import { codeFrame } from './frame.ts';
import type { FileReport, ReportedFinding, Span } from './report.ts';
import { countFixes, countLevels } from './report.ts';
import { counted, say } from './say.ts';
import { printable } from './terminal.ts';

/** Colours a text; given by the shell, which knows whether its output is a terminal. */
export type Paint = (
  style: 'red' | 'yellow' | 'green' | 'blue' | 'gray' | 'bold' | 'underline',
  text: string,
) => string;

/** How the report for people looks. */
export interface StylishOptions {
  readonly paint: Paint;
  readonly templates: Templates;
  /** Shows the lines of the finding. */
  readonly frames: boolean;
  /** Shows the summary. */
  readonly summary: boolean;
}

const colours: Readonly<Record<Severity, 'red' | 'yellow' | 'blue' | 'gray'>> = {
  error: 'red',
  warning: 'yellow',
  info: 'blue',
  hint: 'gray',
};

/** Report for people: findings by file, then a summary. */
export function stylish(files: readonly FileReport[], options: StylishOptions, baseline?: BaselineUse): string {
  const { paint } = options;
  const lines: string[] = [];
  for (const file of files) {
    if (file.findings.length === 0) continue;
    lines.push('', paint('underline', printable(file.path)));
    const width = Math.max(...file.findings.map(({ line, column }) => `${line}:${column}`.length));
    for (const [index, finding] of file.findings.entries()) {
      const next = file.findings[index + 1];
      const frame = options.frames && !(next && sameSpan(finding, next));
      lines.push(...findingLines(file, finding, { width, frame }, options));
    }
  }
  if (options.summary) lines.push('', ...summary(files, options, baseline));
  return lines.length === 0 ? '' : `${lines.join('\n').replace(/^\n/, '')}\n`;
}

/** Findings at one place stand above one frame. */
const sameSpan = (a: Span, b: Span): boolean =>
  a.line === b.line && a.column === b.column && a.endLine === b.endLine && a.endColumn === b.endColumn;

interface Layout {
  /** Columns of the places. */
  readonly width: number;
  readonly frame: boolean;
}

function findingLines(
  file: FileReport,
  finding: ReportedFinding,
  { width, frame }: Layout,
  { paint, templates, frames }: StylishOptions,
): string[] {
  const { line, column, severity, text, rule } = finding;
  const place = paint('gray', `${line}:${column}`.padStart(width));
  const head = `  ${place}  ${paint(colours[severity], severity.padEnd(7))}  ${printable(text)}  ${paint('gray', rule)}`;
  if (!frames) return [head];
  const indent = ' '.repeat(width + 4);
  const below: string[] = [];
  for (const related of finding.related)
    below.push(
      `${indent}${paint('gray', printable(`${related.path}:${related.line}:${related.column}`))} ${printable(related.text)}`,
    );
  const best = finding.bestFix();
  if (best)
    below.push(`${indent}${paint('gray', say(templates, `cli/fix.${best.class}`, { title: printable(best.title) }))}`);
  if (!frame) return [head, ...below];
  const shown = codeFrame(file, finding);
  const digits = Math.max(...shown.map(({ number = 0 }) => String(number).length));
  for (const { number, text: source } of shown) {
    const gutter = paint('gray', `${String(number ?? '').padStart(digits)} |`);
    below.push(`${indent}${gutter} ${number === undefined ? paint(colours[severity], source) : source}`.trimEnd());
  }
  return [head, ...below];
}

function summary(
  files: readonly FileReport[],
  { paint, templates }: StylishOptions,
  baseline: BaselineUse | undefined,
): string[] {
  const counts = countLevels(files);
  const shown = (['error', 'warning', 'info', 'hint'] as const).filter(
    (level) => counts[level] > 0 || level === 'error' || level === 'warning',
  );
  const checked = counted(templates, 'file', files.length);
  const lines: string[] = [];
  if (counts.error + counts.warning + counts.info + counts.hint === 0)
    lines.push(say(templates, 'cli/clean', { files: checked }));
  else {
    const words = shown
      .map((level) => counted(templates, level, counts[level]))
      .join(say(templates, 'cli/list.separator'));
    lines.push(paint('bold', say(templates, 'cli/summary', { counts: words, files: checked })));
  }
  const fixes = countFixes(files);
  if (fixes.safe + fixes.review + fixes.template > 0) lines.push(say(templates, 'cli/fixable', fixes));
  if (baseline && baseline.hidden > 0) lines.push(counted(templates, 'baseline', baseline.hidden));
  if (baseline && baseline.stale.length > 0) lines.push(counted(templates, 'stale', baseline.stale.length));
  return lines;
}
