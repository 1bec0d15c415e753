import type { Range } from '../text/text.ts';

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
const controlWord = /^\{\{-?\s*(?:if|else|end|range|with|define|block|break|continue|\/\*|\$\w*\s*:?=)/;

/**
 * Replaces Go template actions by text of the same length, so that offsets stay exact.
 * Actions that stand alone on their lines become empty lines (spaces would count as indentation inside a block scalar),
 * the others filler that keeps the scalar they stand in.
 */
export function maskTemplates(text: string): Masked {
  if (!text.includes('{{')) return { text, actions: [] };
  const spans = actionSpans(text);
  if (spans.length === 0) return { text, actions: [] };
  const actions = classify(text, spans);
  const parts: string[] = [];
  let at = 0;
  for (const action of actions) {
    parts.push(text.slice(at, action.start));
    const inner = text.slice(action.start, action.end);
    parts.push(action.role === 'value' ? filler.repeat(inner.length) : inner.replace(/[^\r\n]/g, '\n'));
    at = action.end;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), actions };
}

function actionSpans(text: string): Range[] {
  const spans: Range[] = [];
  for (let start = text.indexOf('{{'); start >= 0;) {
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

/** Gives every action its role, one run of actions that share lines at a time, so that each line is read once. */
function classify(text: string, spans: readonly Range[]): Action[] {
  const actions: Action[] = [];
  for (let first = 0; first < spans.length;) {
    let last = first;
    while (last + 1 < spans.length && !breaksLine(text, spans[last]?.end ?? 0, spans[last + 1]?.start ?? 0)) last++;
    const run = spans.slice(first, last + 1);
    actions.push(...classifyRun(text, run));
    first = last + 1;
  }
  return actions;
}

const isBreak = (code: number): boolean => code === 10 || code === 13;

function breaksLine(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (isBreak(text.charCodeAt(i))) return true;
  return false;
}

/** What stands between two offsets of a line: nothing but blanks, or something. */
const isBlank = (text: string, from: number, to: number): boolean => {
  for (let i = from; i < to; i++) if (text[i] !== ' ' && text[i] !== '\t') return false;
  return true;
};

function classifyRun(text: string, run: readonly Range[]): Action[] {
  const [start, end] = [run[0]?.start ?? 0, run.at(-1)?.end ?? 0];
  let from = start;
  while (from > 0 && !isBreak(text.charCodeAt(from - 1))) from--;
  let to = end;
  while (to < text.length && !isBreak(text.charCodeAt(to))) to++;
  const gapsBlank = run.every((span, index) => isBlank(text, span.end, run[index + 1]?.start ?? to));
  const alone = gapsBlank && isBlank(text, from, start);
  const block =
    gapsBlank && !alone && run.length === 1 && isBlockValue(text.slice(from, start), text.slice(start, end));
  let line = from;
  let seen = from;
  return run.map((span) => {
    for (let i = seen; i < span.start; i++) if (isBreak(text.charCodeAt(i))) line = i + 1;
    seen = span.start;
    const column = span.start - line;
    if (!alone && !block) return { ...span, role: 'value', column };
    const inner = text.slice(span.start, span.end);
    if (alone && controlWord.test(inner)) return { ...span, role: 'control', column };
    const indent = /\bn?indent\s+(\d+)/.exec(inner)?.[1];
    return { ...span, role: 'content', column: indent === undefined ? column : Number(indent) };
  });
}

/** `key: {{ … | nindent 4 }}` writes lines below its key, so whatever is written below belongs to the same value. */
const isBlockValue = (before: string, action: string): boolean =>
  /^[ \t]*(?:- +)*[^\s#'"{[][^#]*:[ \t]+$/.test(before) && /\bnindent\s+\d/.test(action);
