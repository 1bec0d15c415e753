import type { Plain } from './plain.ts';
import { withoutStops } from './plain.ts';
import { resolvePlain } from './scalar.ts';

/**
 * Block style of what fixes mostly write: maps, sequences, whole numbers and words that need no quotes, as the `yaml`
 * package writes it, at a small part of the cost. Undefined for anything else.
 * @param step columns per level
 */
export function writeSimply(value: Plain, step: number): string | undefined {
  return new Writer(step).text(value, '');
}

class Writer {
  private readonly step: string;
  /** The package writes what it meets again as an alias. */
  private readonly seen = new Set<Plain>();

  constructor(step: number) {
    this.step = ' '.repeat(step);
  }

  /** The first line has no indentation of its own. */
  text(value: Plain, indent: string): string | undefined {
    if (value === null || typeof value !== 'object') return leaf(value);
    if (this.seen.has(value)) return undefined;
    this.seen.add(value);
    const lines: string[] = [];
    if (isList(value)) {
      for (const item of value) {
        const text = this.text(item, `${indent}  `);
        if (text === undefined) return undefined;
        lines.push(`- ${text}`);
      }
    } else {
      for (const [key, item] of Object.entries(value)) {
        const text = this.pair(key, item, indent);
        if (text === undefined) return undefined;
        lines.push(text);
      }
    }
    if (lines.length === 0) return isList(value) ? '[]' : '{}';
    return lines.join(`\n${indent}`);
  }

  private pair(key: string, value: Plain, indent: string): string | undefined {
    if (!isWord(key)) return undefined;
    const nested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    const deeper = indent + this.step;
    const text = this.text(value, deeper);
    return text === undefined ? undefined : `${key}:${nested ? `\n${deeper}` : ' '}${text}`;
  }
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

/** No reader takes these for anything but text; the package quotes what might be an exponent. */
const isWord = (text: string): boolean =>
  /^[A-Za-z][\w./-]*$/.test(text) && resolvePlain(text) === text && !/^[eE]\d+$/.test(text);

function leaf(value: string | number | boolean | null): string | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
  if (typeof value !== 'string') return String(value);
  if (!isWord(value)) return undefined;
  if (!value.includes('SELFHEAL')) return value;
  // A tab stop stands as it is where the text it proposes would.
  const proposed = withoutStops(value);
  return proposed !== value && (/^\d+$/.test(proposed) || isWord(proposed)) ? value : undefined;
}
