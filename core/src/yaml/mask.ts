import type { Range } from '../text/text.ts';
import { lineEnd, lineStart } from '../text/text.ts';

/** A template action and what it does to the YAML around it. */
export interface Action extends Range {
  /** `value` stands inside a scalar or a key; `control` and `content` stand alone on their lines. */
  readonly role: 'value' | 'control' | 'content';
  /** For `content`: the column its output is indented to (from `nindent`/`indent`, else its own column). */
  readonly column: number;
}

export interface Masked {
  /** Text of the same length without template actions. */
  readonly text: string;
  readonly actions: readonly Action[];
}

const filler = 'x';
const controlWord = /^\{\{-?\s*(?:if|else|end|range|with|define|block|template|break|continue|\/\*|\$\w*\s*:?=)/;

/**
 * Replaces Go template actions by text of the same length, so that offsets stay exact.
 * Actions that stand alone on their lines become blanks, the others filler that keeps the scalar they stand in.
 */
export function maskTemplates(text: string): Masked {
  if (!text.includes('{{')) return { text, actions: [] };
  const spans = actionSpans(text);
  if (spans.length === 0) return { text, actions: [] };
  const actions = spans.map((span) => classify(text, span, spans));
  const parts: string[] = [];
  let at = 0;
  for (const action of actions) {
    parts.push(text.slice(at, action.start));
    const inner = text.slice(action.start, action.end);
    parts.push(action.role === 'value' ? filler.repeat(inner.length) : inner.replace(/[^\r\n]/g, ' '));
    at = action.end;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), actions };
}

function actionSpans(text: string): Range[] {
  const spans: Range[] = [];
  for (let start = text.indexOf('{{'); start >= 0; ) {
    const end = actionEnd(text, start);
    if (end < 0) break;
    spans.push({ start, end });
    start = text.indexOf('{{', end);
  }
  return spans;
}

/** Offset behind the `}}` that closes an action; quoted text inside may hold braces. Negative when it is never closed. */
function actionEnd(text: string, start: number): number {
  if (/^\{\{-?\s*\/\*/.test(text.slice(start, start + 16))) {
    const comment = text.indexOf('*/', start);
    const close = comment < 0 ? -1 : text.indexOf('}}', comment);
    return close < 0 ? -1 : close + 2;
  }
  for (let i = start + 2; i < text.length; i++) {
    const char = text[i];
    if (char === '"' || char === '`') {
      const quote = closingQuote(text, i, char);
      if (quote < 0) break;
      i = quote;
    } else if (char === '}' && text[i + 1] === '}') return i + 2;
  }
  const plain = text.indexOf('}}', start);
  return plain < 0 ? -1 : plain + 2;
}

function closingQuote(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote === '"') i++;
    else if (text[i] === quote) return i;
    else if (text[i] === '\n' && quote === '"') return -1;
  }
  return -1;
}

function classify(text: string, { start, end }: Range, spans: readonly Range[]): Action {
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  const column = start - from;
  if (!aloneOnLines(text, from, to, spans)) return { start, end, role: 'value', column };
  const inner = text.slice(start, end);
  if (controlWord.test(inner)) return { start, end, role: 'control', column };
  const indent = /\bn?indent\s+(\d+)/.exec(inner)?.[1];
  return { start, end, role: 'content', column: indent === undefined ? column : Number(indent) };
}

/** Whether the lines hold nothing but actions and blanks. */
function aloneOnLines(text: string, from: number, to: number, spans: readonly Range[]): boolean {
  let at = from;
  for (let i = firstSpanFrom(spans, from); i < spans.length; i++) {
    const span = spans[i];
    if (!span || span.start >= to) break;
    if (text.slice(at, span.start).trim() !== '') return false;
    at = Math.max(at, span.end);
  }
  return text.slice(at, Math.max(at, to)).trim() === '';
}

function firstSpanFrom(spans: readonly Range[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
