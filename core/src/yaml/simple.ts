import type { Plain } from './plain.ts';
import { withoutStops } from './plain.ts';
import { resolvePlain } from './scalar.ts';

/**
 * Block style of what fixes mostly write: maps, sequences, whole numbers and words that need no quotes, as the `yaml`
 * package writes it, at a small part of the cost. Undefined for anything else.
 * @param step columns per level
 */
export const writeSimply = (value: Plain, step: number): string | undefined => text(value, '', ' '.repeat(step));

/** The first line has no indentation of its own. */
function text(value: Plain, indent: string, step: string): string | undefined {
  if (value === null || typeof value !== 'object') return leaf(value);
  const lines: string[] = [];
  const list = isList(value);
  for (const [key, item] of Object.entries(value)) {
    const line = list ? text(item, `${indent}  `, step) : pair(key, item, indent, step);
    if (line === undefined) return undefined;
    lines.push(list ? `- ${line}` : line);
  }
  if (lines.length === 0) return list ? '[]' : '{}';
  return lines.join(`\n${indent}`);
}

function pair(key: string, value: Plain, indent: string, step: string): string | undefined {
  if (!isWord(key)) return undefined;
  const nested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  const deeper = indent + step;
  const written = text(value, deeper, step);
  return written === undefined ? undefined : `${key}:${nested ? `\n${deeper}` : ' '}${written}`;
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

/** No reader takes these for anything but text; the package quotes what might be an exponent. */
const isWord = (text: string): boolean =>
  /^[A-Za-z/](?:[\w./-]|:(?=[\w/]))*$/.test(text) && resolvePlain(text) === text && !/^[eE]\d+$/.test(text);

/** What tab stops propose, whole: numbers, amounts and words stand as they are. */
const isProposal = (text: string): boolean => /^\d+(?:m|[KMGT]i|%)?$/.test(text) || isWord(text);

function leaf(value: string | number | boolean | null): string | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
  if (typeof value !== 'string') return String(value);
  if (!isWord(value)) return undefined;
  if (!value.includes('SELFHEAL')) return value;
  // A tab stop stands as it is where the text it proposes would.
  const proposed = withoutStops(value);
  return proposed !== value && isProposal(proposed) ? value : undefined;
}
