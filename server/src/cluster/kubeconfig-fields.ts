/** Typed reading of parsed YAML that names the field where something has the wrong form. */
import type { Message } from '../../../core/src/live/view.ts';
import type { ClusterMessageId } from './messages.en.ts';
import { message } from './problem.ts';

/** A mapping of a file; every accessor checks the form of one key. */
export interface Fields {
  readonly path: string;
  /** Text of the key; absent and empty are the same, as they are for kubectl. */
  text(key: string): string | undefined;
  /** Text of the key, which must be there. */
  required(key: string): string;
  flag(key: string): boolean;
  map(key: string): Fields | undefined;
  list(key: string): readonly Fields[];
  texts(key: string): readonly string[];
  /** Base64 of the key, decoded. */
  base64(key: string): string | undefined;
  /** The value as it was parsed. */
  raw(key: string): unknown;
}

/** Thrown by an accessor; `detail` names the file and the field. */
export class FieldError extends Error {
  readonly detail: Message;

  constructor(id: ClusterMessageId, file: string, field: string) {
    super(`${id} ${field}`);
    this.name = 'FieldError';
    this.detail = message(id, { file, field });
  }
}

/** True for a plain mapping. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Wraps a parsed value. @throws FieldError when it is no mapping */
export function fieldsOf(value: unknown, file: string, path: string): Fields {
  if (!isMap(value)) throw new FieldError('cluster.kubeconfig/not-map', file, path === '' ? '.' : path);
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const items = (key: string): readonly unknown[] => {
    const found = value[key];
    if (found === undefined || found === null) return [];
    if (!Array.isArray(found)) throw new FieldError('cluster.kubeconfig/not-list', file, at(key));
    return found;
  };
  const text = (key: string): string | undefined => {
    const found = value[key];
    if (found === undefined || found === null || found === '') return undefined;
    // A name such as 123 or a token of digits is written without quotes now and then.
    if (typeof found === 'number') return String(found);
    if (typeof found !== 'string') throw new FieldError('cluster.kubeconfig/not-text', file, at(key));
    return found;
  };
  return {
    path,
    text,
    required(key) {
      const found = text(key);
      if (found === undefined) throw new FieldError('cluster.kubeconfig/required', file, at(key));
      return found;
    },
    flag(key) {
      const found = value[key] ?? false;
      if (typeof found !== 'boolean') throw new FieldError('cluster.kubeconfig/not-boolean', file, at(key));
      return found;
    },
    map(key) {
      const found = value[key];
      return found === undefined || found === null ? undefined : fieldsOf(found, file, at(key));
    },
    list(key) {
      return items(key).map((item, index) => fieldsOf(item, file, `${at(key)}[${index}]`));
    },
    texts(key) {
      return items(key).map((item, index) => {
        if (typeof item === 'string' || typeof item === 'number') return String(item);
        throw new FieldError('cluster.kubeconfig/not-text', file, `${at(key)}[${index}]`);
      });
    },
    base64(key) {
      const found = text(key)?.replace(/\s+/g, '');
      if (found === undefined) return undefined;
      // Buffer ignores what it cannot decode, and a half-decoded key gives a puzzling TLS error later.
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(found)) throw new FieldError('cluster.kubeconfig/not-base64', file, at(key));
      return Buffer.from(found, 'base64').toString('utf8');
    },
    raw: (key) => value[key],
  };
}
