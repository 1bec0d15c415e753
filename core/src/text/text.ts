/** Half-open span of UTF-16 offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Replacement of a span; an insertion has an empty range. */
export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** Zero-based position as LSP counts it (UTF-16 code units). */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Finds lines by offset. Lines end at `\n`, `\r\n` or a lone `\r`, as in LSP. */
export interface LineIndex {
  readonly lineCount: number;
  /** Zero-based position of an offset; offsets outside the text are clamped. */
  position(offset: number): Position;
  /** Offset of a zero-based line's first character. */
  lineStart(line: number): number;
  offset(position: Position): number;
}

/** Builds the line index of a text in one pass. */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 13 && text.charCodeAt(i + 1) === 10) continue;
    if (code === 10 || code === 13) starts.push(i + 1);
  }
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    lineCount: starts.length,
    lineStart: (line) => starts[Math.max(0, Math.min(line, starts.length - 1))] ?? 0,
    position(offset) {
      const clamped = Math.max(0, Math.min(offset, text.length));
      const line = lineOf(clamped);
      return { line, character: clamped - (starts[line] ?? 0) };
    },
    offset({ line, character }) {
      if (line >= starts.length) return text.length;
      const at = Math.max(0, line);
      const start = starts[at] ?? 0;
      const next = starts[at + 1] ?? text.length;
      return Math.max(start, Math.min(start + character, next));
    },
  };
}

/** Offset of the end of the line that holds `offset`, before its line break. */
export function lineEnd(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
  return end;
}

/** Offset of the first character of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
  return start;
}

/** Offset behind the line break that follows `offset`; the text's end on the last line. */
export function nextLine(text: string, offset: number): number {
  const end = lineEnd(text, offset);
  if (text[end] === '\r' && text[end + 1] === '\n') return end + 2;
  return Math.min(text.length, end + 1);
}

/** Line break of a text, as its first line has it. */
export function lineBreak(text: string): '\n' | '\r\n' {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

/** Whether two edits touch the same place, so that only one of them can be applied. */
export function conflicts(a: TextEdit, b: TextEdit): boolean {
  if (a.range.start === b.range.start) return true;
  return a.range.start < b.range.end && b.range.start < a.range.end;
}

/** Applies edits that do not conflict, in any order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const parts: string[] = [];
  let at = 0;
  for (const { range, newText } of sorted) {
    parts.push(text.slice(at, range.start), newText);
    at = range.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}
