/** Patches between two versions of a view: rows are replaced whole, order travels only when it changed. */
import type {
  ActionRow,
  HealthPatch,
  HealthView,
  IncidentRow,
  NodeRow,
  ProblemRow,
  RowChanges,
  ServiceRow,
  WorkloadRow,
} from './view.ts';

/** Row key of a workload or a Service. */
export function workloadKey(row: WorkloadRow | ServiceRow): string {
  return `${row.ref.kind}/${row.ref.namespace ?? ''}/${row.ref.name}`;
}

const incidentKey = (row: IncidentRow): string => row.id;
const nodeKey = (row: NodeRow): string => row.name;
const problemKey = (row: ProblemRow): string => row.key;
const actionKey = (row: ActionRow): string => row.id;

/** Equality of plain JSON. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((entry, i) => same(entry, b[i]));
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]))
  );
}

/** Rows that did not change are mostly the same objects in the same order, so most of them are passed by in step. */
function diffRows<Row>(
  previous: readonly Row[],
  next: readonly Row[],
  key: (row: Row) => string,
): RowChanges<Row> | undefined {
  if (previous === next) return undefined;
  const upsert: Row[] = [];
  const shared = Math.min(previous.length, next.length);
  let at = 0;
  for (; at < shared; at++) {
    const [old, row] = [previous[at] as Row, next[at] as Row];
    if (old === row) continue;
    if (key(old) !== key(row)) break;
    if (!same(old, row)) upsert.push(row);
  }
  let end = 0;
  while (end < shared - at && previous[previous.length - 1 - end] === next[next.length - 1 - end]) end++;
  const before = new Map<string, Row>();
  for (let index = at; index < previous.length - end; index++) {
    const row = previous[index] as Row;
    before.set(key(row), row);
  }
  for (let index = at; index < next.length - end; index++) {
    const row = next[index] as Row;
    const name = key(row);
    const old = before.get(name);
    before.delete(name);
    if (old === undefined || (old !== row && !same(old, row))) upsert.push(row);
  }
  const remove = [...before.keys()];
  return upsert.length === 0 && remove.length === 0 ? undefined : { upsert, remove };
}

/** The stretch of incidents whose order is another one than before; what is gone does not count. */
function diffOrder(
  previous: readonly IncidentRow[],
  next: readonly IncidentRow[],
): Pick<HealthPatch, 'incidentOrder' | 'incidentsFrom'> {
  if (previous === next) return {};
  let from = 0;
  while (from < next.length && previous[from]?.id === next[from]?.id) from++;
  if (from === next.length) return {};
  const ids = new Set(next.map(incidentKey));
  const rest = previous.slice(from).filter(({ id }) => ids.has(id));
  const missing = next.length - from - rest.length;
  let last = rest.length;
  while (last > 0 && rest[last - 1]?.id === next[from + missing + last - 1]?.id) last--;
  let first = 0;
  while (first < last && rest[first]?.id === next[from + first]?.id) first++;
  const order = next.slice(from + first, from + missing + last).map(incidentKey);
  return order.length === 0 ? {} : { incidentOrder: order, incidentsFrom: from + first };
}

/** The ids in their new order. */
function applyOrder(
  ids: readonly string[],
  { incidentOrder: order, incidentsFrom: from = 0 }: HealthPatch,
): readonly string[] {
  if (order === undefined) return ids;
  const moved = new Set(order);
  const rest = ids.filter((id) => !moved.has(id));
  return [...rest.slice(0, from), ...order, ...rest.slice(from)];
}

/** What changed from one view to the next; undefined when nothing but the time did. */
export function diffView(previous: HealthView, next: HealthView): HealthPatch | undefined {
  const incidents = diffRows(previous.incidents, next.incidents, incidentKey);
  const workloads = diffRows(previous.workloads, next.workloads, workloadKey);
  const nodes = diffRows(previous.nodes, next.nodes, nodeKey);
  const problems = diffRows(previous.problems, next.problems, problemKey);
  const services = diffRows(previous.services, next.services, workloadKey);
  const actions = diffRows(previous.actions, next.actions, actionKey);
  const connection = same(previous.connection, next.connection) ? undefined : next.connection;
  const totals = same(previous.totals, next.totals) ? undefined : next.totals;
  const more = same(previous.more, next.more) ? undefined : (next.more ?? {});
  const patch: HealthPatch = {
    now: next.now,
    ...(connection && { connection }),
    ...(totals && { totals }),
    ...(more && { more }),
    ...(incidents && { incidents }),
    ...diffOrder(previous.incidents, next.incidents),
    ...(workloads && { workloads }),
    ...(nodes && { nodes }),
    ...(problems && { problems }),
    ...(services && { services }),
    ...(actions && { actions }),
  };
  return Object.keys(patch).length > 1 ? patch : undefined;
}

function applyRows<Row>(
  rows: readonly Row[],
  changes: RowChanges<Row> | undefined,
  key: (row: Row) => string,
): Map<string, Row> {
  const result = new Map(rows.map((row) => [key(row), row]));
  for (const gone of changes?.remove ?? []) result.delete(gone);
  for (const row of changes?.upsert ?? []) result.set(key(row), row);
  return result;
}

/** Order of namespace, kind and name; compares code units, so every machine sorts alike. */
export function compareWorkloads(a: WorkloadRow | ServiceRow, b: WorkloadRow | ServiceRow): number {
  return (
    compare(a.ref.namespace ?? '', b.ref.namespace ?? '') ||
    compare(a.ref.kind, b.ref.kind) ||
    compare(a.ref.name, b.ref.name)
  );
}

export function compareNodes(a: NodeRow, b: NodeRow): number {
  return compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Open problems first by urgency, then by the newest fault. */
export function compareProblems(a: ProblemRow, b: ProblemRow): number {
  const urgency = a.open ? a.priority - b.priority : 0;
  return Number(b.open) - Number(a.open) || urgency || b.lastAt - a.lastAt || compare(a.key, b.key);
}

/** The newest first. */
export function compareActions(a: ActionRow, b: ActionRow): number {
  return b.at - a.at || compare(a.id, b.id);
}

/** Rows after the changes, in the order that every shell agrees on; the same array where there are none. */
function nextRows<Row>(
  rows: readonly Row[],
  changes: RowChanges<Row> | undefined,
  key: (row: Row) => string,
  order: (a: Row, b: Row) => number,
): readonly Row[] {
  return changes === undefined ? rows : [...applyRows(rows, changes, key).values()].sort(order);
}

/** The next view; parts that the patch leaves alone are the same objects as before. */
export function applyPatch(view: HealthView, patch: HealthPatch): HealthView {
  const incidents = applyRows(view.incidents, patch.incidents, incidentKey);
  const more = patch.more ?? view.more ?? {};
  const order = applyOrder([...incidents.keys()], patch);
  return {
    now: patch.now,
    connection: patch.connection ?? view.connection,
    totals: patch.totals ?? view.totals,
    ...(Object.keys(more).length > 0 && { more }),
    incidents:
      patch.incidents === undefined && patch.incidentOrder === undefined
        ? view.incidents
        : order.flatMap((id) => incidents.get(id) ?? []),
    workloads: nextRows(view.workloads, patch.workloads, workloadKey, compareWorkloads),
    nodes: nextRows(view.nodes, patch.nodes, nodeKey, compareNodes),
    problems: nextRows(view.problems, patch.problems, problemKey, compareProblems),
    services: nextRows(view.services, patch.services, workloadKey, compareWorkloads),
    actions: nextRows(view.actions, patch.actions, actionKey, compareActions),
  };
}
