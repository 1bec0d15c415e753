/** What a watcher is given and what it shows, and what failures and kinds mean to it. */
import type { KindState, Message } from '../../../core/src/live/view.ts';
import type { WatchedKind } from '../../../core/src/live/kinds.ts';
import type { Timings } from './timings.ts';
import { ApiError, type Transport } from './transport.ts';

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
  readonly random: () => number;
  readonly now: () => number;
  readonly project: (raw: unknown) => Item | undefined;
  readonly onRelist: (items: readonly Item[]) => void;
  readonly onChange: (type: 'ADDED' | 'MODIFIED' | 'DELETED', item: Item) => void;
  /** An object of a first list arrived. */
  readonly onProgress: () => void;
  readonly onStatus: (status: KindStatus) => void;
  readonly log: (level: 'debug' | 'info' | 'warn', text: string) => void;
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
  return `${api}${scope}/${kind.plural ?? kind.resource}`;
}
