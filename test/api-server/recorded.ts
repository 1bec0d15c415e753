/** Reads recorded HTTP responses and compares their shapes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const fixtures = join(import.meta.dirname, '../fixtures/api');

export interface RecordedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export function readRecorded(file: string): RecordedAnswer {
  const text = readFileSync(join(fixtures, file), 'utf8');
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end).split('\r\n');
  return {
    status: Number(head[0]?.split(' ')[1]),
    contentType:
      head
        .find((line) => line.toLowerCase().startsWith('content-type:'))
        ?.slice(13)
        .trim() ?? '',
    body: text.slice(end + 4),
  };
}

/** The documents of a body: one, or one per line of a watch; text that is no JSON is kept as it is. */
export function documents(body: string): unknown[] {
  if (body.trim() === '') return [];
  try {
    return [JSON.parse(body)];
  } catch {
    try {
      return body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    } catch {
      return [body];
    }
  }
}

/** Every path to a value, with `[]` for the items of lists: two answers of one shape have the same set. */
export function keyPaths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => keyPaths(item, `${path}[]`)))].sort();
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, child]) => [
    `${path}.${key}`,
    ...keyPaths(child, `${path}.${key}`),
  ]);
  return [...new Set([path, ...inner])].sort();
}
