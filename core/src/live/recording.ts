/** Lines of a recorded watch stream: `{"ts": "...", "event": {"type", "object"}}`, notes of the recorder between them. */
import type { Observation } from './engine.ts';
import type { SlimObject } from './slim.ts';
import { array, record, string } from './read.ts';
import { slim } from './slim.ts';
import { parseTime } from './time.ts';

/** An observation and the moment it arrived. */
export interface Recorded {
  readonly at: number;
  readonly observation: Observation;
}

/** Parses one line of a recorded watch; undefined for notes, bookmarks, errors and broken lines. */
export function parseRecordedLine(resource: string, line: string): Recorded | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const at = parseTime(record(parsed).ts);
  const event = record(record(parsed).event);
  const type = string(event.type);
  if (at === undefined || (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED')) return undefined;
  const object = slim(resource, event.object);
  return object === undefined ? undefined : { at, observation: { type, resource, object } };
}

/** The observation of a complete list, as the API server's `GET` answers it. */
export function relist(resource: string, list: unknown): Observation {
  const objects: SlimObject[] = [];
  for (const item of array(record(list).items)) {
    const object = slim(resource, item);
    if (object !== undefined) objects.push(object);
  }
  return { type: 'RELIST', resource, objects };
}
