/** The receiving end of the health stream: every shell folds updates with this one function. */
import type { ConnectionView, HealthUpdate, HealthView } from './live/view.ts';
import { applyPatch } from './live/patch.ts';

/** What a shell holds: a view and its version; nothing before the first snapshot. */
export interface HealthState {
  readonly version: number;
  readonly view: HealthView;
}

/**
 * The next state, or `gap` when a patch does not start from the version held: then the shell keeps what it has
 * and asks for a snapshot. A patch that is already contained changes nothing.
 */
export function reduceHealth(state: HealthState | undefined, update: HealthUpdate): HealthState | 'gap' {
  if (update.type === 'snapshot') return { version: update.version, view: update.view };
  if (state === undefined) return 'gap';
  if (update.to <= state.version) return state;
  if (update.from !== state.version) return 'gap';
  return { version: update.to, view: applyPatch(state.view, update.patch) };
}

/** The picture of no cluster at all. */
export function emptyView(now: number, connection?: Partial<ConnectionView>): HealthView {
  return {
    now,
    connection: { state: 'disconnected', since: now, kinds: [], ...connection },
    totals: {
      open: 0,
      healing: 0,
      needsHuman: 0,
      recovered24h: 0,
      restarts24h: 0,
      pods: 0,
      readyPods: 0,
      workloads: 0,
    },
    incidents: [],
    workloads: [],
    nodes: [],
    problems: [],
    services: [],
    actions: [],
  };
}
