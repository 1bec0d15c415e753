/** Plays a recording of a real cluster into a store: the first lists, then every recorded change at its time. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { kindOfObject } from './kinds.ts';
import type { ClusterStore, KubeObject } from './store.ts';

/** One recorded watch event. */
export interface RecordedChange {
  /** Epoch milliseconds at which the recorder received it. */
  readonly at: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface Recording {
  /** Epoch milliseconds of the first watch. */
  readonly start: number;
  /** What the first lists held. */
  readonly initial: readonly KubeObject[];
  /** In the order of arrival. */
  readonly changes: readonly RecordedChange[];
}

interface ListFile {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items?: readonly Omit<KubeObject, 'kind' | 'apiVersion'>[];
}

interface WatchLine {
  readonly ts: string;
  readonly event?: { readonly type: string; readonly object: KubeObject };
}

function parseLines(file: string): WatchLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WatchLine);
}

/** Objects of a list body; its items say neither kind nor version, the list does. */
export function listedObjects(file: string): KubeObject[] {
  const list = JSON.parse(readFileSync(file, 'utf8')) as ListFile;
  const type = { apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, '') };
  return (list.items ?? []).map((item) => ({ ...item, ...type }) as KubeObject);
}

/** Reads `<resource>.list-start.json` and `<resource>.watch.jsonl` of every resource of a scenario folder. */
export function readRecording(folder: string): Recording {
  const initial: KubeObject[] = [];
  const changes: RecordedChange[] = [];
  let start = Number.POSITIVE_INFINITY;
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.watch.jsonl'))
    .sort()) {
    const list = join(folder, file.replace('.watch.jsonl', '.list-start.json'));
    const known = (object: KubeObject): boolean => kindOfObject(object.apiVersion, object.kind) !== undefined;
    if (existsSync(list)) initial.push(...listedObjects(list).filter(known));
    for (const line of parseLines(join(folder, file))) {
      start = Math.min(start, Date.parse(line.ts));
      const { event } = line;
      if (event === undefined || !isChange(event.type) || !known(event.object)) continue;
      changes.push({ at: Date.parse(line.ts), type: event.type, object: event.object });
    }
  }
  changes.sort(
    (a, b) => a.at - b.at || Number(a.object.metadata.resourceVersion) - Number(b.object.metadata.resourceVersion),
  );
  return { start, initial, changes };
}

function isChange(type: string): type is RecordedChange['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
}

const timestamp = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z"/g;

/** Moves every RFC 3339 time in the object, keeping its precision. */
function shift(object: KubeObject, move: (epochMs: number) => number): KubeObject {
  const text = JSON.stringify(object).replace(timestamp, (_whole, seconds: string, fraction: string | undefined) => {
    const moved = new Date(move(Date.parse(`${seconds}${fraction?.slice(0, 4) ?? ''}Z`))).toISOString();
    return fraction === undefined ? `"${moved.slice(0, 19)}Z"` : `"${moved.slice(0, 23)}000Z"`;
  });
  return JSON.parse(text) as KubeObject;
}

function apply(store: ClusterStore, type: RecordedChange['type'], object: KubeObject): void {
  const kind = kindOfObject(object.apiVersion, object.kind);
  if (kind === undefined) return;
  if (type === 'DELETED') {
    // The last state belongs to the deletion event; whoever watches sees it there.
    const { namespace, name } = object.metadata;
    store.delete(kind.resource, namespace, name, object);
  } else store.put(object);
}

export interface ReplayOptions {
  /** Moves all times so that the recording begins now (and shrinks them by the clock's speed); default true. */
  readonly shiftTimes?: boolean;
}

/** Puts the first lists into the store at once, then plays the changes; resolves after the last one. */
export async function replay(
  recording: Recording,
  store: ClusterStore,
  clock: Clock,
  options: ReplayOptions = {},
): Promise<void> {
  const begin = clock.now();
  const move = (epochMs: number): number => begin + (epochMs - recording.start) / clock.speed;
  const timed =
    options.shiftTimes === false ? (object: KubeObject) => object : (object: KubeObject) => shift(object, move);
  for (const object of recording.initial) store.put(timed(object));
  for (const change of recording.changes) {
    const wait = move(change.at) - clock.now();
    if (wait > 0) await clock.sleep((wait / 1000) * clock.speed);
    apply(store, change.type, timed(change.object));
  }
}
