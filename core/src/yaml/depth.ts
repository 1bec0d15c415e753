import { Lexer } from 'yaml';

/** Deeper nesting than any manifest has; the parser recurses and would overflow its stack far beyond it. */
export const maxDepth = 200;

/** Offset at which a text nests deeper than `maxDepth`, found without parsing; undefined when it does not. */
export function tooDeep(text: string): number | undefined {
  return deepBlocks(text) ?? (manyBrackets(text) ? deepBrackets(text) : undefined);
}

/** Columns that stand open while lines are read from the top: each deeper line, and each `- ` on it, is a level. */
function deepBlocks(text: string): number | undefined {
  const columns: number[] = [];
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    let at = line;
    while (text.charCodeAt(at) === 32) at++;
    if (isLineEnd(text.charCodeAt(at))) continue;
    while (columns.length > 0 && (columns.at(-1) ?? 0) >= at - line) columns.pop();
    for (;;) {
      columns.push(at - line);
      if (columns.length > maxDepth) return at;
      const next = behindIndicator(text, at);
      if (next === undefined) break;
      at = next;
    }
  }
  return undefined;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

const isLineEnd = (code: number): boolean => code === 10 || code === 13 || Number.isNaN(code);

/** Offset behind `- `, `? ` or `: `, where another level may begin on the same line. */
function behindIndicator(text: string, at: number): number | undefined {
  const code = text.charCodeAt(at);
  if (code !== 45 && code !== 63 && code !== 58) return undefined;
  let next = at + 1;
  while (text.charCodeAt(next) === 32 || text.charCodeAt(next) === 9) next++;
  return next === at + 1 || isLineEnd(text.charCodeAt(next)) ? undefined : next;
}

/** Whether brackets may nest too deep; those in comments and scalars count too, so this only asks for a closer look. */
function manyBrackets(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 123) {
      if (++depth > maxDepth) return true;
    } else if ((code === 93 || code === 125) && depth > 0) depth--;
  }
  return false;
}

function deepBrackets(text: string): number | undefined {
  let depth = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') {
      if (++depth > maxDepth) return offset;
    } else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    // Tokens of one control character mark what follows and stand for no text.
    if (!marks.has(token)) offset += token.length;
  }
  return undefined;
}

/** The lexer's marks: byte order mark, document start, end of flow, scalar. */
const marks: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);
