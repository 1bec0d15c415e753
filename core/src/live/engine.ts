/** The live engine: observations in, one plain view out. It has no clock: every call brings the time. */
import type { ConnectionView, HealthView } from './view.ts';
import type { SlimObject } from './slim.ts';

export type Observation =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly resource: string; readonly object: SlimObject }
  /** Complete list, replaces what was known of that resource. */
  | { readonly type: 'RELIST'; readonly resource: string; readonly objects: readonly SlimObject[] };

export interface LiveEngine {
  /** Takes one observation; `now` is epoch milliseconds of its arrival. */
  observe(observation: Observation, now: number): void;
  /** Time passes: stability windows end, thresholds are reached, old rows fall out. */
  tick(now: number): void;
  view(now: number, connection: ConnectionView): HealthView;
}

export function createEngine(): LiveEngine {
  return {
    observe() {},
    tick() {},
    view: (now, connection) => ({
      now,
      connection,
      totals: { open: 0, healing: 0, needsHuman: 0, recovered24h: 0, restarts24h: 0, pods: 0, readyPods: 0, workloads: 0 },
      incidents: [],
      workloads: [],
      nodes: [],
    }),
  };
}
