/**
 * Keeps one kind in step with the API server: list, watch, resume, relist, back-off, for as long as it is wanted.
 * It never gives up: whatever stands in the way is a state with a cause and the time of the next attempt.
 */
import type { KindState, Message } from '../../../core/src/live/view.ts';
import type { WatchedKind } from '../../../core/src/live/kinds.ts';
import { createBackoff } from './backoff.ts';
import { listAll, uidOf } from './list.ts';
import { ClusterError, message } from './problem.ts';
import { sleep } from './sleep.ts';
import type { Timings } from './timings.ts';
import { ApiError, type Transport } from './transport.ts';
import { runWatch, type WatchEvent } from './watch-stream.ts';

/** Where a watcher is; a new object for every change. */
export interface KindStatus {
  readonly state: KindState;
  /** The namespace it is confined to, where the rights do not cover the cluster. */
  readonly namespace?: string;
  readonly problem?: Message;
  readonly remedy?: Message;
  /** Epoch ms of the next attempt. */
  readonly retryAt?: number;
}

/** What watchers of one connection share. */
export interface SharedPace {
  /** False once the server has said that it does not know WatchList. */
  watchList: boolean;
  /** Epoch ms: no request before it, because the server asked everyone for a pause. */
  quietUntil: number;
}

export interface WatcherOptions<Item> {
  readonly kind: WatchedKind;
  /** Namespace to fall back to when the cluster as a whole is forbidden. */
  readonly namespace: string;
  readonly transport: Transport;
  readonly timings: Timings;
  readonly shared: SharedPace;
  readonly signal: AbortSignal;
  random(): number;
  now(): number;
  project(raw: unknown): Item | undefined;
  onRelist(items: readonly Item[]): void;
  onChange(type: 'ADDED' | 'MODIFIED' | 'DELETED', item: Item): void;
  onStatus(status: KindStatus): void;
  log(level: 'debug' | 'info' | 'warn', text: string): void;
}

export interface Watcher {
  readonly status: KindStatus;
  readonly objects: number;
  /** Epoch ms of the last sign of life. */
  readonly seenAt: number | undefined;
  /** Tries now instead of at `retryAt`. */
  poke(): void;
  /** Drops a stream that may be dead without having ended, as after a machine's sleep, and resumes. */
  reopen(): void;
  /** Settles when everything of this watcher has ended, after its signal was aborted. */
  readonly done: Promise<void>;
}

/** True when the server no longer has the history asked for, in each of its forms: only a new list helps. */
export function isExpired(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone') return true;
  // A server restored from a backup knows less than we do.
  return error.status === 504 && error.causes.includes('ResourceVersionTooLarge');
}

/** Path of a kind's collection. */
export function collectionPath(kind: WatchedKind, namespace: string | undefined): string {
  const api = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${api}${scope}/${kind.resource}`;
}

/** The stream worked and ended, or was ended by us: go on without a pause. */
const resume = Symbol('resume');

/** Starts watching. */
export function startWatcher<Item>(options: WatcherOptions<Item>): Watcher {
  const { kind, transport, timings, shared, signal, now } = options;
  const backoff = createBackoff(options.random, timings.backoffScale);
  let status: KindStatus = { state: 'connecting' };
  let scope: string | undefined;
  let useList = false;
  let polling = false;
  let resourceVersion: string | undefined;
  let synced = false;
  let seenAt: number | undefined;
  let uids = new Set<string>();
  let streamControl = new AbortController();
  let waitControl = new AbortController();

  const setStatus = (next: KindStatus): void => {
    const same = JSON.stringify(next) === JSON.stringify(status);
    status = next;
    if (!same) options.onStatus(next);
  };
  const scoped = (next: KindStatus): KindStatus => (scope === undefined ? next : { ...next, namespace: scope });
  const markSynced = (): void => {
    synced = true;
    const seconds = Math.round(timings.poll / 1000);
    const problem = polling ? message('cluster.kind/polling', { resource: kind.resource, seconds }) : undefined;
    setStatus(scoped(problem === undefined ? { state: 'synced' } : { state: 'synced', problem }));
  };
  const query = (): URLSearchParams =>
    new URLSearchParams(kind.fieldSelector === undefined ? {} : { fieldSelector: kind.fieldSelector });

  const list = async (): Promise<void> => {
    const result = await listAll(transport, collectionPath(kind, scope), {
      signal,
      query: query(),
      project: options.project,
    });
    seenAt = now();
    uids = new Set(result.items.map(({ uid }) => uid));
    resourceVersion = result.resourceVersion;
    options.onRelist(result.items.map(({ item }) => item));
    markSynced();
  };

  const change = (event: Exclude<WatchEvent, { type: 'BOOKMARK' }>): void => {
    const uid = uidOf(event.object);
    if (event.type === 'DELETED') uids.delete(uid);
    else uids.add(uid);
    const item = options.project(event.object);
    if (item === undefined) options.log('debug', `${kind.resource}: an object was not understood`);
    else options.onChange(event.type, item);
  };

  /** Runs one watch; with WatchList it begins with everything that exists and marks where that ends. */
  const watch = async (initial: boolean): Promise<void> => {
    const [shortest, longest] = timings.watchSeconds;
    const params = query();
    params.set('watch', 'true');
    params.set('allowWatchBookmarks', 'true');
    params.set('timeoutSeconds', String(Math.round(shortest + options.random() * (longest - shortest))));
    if (initial) {
      params.set('sendInitialEvents', 'true');
      params.set('resourceVersionMatch', 'NotOlderThan');
    } else if (resourceVersion !== undefined) {
      params.set('resourceVersion', resourceVersion);
    }
    let pending: Map<string, Item> | undefined = initial ? new Map() : undefined;
    const seen = new Set<string>();
    const onEvent = (event: WatchEvent): void => {
      if (pending === undefined) {
        // Something beyond the point of resuming arrived: the connection works.
        backoff.reset();
        if (event.type !== 'BOOKMARK') change(event);
        resourceVersion = event.resourceVersion;
      } else if (event.type === 'BOOKMARK') {
        if (!event.initialEventsEnd) return;
        resourceVersion = event.resourceVersion;
        const items = [...pending.values()];
        pending = undefined;
        uids = seen;
        options.onRelist(items);
        markSynced();
      } else {
        const uid = uidOf(event.object);
        const item = event.type === 'DELETED' ? undefined : options.project(event.object);
        seen[event.type === 'DELETED' ? 'delete' : 'add'](uid);
        if (item === undefined) pending.delete(uid);
        else pending.set(uid, item);
      }
    };
    streamControl = new AbortController();
    try {
      await runWatch(transport, `${collectionPath(kind, scope)}?${params.toString()}`, {
        signal: AbortSignal.any([signal, streamControl.signal]),
        silence: () => (pending === undefined ? timings.liveness : timings.initialEvents),
        onOpen() {
          if (!initial) markSynced();
        },
        onData() {
          seenAt = now();
        },
        onEvent,
      });
    } catch (error) {
      if (streamControl.signal.aborted && !signal.aborted && pending === undefined) return;
      // Whatever went wrong before the end of the initial events: the plain list is the sure way.
      if (pending !== undefined && !(error instanceof ApiError && [401, 429].includes(error.status))) useList = true;
      throw error;
    }
    if (pending !== undefined) useList = true;
  };

  const step = async (): Promise<void> => {
    const started = now();
    if (resourceVersion === undefined && shared.watchList && !useList) {
      await watch(true);
    } else {
      if (resourceVersion === undefined) await list();
      if (polling) {
        await wait(timings.poll);
        resourceVersion = undefined;
        return;
      }
      await watch(false);
    }
    if (now() - started >= timings.healthyWatch || streamControl.signal.aborted) backoff.reset();
    // A watch that ends at once, again and again, is no watch: neither a storm of them nor silence is right.
    else await pause(backoff.next());
    if (backoff.failures >= 4) resourceVersion = undefined;
  };

  const wait = async (ms: number): Promise<void> => {
    waitControl = new AbortController();
    await sleep(ms, AbortSignal.any([signal, waitControl.signal]));
  };
  const pause = async (seconds: number): Promise<void> => {
    await wait(Math.max(seconds * 1000, shared.quietUntil - now()));
  };

  /** Shows why nothing arrives and waits until the next attempt. */
  const fail = async (state: KindState, error: ClusterError, seconds: number): Promise<void> => {
    const { problem, remedy } = error.detail;
    const retryAt = now() + Math.round(Math.max(seconds * 1000, shared.quietUntil - now()));
    setStatus(scoped({ state, problem, remedy, retryAt }));
    options.log('info', `${kind.resource}: ${state}, ${problem.id}, next attempt in ${seconds.toFixed(1)} s`);
    await pause(seconds);
  };

  const forbidden = async (error: ClusterError): Promise<void> => {
    if (resourceVersion !== undefined && !polling) {
      // The list was allowed a moment ago, so it is the watch that is not.
      polling = true;
      markSynced();
      return;
    }
    if (kind.namespaced && scope === undefined) {
      scope = options.namespace;
      useList = false;
      return;
    }
    await fail('forbidden', error, timings.recheck / 1000);
    scope = undefined;
    useList = false;
    polling = false;
  };

  /** Decides what a failure means for this kind. Returns `resume` when the next attempt needs no pause. */
  const recover = async (error: unknown, wasList: boolean): Promise<typeof resume | undefined> => {
    if (isExpired(error)) {
      options.log('info', `${kind.resource}: history expired, listing again`);
      resourceVersion = undefined;
      await pause(backoff.next());
      return undefined;
    }
    if (!(error instanceof ClusterError)) {
      options.log('warn', `${kind.resource}: ${error instanceof Error ? error.message : String(error)}`);
      resourceVersion = undefined;
      await pause(backoff.next());
      return undefined;
    }
    const httpStatus = error instanceof ApiError ? error.status : undefined;
    if (!wasList && (httpStatus === 400 || httpStatus === 422)) {
      shared.watchList = false;
      return resume;
    }
    if (httpStatus === 403) {
      // WatchList needs the right to watch, a list the right to list: try the other before judging.
      if (wasList || resourceVersion !== undefined) await forbidden(error);
      return resume;
    }
    if (httpStatus === 404) {
      const api = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
      const problem = message('cluster.kind/absent', { resource: kind.resource, api });
      resourceVersion = undefined;
      await fail('absent', new ClusterError({ ...error.detail, problem }), timings.recheck / 1000);
      return undefined;
    }
    const first = backoff.failures === 0;
    let seconds = backoff.next(error.detail.retryAfter);
    if (!error.detail.retry) seconds = Math.max(seconds, timings.slowRetry / 1000);
    if (httpStatus === 429) shared.quietUntil = Math.max(shared.quietUntil, now() + seconds * 1000);
    if (backoff.failures % 4 === 0 && error instanceof ApiError) resourceVersion = undefined;
    const connectionCut = error.detail.state === 'unreachable' && httpStatus === undefined;
    if (synced && first && connectionCut) {
      // A cut stream alone is everyday life: what the picture is worth shows at the first attempt to resume.
      options.log('debug', `${kind.resource}: ${error.detail.problem.id}, resuming`);
      await pause(seconds);
      return undefined;
    }
    const { state } = error.detail;
    await fail(synced ? 'stale' : state === 'failed' ? 'unreachable' : state, error, seconds);
    return undefined;
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const quiet = shared.quietUntil - now();
      if (quiet > 0) await wait(quiet);
      const wasList = resourceVersion === undefined && (useList || !shared.watchList);
      try {
        await step();
      } catch (error) {
        if (signal.aborted) return;
        await recover(error, wasList);
      }
    }
  };

  return {
    get status() {
      return status;
    },
    get objects() {
      return uids.size;
    },
    get seenAt() {
      return seenAt;
    },
    poke: () => waitControl.abort(),
    reopen() {
      streamControl.abort();
      waitControl.abort();
    },
    done: run(),
  };
}
