/** Bounds what leaves the session: rows of a view, and the size of one message. */
import type { HealthPatch, HealthView, IncidentRow, MoreRows, WorkloadRow } from './view.ts';

/** Nobody reads more lines than this, and no shell has to hold them. */
export const rowLimit = 2000;

function firstRows<Row>(rows: readonly Row[], limit: number): readonly Row[] {
  return rows.length <= limit ? rows : rows.slice(0, limit);
}

/** What needs attention stays: the unhealthy first, then those that restarted, then the rest by name. */
function tellingWorkloads(rows: readonly WorkloadRow[], limit: number): readonly WorkloadRow[] {
  if (rows.length <= limit) return rows;
  const ranks: WorkloadRow[][] = [[], [], []];
  for (const row of rows) {
    const troubled = row.openIncidents > 0 || (row.state !== 'healthy' && row.state !== 'stopped');
    ranks[troubled ? 0 : row.restarts24h > 0 ? 1 : 2]?.push(row);
  }
  const kept = new Set(ranks.flat().slice(0, limit));
  return rows.filter((row) => kept.has(row));
}

/** Makes the same array of the same rows, so that what did not change costs nothing. */
function remembered<Row>(choose: (rows: readonly Row[], limit: number) => readonly Row[]) {
  let [given, chosen]: [readonly Row[], readonly Row[]] = [[], []];
  return (rows: readonly Row[], limit: number): readonly Row[] => {
    if (rows !== given) [given, chosen] = [rows, choose(rows, limit)];
    return chosen;
  };
}

/** Cuts views to a number of rows of each sort; `more` tells how many are left out, totals stay those of everything. */
export function createRowLimit(limit = rowLimit): (view: HealthView) => HealthView {
  const incidents = remembered<IncidentRow>(firstRows);
  const workloads = remembered(tellingWorkloads);
  return (view) => {
    const next = {
      incidents: incidents(view.incidents, limit),
      workloads: workloads(view.workloads, limit),
      nodes: firstRows(view.nodes, limit),
      services: firstRows(view.services, limit),
    };
    const more: { -readonly [Key in keyof MoreRows]: number } = {};
    for (const key of ['incidents', 'workloads', 'nodes', 'services'] as const) {
      const hidden = view[key].length - next[key].length;
      if (hidden > 0) more[key] = hidden;
    }
    return { ...view, ...next, ...(Object.keys(more).length > 0 && { more }) };
  };
}

type RowField = 'incidents' | 'workloads' | 'nodes' | 'problems' | 'services' | 'actions';
const rowFields: readonly RowField[] = ['incidents', 'workloads', 'nodes', 'problems', 'services', 'actions'];

/**
 * Cuts a patch into patches of at most `size` characters of JSON each, one row at least; applied one after the other
 * they give the same view. What bounds a message bounds how long its receiver is busy with it.
 */
export function* cutPatch(patch: HealthPatch, size: number): Generator<HealthPatch> {
  const { now, connection, totals, more, incidentOrder = [], incidentsFrom = 0 } = patch;
  const head = { ...(connection && { connection }), ...(totals && { totals }), ...(more && { more }) };
  let part: { [Field in RowField]?: { upsert: never[]; remove: never[] } } = {};
  let used = JSON.stringify(head).length;
  let first = true;
  const take = (): HealthPatch => {
    const taken = { now, ...(first && head), ...part };
    [part, used, first] = [{}, 0, false];
    return taken;
  };
  for (const field of rowFields) {
    const changes = patch[field];
    const sorts = [
      ['remove', changes?.remove ?? []],
      ['upsert', changes?.upsert ?? []],
    ] as const;
    for (const [sort, rows] of sorts) {
      for (const row of rows) {
        const length = JSON.stringify(row).length + 1;
        if (used > 0 && used + length > size) yield take();
        (part[field] ??= { upsert: [], remove: [] })[sort].push(row as never);
        used += length;
      }
    }
  }
  const perPart = Math.max(1, Math.floor(size / 2 / longest(incidentOrder)));
  if (first || used > 0) {
    if (incidentOrder.length === 0) {
      yield take();
      return;
    }
    if (used > size / 2) yield take();
  }
  for (let at = 0; at < incidentOrder.length; at += perPart) {
    const order = incidentOrder.slice(at, at + perPart);
    yield { ...take(), incidentOrder: order, incidentsFrom: incidentsFrom + at };
  }
}

/** Characters of the longest id with its quotes and comma. */
function longest(ids: readonly string[]): number {
  return ids.reduce((length, id) => Math.max(length, id.length + 3), 1);
}
