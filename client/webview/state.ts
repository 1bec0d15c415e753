/** The dashboard's state as a pure function of the messages and actions it received. */
import { isOver } from '../../core/src/listed.ts';
import { reduceHealth, type HealthState } from '../../core/src/health-stream.ts';
import type { ConnectionState, HealthView, IncidentRow } from '../../core/src/live/view.ts';
import type { Texts } from '../../core/src/messages.ts';
import type { Remedy, ToDashboard } from '../../core/src/protocol.ts';
import { english } from './texts.en.ts';

/** What survives a reload of the webview. */
export interface UiState {
  readonly selected?: string;
  readonly filter: string;
  readonly problemsOnly: boolean;
}

export interface AppState {
  readonly texts: Texts;
  readonly locale: string;
  readonly restricted: boolean;
  readonly health?: HealthState;
  /** Monotonic milliseconds at which the health was received: timers run on from there. */
  readonly receivedAt: number;
  /** A snapshot is wanted, because a patch did not fit. */
  readonly gap: boolean;
  readonly remedies: Readonly<Record<string, Remedy>>;
  readonly ui: UiState;
}

export type Action =
  | { readonly type: 'message'; readonly message: ToDashboard; readonly at: number }
  | { readonly type: 'select'; readonly incident?: string }
  | { readonly type: 'filter'; readonly text: string }
  | { readonly type: 'problemsOnly'; readonly on: boolean };

/** The state before any message, with what was kept of the last time. */
export function initialState(kept: unknown): AppState {
  return {
    texts: english,
    locale: 'en',
    restricted: false,
    receivedAt: 0,
    gap: false,
    remedies: {},
    ui: restoreUi(kept),
  };
}

/** Kept UI state is data from outside: anything odd falls back to the defaults. */
export function restoreUi(kept: unknown): UiState {
  const fields = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  return {
    ...(typeof fields['selected'] === 'string' && { selected: fields['selected'] }),
    filter: typeof fields['filter'] === 'string' ? fields['filter'] : '',
    problemsOnly: fields['problemsOnly'] === true,
  };
}

/** The next state; never mutates. */
export function reduce(state: AppState, action: Action): AppState {
  switch (action.type) {
    case 'message':
      return receive(state, action.message, action.at);
    case 'select': {
      const { selected: _dropped, ...rest } = state.ui;
      return { ...state, ui: action.incident === undefined ? rest : { ...rest, selected: action.incident } };
    }
    case 'filter':
      return { ...state, ui: { ...state.ui, filter: action.text } };
    case 'problemsOnly':
      return { ...state, ui: { ...state.ui, problemsOnly: action.on } };
    default:
      return state;
  }
}

function receive(state: AppState, message: ToDashboard, at: number): AppState {
  switch (message.type) {
    case 'init':
      return {
        ...state,
        texts: { ...english, ...message.strings },
        locale: message.locale,
        restricted: message.restricted === true,
      };
    case 'health': {
      const health = reduceHealth(state.health, message.update);
      if (health === 'gap') return { ...state, gap: true };
      return { ...state, health, receivedAt: at, gap: message.update.type === 'snapshot' ? false : state.gap };
    }
    case 'remedy':
      return { ...state, remedies: { ...state.remedies, [message.remedy.incident]: message.remedy } };
    case 'reveal':
      return { ...state, ui: { ...state.ui, selected: message.incident } };
    default:
      return state;
  }
}

/** States in which the picture is not kept up to date and its timers stand still. */
const frozen: ReadonlySet<ConnectionState> = new Set([
  'disconnected',
  'stale',
  'forbidden',
  'unauthorised',
  'unreachable',
  'failed',
  'recording',
]);

/** Whether what is shown may be out of date. */
export function isFrozen(state: ConnectionState): boolean {
  return frozen.has(state);
}

/** Cluster time now: the view's, plus what passed here since it arrived. */
export function runningNow(state: AppState, monotonic: number): number {
  if (state.health === undefined) return 0;
  return state.health.view.now + Math.max(0, monotonic - state.receivedAt);
}

/** Cluster time for the timers of incidents: it stands still while no news arrives. */
export function pictureNow(state: AppState, monotonic: number): number {
  const view = state.health?.view;
  if (view === undefined) return 0;
  return isFrozen(view.connection.state) ? (lastNews(view) ?? view.now) : runningNow(state, monotonic);
}

/** When anything last arrived from the cluster, if it ever did. */
export function lastNews(view: HealthView): number | undefined {
  const seen = view.connection.kinds.flatMap((kind) => (kind.seenAt === undefined ? [] : [kind.seenAt]));
  return seen.length === 0 ? undefined : Math.max(...seen);
}

/** Whether an incident is over. */
export const isEnded = (incident: IncidentRow): boolean => isOver(incident);
