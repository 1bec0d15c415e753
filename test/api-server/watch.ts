/** `GET` with `watch=1`: the stream of changes, its bookmarks, and the ways it ends. */
import type { ServerResponse } from 'node:http';
import { apiVersionOf } from './kinds.ts';
import { predicateOf, versionParameter } from './list.ts';
import { isTrue, type Representation, type ResourceRequest } from './request.ts';
import { commonHeaders } from './respond.ts';
import type { Predicate } from './selectors.ts';
import { expiredWatch, invalidOptions, unparsableVersion, type Failure } from './status.ts';
import { bytesOf, frame, frameOf, type Change, type ClusterStore, type Entry, type KubeObject } from './store.ts';
import { partialObject, table } from './table.ts';

/** An open watch, as faults see it. */
export interface OpenWatch {
  readonly resource: string;
  readonly user: string;
  readonly verb: 'watch';
  /** Ends the stream the way a server-side timeout does. */
  end(): void;
  /** Tears the connection down in the middle of the stream. */
  reset(): void;
  /** Sends nothing more, not even bookmarks, but leaves the connection open. */
  freeze(): void;
  /** Sends an ERROR event and ends. */
  fail(failure: Failure): void;
}

export interface WatchSettings {
  /** Seconds between bookmarks; an API server sends one about every minute. */
  readonly bookmarkSeconds: number;
  /** Seconds a watch lives when the client names no `timeoutSeconds`. */
  readonly defaultTimeoutSeconds: number;
  /** Whether `sendInitialEvents` is supported (it is off by default in 1.33). */
  readonly watchList: boolean;
}

export interface WatchContext {
  readonly request: ResourceRequest;
  readonly response: ServerResponse;
  readonly store: ClusterStore;
  readonly representation: Representation;
  readonly user: string;
  readonly settings: WatchSettings;
  readonly now: () => number;
  readonly onClose: (watch: OpenWatch) => void;
  /** Resets the TCP connection. */
  readonly reset: () => void;
}

/** A stream this far behind its client is closed, as the watch cache closes slow watchers. */
const longestQueue = 128 * 1024 * 1024;
/** Resources without a watch cache word "expired" differently. */
const uncached = new Set(['events']);

function refusal(query: URLSearchParams, settings: WatchSettings): Failure | undefined {
  const match = query.get('resourceVersionMatch');
  if (query.has('sendInitialEvents')) {
    if (!settings.watchList) {
      return invalidOptions(
        'sendInitialEvents',
        'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
      );
    }
    if (match !== 'NotOlderThan') {
      return invalidOptions(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      );
    }
  } else if (match !== null && match !== '') {
    return invalidOptions(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  }
  const version = versionParameter(query);
  return version !== undefined && Number.isNaN(version)
    ? unparsableVersion(query.get('resourceVersion') ?? '')
    : undefined;
}

/** Starts the stream, or says why it cannot start. */
export function watch(context: WatchContext): OpenWatch | Failure {
  const { request, store, settings } = context;
  const { query, kind } = request;
  const problem = refusal(query, settings);
  if (problem !== undefined) return problem;
  const predicate = predicateOf(request);
  if (typeof predicate !== 'function') return predicate;

  const version = versionParameter(query) ?? 0;
  const asked = query.get('sendInitialEvents');
  const initial = asked === null ? version === 0 : isTrue(asked);
  const stream = openStream(context, predicate);
  if (initial) {
    const entries = store.entries(kind.resource) ?? [];
    stream.begin(
      entries.filter((entry) => predicate(entry.object)),
      store.revision(),
    );
    return stream.handle;
  }
  const changes = store.since(kind.resource, version);
  if (changes === undefined) {
    stream.handle.fail(expiredWatch(version, store.floor(kind.resource), !uncached.has(kind.resource)));
    return stream.handle;
  }
  for (const change of changes) stream.send(change);
  stream.follow(version);
  return stream.handle;
}

interface Stream {
  readonly handle: OpenWatch;
  begin(entries: readonly Entry[], revision: number): void;
  send(change: Change): void;
  /** Sends what changes from now on, leaving out what is not newer than `after`. */
  follow(after: number): void;
}

function openStream(context: WatchContext, predicate: Predicate): Stream {
  const { request, response, store, representation, settings, now } = context;
  const { kind, query } = request;
  const timers: NodeJS.Timeout[] = [];
  let unsubscribe = (): void => {};
  let frozen = false;
  let closed = false;
  let columnsSent = false;

  function close(): void {
    if (closed) return;
    closed = true;
    unsubscribe();
    for (const timer of timers) clearTimeout(timer);
    context.onClose(handle);
  }

  const handle: OpenWatch = {
    resource: kind.resource,
    user: context.user,
    verb: 'watch',
    end() {
      close();
      response.end();
    },
    reset() {
      close();
      context.reset();
    },
    freeze() {
      frozen = true;
    },
    fail(failure) {
      response.write(frame('ERROR', JSON.stringify(failure.body)));
      close();
      response.end();
    },
  };

  function encode(type: Change['type'], object: KubeObject, shared: () => Buffer): Buffer {
    if (representation === 'object') return shared();
    if (representation === 'PartialObjectMetadata') return frame(type, JSON.stringify(partialObject(object)));
    const body = table(
      kind.resource,
      [object],
      { resourceVersion: object.metadata.resourceVersion },
      now(),
      !columnsSent,
    );
    columnsSent = true;
    return frame(type, JSON.stringify(body));
  }

  function write(bytes: Buffer): boolean {
    if (frozen || closed) return true;
    if (response.writableLength > longestQueue) {
      handle.reset();
      return true;
    }
    return response.write(bytes);
  }

  /** A change of an object that enters or leaves the selection is an addition or a removal for this watch. */
  function send(change: Change): void {
    const { entry, previous } = change;
    const before = previous !== undefined && predicate(previous.object);
    const after = change.type !== 'DELETED' && predicate(entry.object);
    if (!before && !after) return;
    if (change.type === 'DELETED' || (before && after) || (change.type === 'ADDED' && after)) {
      write(encode(change.type, entry.object, () => frameOf(change)));
    } else if (after) {
      write(encode('ADDED', entry.object, () => frame('ADDED', bytesOf(entry))));
    } else if (previous !== undefined) {
      const last = {
        ...previous.object,
        metadata: { ...previous.object.metadata, resourceVersion: String(change.revision) },
      };
      write(encode('DELETED', last, () => frame('DELETED', JSON.stringify(last))));
    }
  }

  function bookmark(annotations?: Record<string, string>, revision = store.revision()): void {
    const metadata = {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    const body =
      representation === 'object'
        ? { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata, ...kind.zero }
        : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    write(frame('BOOKMARK', JSON.stringify(body)));
  }

  const bookmarks = isTrue(query.get('allowWatchBookmarks')) && representation !== 'Table';

  function follow(after: number): void {
    unsubscribe();
    unsubscribe = store.subscribe(kind.resource, (change) => {
      if (change.revision > after) send(change);
    });
    if (bookmarks) timers.push(setInterval(bookmark, settings.bookmarkSeconds * 1000));
  }

  function begin(entries: readonly Entry[], revision: number): void {
    // Changes that arrive while the initial objects are still being written wait their turn.
    const waiting: Change[] = [];
    unsubscribe = store.subscribe(kind.resource, (change) => waiting.push(change));
    const left = entries.values(); // an array iterator goes on where a broken loop left it
    const pump = (): void => {
      for (const entry of left) {
        if (closed) return;
        if (!write(encode('ADDED', entry.object, () => frame('ADDED', bytesOf(entry))))) {
          response.once('drain', pump);
          return;
        }
      }
      if (bookmarks) bookmark(initialEventsEnd(kind.kind, apiVersionOf(kind)), revision);
      for (const change of waiting) send(change);
      follow(revision);
    };
    pump();
  }

  response.writeHead(200, {
    ...commonHeaders(true),
    'Content-Type': 'application/json',
    'Transfer-Encoding': 'chunked',
  });
  response.flushHeaders();
  response.on('close', close);
  const lifetime = Number(query.get('timeoutSeconds') ?? 0) || settings.defaultTimeoutSeconds;
  timers.push(
    setTimeout(() => {
      if (!frozen) handle.end();
    }, lifetime * 1000),
  );
  return { handle, begin, send, follow };
}

/** The annotations that tell a client it has seen every object there was when its watch began. */
function initialEventsEnd(kind: string, apiVersion: string): Record<string, string> {
  const blueprint = `${JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: {}, items: null })}\n`;
  return {
    'k8s.io/initial-events-end': 'true',
    'kubernetes.io/initial-events-list-blueprint': Buffer.from(blueprint).toString('base64'),
  };
}
