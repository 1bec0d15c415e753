/** Readers for objects of unknown shape: whatever the API server or a file holds, they return a value or undefined. */

export type Json = Readonly<Record<string, unknown>>;

const none: Json = {};

/** The object itself, or an empty one. */
export function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : none;
}

export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A non-empty string. */
export function string(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A string of a status or an event: untrusted text, cut to a length that fits a row. */
export function shortText(value: unknown, limit = 1024): string | undefined {
  const found = string(value);
  return found === undefined || found.length <= limit ? found : `${found.slice(0, limit - 1)}…`;
}

/**
 * Leaves undefined members out, so that optional properties are absent and never `undefined`.
 * Copies rather than deletes: deleting would make thousands of slow objects.
 */
export function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const result: Partial<T> = {};
  for (const key in value) if (value[key] !== undefined) result[key] = value[key];
  return result as T;
}
