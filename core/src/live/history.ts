/**
 * The lines of a recording of a cluster session: one JSON object each, in order of time, of slim objects only.
 *
 * - header `{"selfheal":"recording","format":1,"at",…}`: a segment begins; nothing before it is needed to read on
 * - change `{"at","type":"ADDED|MODIFIED|DELETED","object"}`
 * - list `{"at","type":"RELIST","resource","objects","gone","more"}`: what a complete list changed against what the
 *   segment said before; `more` where it continues on the next line
 * - gap `{"at","gap":true}`: nobody could watch since the line before
 * - sign of life `{"at"}`: nothing happened, and somebody watched
 */
import type { Observation } from './engine.ts';
import type { SlimObject } from './slim-types.ts';
import { array, record, string } from './read.ts';
import { capped } from './notes.ts';
import { readSlim } from './slim-check.ts';
import { watchedKind } from './kinds.ts';

/** First line of a segment. Times are epoch milliseconds of the cluster's clock. */
export interface SegmentHeader {
  readonly at: number;
  readonly context: string;
  /** Address of the API server, without credentials. */
  readonly server: string;
  /** The watch went on without a gap from the segment before. */
  readonly continues?: true;
}

export const recordingFormat = 1;

/** Objects on one line of a list, so that no line is endless. */
const perLine = 200;
/** Events are not kept by the engine either: this many of the newest are known, so that a relist does not repeat them. */
const knownEvents = 10_000;

/** Turns observations into lines; keeps what it has said, by reference to the engine's own objects. */
export interface Recorder {
  /** Lines of a new segment: its header and everything that is known. */
  begin(header: SegmentHeader): Generator<string>;
  /** Lines of an observation; none where it says nothing new. */
  observe(observation: Observation, at: number): Generator<string>;
}

/** Creates a recorder that knows nothing yet. */
export function createRecorder(): Recorder {
  const known = new Map<string, Map<string, SlimObject>>();
  const events = new Map<string, string>();

  /** Whether a version was said before; remembers it. */
  const isNews = (object: SlimObject): boolean => {
    const version = object.resourceVersion ?? '';
    if (object.resource === 'events') {
      if (events.get(object.uid) === version) return false;
      events.delete(object.uid);
      capped(events, object.uid, version, knownEvents);
      return true;
    }
    const objects = known.get(object.resource) ?? new Map<string, SlimObject>();
    known.set(object.resource, objects);
    const before = objects.get(object.uid);
    if (before !== undefined && version !== '' && before.resourceVersion === version) return false;
    objects.set(object.uid, object);
    return true;
  };

  const listLines = function* (
    resource: string,
    objects: readonly SlimObject[],
    gone: readonly string[],
    at: number,
  ): Generator<string> {
    for (let from = 0; from === 0 || from < objects.length; from += perLine) {
      const more = from + perLine < objects.length;
      yield line({
        at,
        type: 'RELIST',
        resource,
        objects: objects.slice(from, from + perLine),
        ...(from === 0 && gone.length > 0 && { gone }),
        ...(more && { more }),
      });
    }
  };

  return {
    *begin(header) {
      yield line({ selfheal: 'recording', format: recordingFormat, ...header });
      for (const [resource, objects] of known) yield* listLines(resource, [...objects.values()], [], header.at);
    },
    *observe(observation, at) {
      if (observation.type === 'RELIST') {
        const { resource, objects } = observation;
        const first = !known.has(resource);
        if (first && resource !== 'events') known.set(resource, new Map());
        const before = known.get(resource);
        const listed = new Set(objects.map(({ uid }) => uid));
        const gone = [...(before?.keys() ?? [])].filter((uid) => !listed.has(uid));
        for (const uid of gone) before?.delete(uid);
        const news = objects.filter(isNews);
        if (first || news.length > 0 || gone.length > 0) yield* listLines(resource, news, gone, at);
        return;
      }
      const { type, object } = observation;
      if (type === 'DELETED') {
        events.delete(object.uid);
        if (known.get(object.resource)?.delete(object.uid) === false) return;
      } else if (!isNews(object)) return;
      yield line({ at, type, object });
    },
  };
}

/** Members that hold free text of programs and people. */
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 8;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** The line with every text passed through `clean`, such as one that removes credentials. */
export function cleanLine(text: string, clean: (text: string) => string): string {
  return line(JSON.parse(text, (_, value: unknown) => (isText(value) ? clean(value) : value)) as object);
}

/** A line that says only that somebody watched. */
export const aliveLine = (at: number): string => line({ at });

/** A line that says that nobody could watch until now; what is known stays known. */
export const gapLine = (at: number): string => line({ at, gap: true });

/** What a line means. */
export type Entry =
  | ({ readonly type: 'header' } & SegmentHeader)
  | { readonly type: 'alive' | 'gap'; readonly at: number }
  | { readonly type: 'observation'; readonly at: number; readonly observation: Observation };

/** Reads lines in their order. */
export interface RecordingReader {
  /** What the line means; `part` for one whose list goes on, `unreadable` for what is no line of a recording. */
  read(text: string): Entry | 'part' | 'unreadable';
}

/** Latest time that is believed, epoch ms: the end of the year 9999. */
const lastTime = 253_402_300_799_000;

/** Creates a reader. What precedes the first header is unreadable. */
export function createRecordingReader(): RecordingReader {
  const known = new Map<string, Map<string, SlimObject>>();
  let pending: { readonly resource: string; readonly objects: SlimObject[]; readonly gone: unknown[] } | undefined;
  let begun = false;

  const readList = (fields: Readonly<Record<string, unknown>>, at: number): Entry | 'part' | 'unreadable' => {
    const resource = string(fields.resource);
    if (resource === undefined || watchedKind(resource) === undefined) return 'unreadable';
    if (pending?.resource !== resource) pending = { resource, objects: [], gone: [] };
    for (const value of array(fields.objects)) {
      const object = readSlim(value);
      if (object?.resource === resource) pending.objects.push(object);
    }
    pending.gone.push(...array(fields.gone));
    if (fields.more === true) return 'part';
    const { objects, gone } = pending;
    pending = undefined;
    if (resource === 'events') return { type: 'observation', at, observation: { type: 'RELIST', resource, objects } };
    const all = known.get(resource) ?? new Map<string, SlimObject>();
    known.set(resource, all);
    for (const uid of gone) if (typeof uid === 'string') all.delete(uid);
    for (const object of objects) all.set(object.uid, object);
    return { type: 'observation', at, observation: { type: 'RELIST', resource, objects: [...all.values()] } };
  };

  return {
    read(text) {
      const fields = parse(text);
      const at = fields?.at;
      if (fields === undefined || typeof at !== 'number' || !(at > 0 && at < lastTime)) return 'unreadable';
      if (fields.selfheal !== undefined) {
        if (fields.selfheal !== 'recording' || fields.format !== recordingFormat) return 'unreadable';
        begun = true;
        known.clear();
        pending = undefined;
        const header = { at, context: string(fields.context) ?? '', server: string(fields.server) ?? '' };
        return { type: 'header', ...header, ...(fields.continues === true && { continues: true }) };
      }
      if (!begun) return 'unreadable';
      const { type } = fields;
      if (type === undefined) return { type: fields.gap === true ? 'gap' : 'alive', at };
      if (type === 'RELIST') return readList(fields, at);
      if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return 'unreadable';
      const object = readSlim(fields.object);
      if (object === undefined) return 'unreadable';
      const { resource, uid } = object;
      if (resource !== 'events') {
        const objects = known.get(resource) ?? new Map<string, SlimObject>();
        known.set(resource, objects);
        if (type === 'DELETED') objects.delete(uid);
        else objects.set(uid, object);
      }
      return { type: 'observation', at, observation: { type, resource, object } };
    },
  };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return record(JSON.parse(text));
  } catch {
    return undefined;
  }
}
