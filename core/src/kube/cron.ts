/**
 * Cron schedules as the CronJob controller reads them (robfig/cron v3, ParseStandard): five fields, names of months and
 * days, `?` for `*`, macros, `@every` with a Go duration.
 */

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Minute, hour, day of the month, month, day of the week. A name stands for the minimum plus its index. */
const fields: readonly Field[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
];

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
/** Macros that a schedule may consist of, beside `@every`. */
export const cronMacros: readonly string[] = Object.keys(macros);

/** What is wrong with a schedule. `field` counts from 1. */
export type CronProblem =
  | { readonly type: 'empty' }
  | { readonly type: 'fields'; readonly count: number }
  | { readonly type: 'macro'; readonly text: string }
  | { readonly type: 'duration'; readonly text: string }
  | { readonly type: 'word'; readonly field: number; readonly text: string }
  | {
      readonly type: 'range';
      readonly field: number;
      readonly text: string;
      readonly min: number;
      readonly max: number;
    }
  | { readonly type: 'order'; readonly field: number; readonly text: string }
  | { readonly type: 'step'; readonly field: number; readonly text: string };

/** A schedule that can be read. */
export interface Cron {
  /** Values of each of the five fields, sorted; undefined for `@every`. */
  readonly fields: readonly (readonly number[])[] | undefined;
  /** Least seconds between two runs, as far as the hour and minute tell; whole days otherwise. */
  readonly intervalSeconds: number;
}

/** Reads a schedule without a time zone in it. */
export function parseCron(text: string): Cron | CronProblem {
  const trimmed = text.trim();
  if (trimmed === '') return { type: 'empty' };
  if (trimmed.startsWith('@')) return parseMacro(trimmed);
  const words = trimmed.split(/\s+/);
  if (words.length !== fields.length) return { type: 'fields', count: words.length };
  const values: number[][] = [];
  for (const [index, word] of words.entries()) {
    const read = parseField(word, fields[index] as Field, index + 1);
    if (!Array.isArray(read)) return read;
    values.push(read);
  }
  return { fields: values, intervalSeconds: intervalOf(values) };
}

/** Whether a schedule was read. */
export const isCron = (result: Cron | CronProblem): result is Cron => !('type' in result);

function parseMacro(text: string): Cron | CronProblem {
  const expanded = macros[text];
  if (expanded !== undefined) return parseCron(expanded);
  if (!text.startsWith('@every ')) return { type: 'macro', text };
  const duration = text.slice('@every '.length);
  const seconds = parseDuration(duration);
  return seconds === undefined
    ? { type: 'duration', text: duration }
    : { fields: undefined, intervalSeconds: Math.max(1, Math.floor(seconds)) };
}

const durationUnits: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Seconds of a Go duration such as `1h30m`. */
export function parseDuration(text: string): number | undefined {
  if (!/^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    seconds += Number(number) * (durationUnits[unit ?? ''] ?? 0);
  return text.startsWith('-') ? -seconds : seconds;
}

function parseField(word: string, field: Field, index: number): number[] | CronProblem {
  const values = new Set<number>();
  for (const part of word.split(',')) {
    // The parser drops empty parts, so a comma too many does no harm.
    if (part === '') continue;
    const read = parsePart(part, field, index);
    if (!Array.isArray(read)) return read;
    for (const value of read) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function parsePart(part: string, { min, max, names }: Field, field: number): number[] | CronProblem {
  const [range = '', stepText, ...moreSteps] = part.split('/');
  const [low = '', high, ...moreDashes] = range.split('-');
  if (moreSteps.length > 0 || moreDashes.length > 0) return { type: 'word', field, text: part };
  const any = low === '*' || low === '?';
  const start = any ? min : parseNumber(low, names, min);
  let end = any ? max : high === undefined ? start : parseNumber(high, names, min);
  if (start === undefined || end === undefined) return { type: 'word', field, text: part };
  let step = 1;
  if (stepText !== undefined) {
    const read = parseNumber(stepText, [], 0);
    if (read === undefined || read === 0) return { type: 'step', field, text: part };
    step = read;
    if (high === undefined) end = max;
  }
  if (start < min || start > max || end > max) return { type: 'range', field, text: part, min, max };
  if (start > end) return { type: 'order', field, text: part };
  const values: number[] = [];
  for (let value = start; value <= end; value += step) values.push(value);
  return values;
}

function parseNumber(text: string, names: readonly string[], min: number): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + min;
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}

const day = 86_400;

/** Least time between two runs within a day, or a day: what a deadline has to stay below. */
function intervalOf([minutes = [], hours = []]: readonly (readonly number[])[]): number {
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 3600 + minute * 60));
  const [first = 0] = times;
  return times.reduce(
    (least, time, index) =>
      Math.min(least, index + 1 < times.length ? (times[index + 1] ?? 0) - time : first + day - time),
    day,
  );
}
