/** One watch request, from its status line to its end: lines to events, silence to an error. */
import { finished } from 'node:stream/promises';
import { isMap } from './kubeconfig-fields.ts';
import { parseLean } from './lean.ts';
import { createLineSplitter } from './lines.ts';
import { httpProblem, networkProblem } from './problem.ts';
import { ApiError, statusAnswer, type Transport } from './transport.ts';

/** What a watch says. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: unknown; readonly resourceVersion: string }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean };

/** A line that is no watch event: what follows cannot be trusted, so the list has to be read again. */
export class GarbledStreamError extends Error {
  override readonly name = 'GarbledStreamError';
}

export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Longest silence in ms, asked anew after every chunk. */
  readonly silence: () => number;
  readonly onOpen: () => void;
  /** Any bytes, a sign of life. */
  readonly onData: () => void;
  readonly onEvent: (event: WatchEvent) => void;
}

const changes = new Set(['ADDED', 'MODIFIED', 'DELETED']);

/** Parses one line of a watch. @throws ApiError for an ERROR event, GarbledStreamError for anything else unknown */
export function parseEvent(line: Buffer, place: Transport['place']): WatchEvent {
  let value: unknown;
  try {
    value = parseLean(line);
  } catch {
    throw new GarbledStreamError(`a line of ${line.length} bytes is not JSON`);
  }
  if (!isMap(value)) throw new GarbledStreamError('a line is no event');
  const { type, object } = value;
  if (type === 'ERROR') {
    const answer = statusAnswer(500, object);
    throw new ApiError(httpProblem(answer, place).detail, answer);
  }
  const metadata = isMap(object) && isMap(object['metadata']) ? object['metadata'] : {};
  const resourceVersion = metadata['resourceVersion'];
  if (typeof resourceVersion !== 'string') throw new GarbledStreamError('an event has no resourceVersion');
  if (type === 'BOOKMARK') {
    const annotations = isMap(metadata['annotations']) ? metadata['annotations'] : {};
    return { type, resourceVersion, initialEventsEnd: annotations['k8s.io/initial-events-end'] === 'true' };
  }
  if (typeof type !== 'string' || !changes.has(type)) throw new GarbledStreamError('an event has an unknown type');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the set holds exactly these
  return { type: type as 'ADDED' | 'MODIFIED' | 'DELETED', object, resourceVersion };
}

/** Runs one watch until the server ends it. @throws ClusterError or GarbledStreamError when it ends otherwise */
export async function runWatch(transport: Transport, path: string, options: StreamOptions): Promise<void> {
  const { body } = await transport.open(path, { signal: options.signal });
  options.onOpen();
  const lines = createLineSplitter((line) => options.onEvent(parseEvent(line, transport.place)));
  const expire = (): void => {
    body.destroy(Object.assign(new Error('no data'), { code: 'ETIMEDOUT' }));
  };
  let silence = options.silence();
  let timer = setTimeout(expire, silence);
  let fault: unknown;
  const receive = (chunk: Buffer): void => {
    if (fault !== undefined) return;
    options.onData();
    try {
      lines.push(chunk);
    } catch (error) {
      fault = error;
      body.destroy();
      return;
    }
    const allowed = options.silence();
    if (allowed === silence) timer.refresh();
    else {
      clearTimeout(timer);
      silence = allowed;
      timer = setTimeout(expire, silence);
    }
  };
  try {
    // Listening costs a third less than iterating, and a watch in a busy cluster does nothing but receive.
    body.on('data', receive);
    await finished(body);
  } catch (error) {
    if (fault === undefined) throw networkProblem(error, transport.place);
  } finally {
    clearTimeout(timer);
    body.off('data', receive);
    body.destroy();
  }
  if (fault instanceof RangeError) throw new GarbledStreamError(fault.message);
  if (fault !== undefined) throw fault;
}
