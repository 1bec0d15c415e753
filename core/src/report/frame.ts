import { lineEnd } from '../text/text.ts';
import type { FileReport, Span } from './report.ts';
import { displayWidth, printable } from './terminal.ts';

/** A line of a code frame. */
export interface FrameLine {
  /** Number of the line, from 1; absent for the line of carets. */
  readonly number: number | undefined;
  readonly text: string;
}

/** Lines before and after the one that is marked. */
const context = 1;
/** Columns of a line that are shown; what is generated may stand on one line of a million. */
const maxColumns = 120;

/** The line of a finding with carets under it, between its neighbours. */
export function codeFrame(
  { text, lines }: Pick<FileReport, 'text' | 'lines'>,
  { line, column, endLine, endColumn }: Span,
): FrameLine[] {
  const frame: FrameLine[] = [];
  const from = column > maxColumns - 20 ? column - 40 : 0;
  const cut = (source: string): string => {
    const shown = source.slice(from, from + maxColumns);
    return printable(
      `${from > 0 && source !== '' ? '…' : ''}${shown}${source.length > from + maxColumns ? '…' : ''}`.replaceAll(
        '\t',
        ' ',
      ),
    );
  };
  for (let number = Math.max(1, line - context); number <= Math.min(lines.lineCount, line + context); number++) {
    const start = lines.lineStart(number - 1);
    const source = text.slice(start, lineEnd(text, start));
    if (number > line && source.trim() === '') continue;
    frame.push({ number, text: cut(source) });
    if (number !== line) continue;
    const end = endLine === line ? endColumn - 1 : source.trimEnd().length;
    const before = cut(source).slice(0, column - 1 - from + (from > 0 ? 1 : 0));
    const marked = source.slice(column - 1, Math.min(end, from + maxColumns));
    frame.push({
      number: undefined,
      text: ' '.repeat(displayWidth(before)) + '^'.repeat(Math.max(1, displayWidth(marked))),
    });
  }
  return frame;
}
