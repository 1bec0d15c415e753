/** Rows of the tree, as data: what a view of the cluster's health looks like in the side bar. */
import type { HealthView } from '../../../core/src/live/view.ts';
import { connectionRows } from './connection-rows.ts';
import { incidentGroups, problemGroup } from './incident-rows.ts';
import { nodeGroup, serviceGroup, workloadGroup } from './object-rows.ts';
import type { Row, Writing } from './tree-row.ts';

/** All rows; none while nothing is connected, so that the editor shows the welcome text. */
export function healthRows(view: HealthView | undefined, writing: Writing): readonly Row[] {
  if (view === undefined || (view.connection.state === 'disconnected' && view.connection.problem === undefined))
    return [];
  const rows = connectionRows(view.connection, writing);
  const seen = view.workloads.length > 0 || view.nodes.length > 0 || view.incidents.length > 0;
  if (view.connection.state !== 'live' && !seen) return rows;
  return [
    ...rows,
    ...incidentGroups(view, writing),
    ...problemGroup(view, writing),
    workloadGroup(view, writing),
    ...serviceGroup(view, writing),
    nodeGroup(view, writing),
  ];
}
