import type { Value } from '../yaml/value.ts';
import type { Container } from './pod.ts';

/** A size that a program is told its heap may have. */
export interface HeapSetting {
  /** As people name it: `-Xmx`, `--max-old-space-size`, `GOMEMLIMIT`. */
  readonly name: string;
  readonly bytes: number;
  /** Scalar that holds it. */
  readonly at: Value;
  /** The scalar's text, and the part of it that is the size. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Writes a number of mebibytes the way the program reads it. */
  readonly write: (mebibytes: number) => string;
}

const binary: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Java takes the last -Xmx, Node the last option, so the last one in a text counts. */
const readers: readonly {
  readonly name: string;
  readonly pattern: RegExp;
  readonly bytes: (number: number, unit: string) => number;
  readonly write: HeapSetting['write'];
}[] = [
  {
    name: '-Xmx',
    pattern: /(?:^|[\s"'=])-Xmx(\d+)([kKmMgGtT]?)(?=$|[\s"'])/g,
    bytes: (number, unit) => number * (binary[unit.toLowerCase()] ?? 1),
    write: (size) => `${size}m`,
  },
  {
    name: '--max-old-space-size',
    pattern: /--max[-_]old[-_]space[-_]size[=\s](\d+)()(?=$|[\s"'])/g,
    bytes: (number) => number * 1024 ** 2,
    write: String,
  },
];

/** Sizes in a container's environment, command and arguments, as far as they are written out. */
export function heapSettings({ value }: Container): HeapSetting[] {
  const found: HeapSetting[] = [];
  for (const entry of value.at('env').items()) {
    const at = entry.at('value');
    const text = at.rawText();
    if (text === undefined || at.templated) continue;
    found.push(...read(at, text));
    const go = entry.at('name').text() === 'GOMEMLIMIT' ? /^(\d+)(B|KiB|MiB|GiB|TiB)?$/.exec(text) : null;
    if (go) {
      const bytes = Number(go[1]) * (binary[(go[2] ?? '').toLowerCase().replace(/i?b$/, '')] ?? 1);
      found.push({ name: 'GOMEMLIMIT', bytes, at, text, start: 0, end: text.length, write: (size) => `${size}MiB` });
    }
  }
  for (const item of ['command', 'args'].flatMap((field) => value.at(field).items())) {
    const text = item.rawText();
    if (text !== undefined && !item.unknown && !text.includes('{{')) found.push(...read(item, text));
  }
  return found;
}

function read(at: Value, text: string): HeapSetting[] {
  return readers.flatMap(({ name, pattern, bytes, write }) => {
    const match = [...text.matchAll(pattern)].at(-1);
    if (!match) return [];
    const [whole, number = '', unit = ''] = match;
    const start = match.index + whole.length - number.length - unit.length;
    return [
      { name, bytes: bytes(Number(number), unit), at, text, start, end: start + number.length + unit.length, write },
    ];
  });
}

/** The scalar's text with another size; undefined where the text spans lines, which an edit would fold. */
export function withHeap({ text, start, end, write }: HeapSetting, mebibytes: number): string | undefined {
  return /[\r\n]/.test(text) ? undefined : text.slice(0, start) + write(mebibytes) + text.slice(end);
}
