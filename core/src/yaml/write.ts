/** How values are written: in block, flow and JSON form, quoted where kubectl would read them otherwise. */
import { Scalar, stringify } from 'yaml';
import type { Plain } from './plain.ts';
import { decodeStop, stopMark, tabStop, withoutStops } from './plain.ts';
import { resolvePlain } from './scalar.ts';
import { writeSimply } from './simple.ts';

/** The document that is written into. */
export interface Source {
  readonly text: string;
  readonly eol: string;
  /** Columns per level, as the document has them. */
  readonly step: number;
}

/** Whether a value stands on its key's line in block style. */
export const isLeaf = (value: Plain): boolean =>
  value === null ||
  typeof value !== 'object' ||
  (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0);

/** JSON text; a tab stop that proposes a number stands without quotes, as it does in YAML. */
export const json = (value: Plain): string =>
  JSON.stringify(value).replace(/"(SELFHEAL\d+STOP(?:00003\d)+END)"/g, '$1');

/** On one line; text with line breaks would become a block scalar. */
export const inline = (value: Plain): string =>
  typeof value === 'string' && /[\r\n]/.test(value) ? JSON.stringify(value) : write(value, {});

/** In flow style. */
export const flow = (value: Plain): string =>
  typeof value === 'object' && value !== null ? write(value, { collectionStyle: 'flow' }) : inline(value);

function write(value: Plain, options: Style): string {
  const simple = options.collectionStyle ? undefined : writeSimply(value, options.indent ?? 2);
  return simple ?? writeWithAuthority(value, options);
}

interface Style {
  readonly collectionStyle?: 'flow';
  /** Columns per level. */
  readonly indent?: number;
}

/** Writes a value with the `yaml` package; what we write ourselves is held against it. */
export const writeWithAuthority = (value: Plain, options: Style): string =>
  stringify(value, quoteStops, {
    lineWidth: 0,
    version: '1.1',
    indentSeq: true,
    aliasDuplicateObjects: false,
    ...options,
  }).trimEnd();

/**
 * Quotes what only kubectl would read as something else, since it knows more forms of numbers than the library.
 * A tab stop is written plain, so quotes that its proposed text needs are put around it here. */
function quoteStops(_key: unknown, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (!value.includes('SELFHEAL'))
    return resolvePlain(value) === value && !awkward.test(value) ? value : doubleQuoted(value);
  const proposed = withoutStops(value);
  if (
    proposed === value ||
    /^\d+$/.test(proposed) ||
    stringify(proposed, { lineWidth: 0, version: '1.1' }).trimEnd() === proposed
  )
    return value;
  return doubleQuoted(
    value.replace(stopMark, (_, index: string, hex: string) =>
      tabStop(Number(index), JSON.stringify(decodeStop(hex)).slice(1, -1)),
    ),
  );
}

/** Text that the library writes in a form that does not fit everywhere: markers, and what is blank or invisible. */
const awkward = /^(?:---|\.\.\.)|[^\n\x20-\x7e\xa1-\u167f\u1681-\u1fff\u2030-\u205e\u2070-\u2fff\u3001-\ufefe]/;

function doubleQuoted(value: string): Scalar {
  const quoted = new Scalar(value);
  quoted.type = Scalar.QUOTE_DOUBLE;
  return quoted;
}

/** Keeps the quotes that stand there. */
export function requote(style: 'plain' | 'single' | 'double' | 'block', value: Plain): string {
  if (typeof value !== 'string') return inline(value);
  if (style === 'double') return JSON.stringify(value);
  if (style === 'single' && /^[\x20-\x7e\xa0-\ud7ff]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return inline(value);
}

/** Block lines of a value at a column; the first line has no indentation of its own. */
export function block(source: Source, value: Plain, column: number): string {
  const text = write(value, { indent: source.step });
  return text.split('\n').join(source.eol + ' '.repeat(column));
}

/** Block lines below a key. */
export const below = (source: Source, value: Plain, column: number): string =>
  source.eol + ' '.repeat(column) + block(source, value, column);

/** Columns per level: the first step down in the document, 2 where there is none. */
export function indentStep(text: string): number {
  const step = /^( *)(?:- )?[^\s#-][^\r\n]*:[ \t]*(?:#[^\r\n]*)?\r?\n\1( {1,8})[^\s#-]/m.exec(text)?.[2]?.length;
  return step && step >= 2 ? step : 2;
}
