import type { Range } from '../text/text.ts';

/** A document's span in its file: from its marker (or the comments before the first one) to the next marker. */
export interface DocumentSpan extends Range {}

const isMarker = (text: string, at: number, char: string): boolean => {
  if (text[at] !== char || text[at + 1] !== char || text[at + 2] !== char) return false;
  const next = text[at + 3];
  return next === undefined || next === '\n' || next === '\r' || next === ' ' || next === '\t';
};

/** Whether a span holds only blank lines, comments and directives, which belong to the document that follows. */
function isPreamble(text: string, start: number, end: number): boolean {
  for (let line = start; line < end; line = nextLineStart(text, line)) {
    let at = line;
    if (text[at] === '%') continue;
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (at < end && text[at] !== '#' && text[at] !== '\n' && text[at] !== '\r') return false;
  }
  return true;
}

/**
 * Splits a YAML stream at its document markers without parsing it.
 * A line that begins with `---` or `...` followed by white space or the line's end always ends a document, even inside
 * block or quoted scalars (YAML 1.2.2, 9.1.2), so this is exact.
 */
export function splitDocuments(text: string): DocumentSpan[] {
  const spans: DocumentSpan[] = [];
  const next = text.includes('\r') ? nextLineStart : nextPlainLine;
  let start = 0;
  let sawMarker = false;
  const close = (end: number): void => {
    if (end > start) spans.push({ start, end });
    start = end;
    sawMarker = false;
  };
  for (let at = 0; at < text.length; at = next(text, at)) {
    const first = text.charCodeAt(at);
    if (first !== 45 && first !== 46) continue;
    if (isMarker(text, at, '-')) {
      if (sawMarker || !isPreamble(text, start, at)) close(at);
      sawMarker = true;
    } else if (isMarker(text, at, '.')) {
      close(next(text, at));
    }
  }
  if (start < text.length || spans.length === 0) spans.push({ start, end: text.length });
  return spans;
}

/** The same as `nextLineStart` for texts without carriage returns. */
function nextPlainLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function nextLineStart(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) return i + 1;
    if (code === 13) return text.charCodeAt(i + 1) === 10 ? i + 2 : i + 1;
  }
  return text.length;
}
