/**
 * Keeps one kind in step with the API server: list, watch, resume, relist, back-off, for as long as it is wanted.
 * It never gives up: whatever stands in the way is a state with a cause and the time of the next attempt.
 */
import type { KindState } from '../../../core/src/live/view.ts';
import { createBackoff } from './backoff.ts';
import { listAll, uidOf } from './list.ts';
import { ClusterError, message } from './problem.ts';
import { sleep } from './sleep.ts';
import { ApiError } from './transport.ts';
import { runWatch, type WatchEvent } from './watch-stream.ts';
import { collectionPath, isExpired, type KindStatus, type Watcher, type WatcherOptions } from './watcher-types.ts';

/** After so many refusals in a row, a kind that was readable a moment ago counts as forbidden: up to half a minute. */
const believedRefusals = 5;

/** Starts watching. */
export function startWatcher<Item>(options: WatcherOptions<Item>): Watcher {
  const { kind, transport, timings, shared, signal, now } = options;
  const backoff = createBackoff(options.random, timings.backoffScale);
  let status: KindStatus = { state: 'connecting' };
  let scope: string | undefined;
  /** An API that cannot watch is listed for as long as there is one. */
  const polled = kind.read === 'poll';
  let useList = polled;
  let polling = polled;
  let resourceVersion: string | undefined;
  let synced = false;
  let refusals = 0;
  let seenAt: number | undefined;
  let uids = new Set<string>();
  let streamControl = new AbortController();
  let waitControl = new AbortController();

  /** Objects of a first list that have arrived: a large one takes a while, and counting is all that can be said. */
  let reading: number | undefined;
  const arrived = (): void => {
    reading = (reading ?? 0) + 1;
    if (!synced) options.onProgress();
  };

  const setStatus = (next: KindStatus): void => {
    const same = JSON.stringify(next) === JSON.stringify(status);
    status = next;
    if (!same) options.onStatus(next);
  };
  const scoped = (next: KindStatus): KindStatus => (scope === undefined ? next : { ...next, namespace: scope });
  const markSynced = (): void => {
    synced = true;
    refusals = 0;
    const seconds = Math.round(timings.poll / 1000);
    const problem =
      polling && !polled ? message('cluster.kind/polling', { resource: kind.resource, seconds }) : undefined;
    setStatus(scoped(problem === undefined ? { state: 'synced' } : { state: 'synced', problem }));
  };
  const query = (): URLSearchParams =>
    new URLSearchParams(kind.fieldSelector === undefined ? {} : { fieldSelector: kind.fieldSelector });

  const list = async (): Promise<void> => {
    reading = 0;
    const result = await listAll(transport, collectionPath(kind, scope), {
      signal,
      query: query(),
      unversioned: polled,
      project(raw) {
        arrived();
        return options.project(raw);
      },
    });
    seenAt = now();
    reading = undefined;
    if (polled) backoff.reset();
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
    reading = undefined;
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
        reading = undefined;
        options.onRelist(items);
        markSynced();
      } else {
        arrived();
        const uid = uidOf(event.object);
        const item = event.type === 'DELETED' ? undefined : options.project(event.object);
        seen[event.type === 'DELETED' ? 'delete' : 'add'](uid);
        if (item === undefined) pending.delete(uid);
        else pending.set(uid, item);
      }
    };
    streamControl = new AbortController();
    let openedAt: number | undefined;
    try {
      await runWatch(transport, `${collectionPath(kind, scope)}?${params.toString()}`, {
        signal: AbortSignal.any([signal, streamControl.signal]),
        silence: () => (pending === undefined ? timings.liveness : timings.initialEvents),
        onOpen() {
          openedAt = now();
          if (!initial) markSynced();
        },
        onData() {
          seenAt = now();
        },
        onEvent,
      });
    } catch (error) {
      if (streamControl.signal.aborted && !signal.aborted && pending === undefined) return;
      if (pending === undefined || !blamesWatchList(error, openedAt !== undefined)) throw error;
      useList = true;
      if (error instanceof ApiError && [400, 422].includes(error.status)) shared.watchList = false;
      const reason = error instanceof Error ? error.message : String(error);
      options.log('debug', `${kind.resource}: WatchList failed (${reason}), reading the list in pages`);
      return;
    } finally {
      // A quiet kind sends nothing for minutes; that its stream lasted is success enough.
      if (openedAt !== undefined && now() - openedAt >= timings.healthyWatch) backoff.reset();
    }
    if (pending !== undefined) useList = true;
    if (openedAt !== undefined && now() - openedAt < timings.healthyWatch) await endedAtOnce();
  };

  /** A watch that ends at once, again and again, is no watch: neither a storm of requests nor silence is right. */
  const endedAtOnce = async (): Promise<void> => {
    if (backoff.failures >= 3) resourceVersion = undefined;
    await pause(backoff.next());
  };

  const step = async (): Promise<void> => {
    if (resourceVersion === undefined && shared.watchList && !useList) {
      await watch(true);
      return;
    }
    if (resourceVersion === undefined) await list();
    if (!polling) {
      await watch(false);
      return;
    }
    await wait(timings.poll);
    resourceVersion = undefined;
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

  const forbidden = async (error: ClusterError, listed: boolean): Promise<void> => {
    if (synced && scope === undefined && !listed && refusals < believedRefusals) {
      // A server that starts refuses everyone until it has read its roles; that must not shrink the picture for good.
      refusals += 1;
      await fail('stale', error, (timings.recheck / 60_000) * (0.5 + options.random()));
    } else if (resourceVersion !== undefined) {
      // Listed a moment ago, so it is the watch that is forbidden; otherwise the list will tell.
      polling = listed;
      if (listed) markSynced();
      else resourceVersion = undefined;
      useList = true;
    } else if (kind.namespaced && scope === undefined) {
      scope = options.namespace;
      useList = polled;
    } else {
      await fail('forbidden', error, timings.recheck / 1000);
      scope = undefined;
      useList = polled;
      polling = polled;
    }
  };

  /** Decides what a failure means for this kind, shows it, and waits until the next attempt is due. */
  const recover = async (error: unknown, listed: boolean): Promise<void> => {
    if (isExpired(error)) {
      options.log('info', `${kind.resource}: history expired, listing again`);
      resourceVersion = undefined;
      await pause(backoff.next());
      return;
    }
    if (!(error instanceof ClusterError)) {
      options.log('warn', `${kind.resource}: ${error instanceof Error ? error.message : String(error)}`);
      resourceVersion = undefined;
      await pause(backoff.next());
      return;
    }
    const httpStatus = error instanceof ApiError ? error.status : undefined;
    if (httpStatus === 403) {
      await forbidden(error, listed);
      return;
    }
    if (httpStatus === 404) {
      const api = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
      const problem = message('cluster.kind/absent', { resource: kind.resource, api });
      resourceVersion = undefined;
      await fail('absent', new ClusterError({ ...error.detail, problem }), timings.recheck / 1000);
      return;
    }
    const first = backoff.failures === 0;
    const { state: told, retryAfter } = error.detail;
    let seconds = told === 'unauthorised' ? backoff.nextLogin(retryAfter) : backoff.next(retryAfter);
    if (!error.detail.retry) seconds = Math.max(seconds, timings.slowRetry / 1000);
    if (httpStatus === 429) shared.quietUntil = Math.max(shared.quietUntil, now() + seconds * 1000);
    if (backoff.failures % 4 === 0 && error instanceof ApiError) resourceVersion = undefined;
    const connectionCut = error.detail.state === 'unreachable' && httpStatus === undefined;
    if (synced && first && connectionCut) {
      // A cut stream alone is everyday life: what the picture is worth shows at the first attempt to resume.
      options.log('debug', `${kind.resource}: ${error.detail.problem.id}, resuming`);
      await pause(seconds);
      return;
    }
    await fail(synced ? 'stale' : told === 'failed' ? 'unreachable' : told, error, seconds);
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const quiet = shared.quietUntil - now();
      if (quiet > 0) await wait(quiet);
      const listed = resourceVersion === undefined && (useList || !shared.watchList);
      try {
        await step();
      } catch (error) {
        if (signal.aborted) return;
        await recover(error, listed);
      }
    }
  };

  return {
    get status() {
      return status;
    },
    get objects() {
      return synced ? uids.size : (reading ?? 0);
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

/**
 * True when a watch failed before the end of its initial events for a reason that the plain list may not share:
 * unknown parameters (400, 422), the right to list and not to watch (403), a storage that cannot report progress (500),
 * or a server that ignores the parameter and so never sends the end.
 */
function blamesWatchList(error: unknown, opened: boolean): boolean {
  if (error instanceof ApiError) return ![401, 404, 410, 429].includes(error.status);
  if (!(error instanceof ClusterError)) return true;
  return opened && error.detail.problem.id === 'cluster.unreachable/timeout';
}
