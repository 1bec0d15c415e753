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

function diffRows<Row>(
  previous: readonly Row[],
  next: readonly Row[],
  key: (row: Row) => string,
): RowChanges<Row> | undefined {
  if (previous === next) return undefined;
  const before = new Map(previous.map((row) => [key(row), row]));
  const upsert: Row[] = [];
  for (const row of next) {
    const old = before.get(key(row));
    before.delete(key(row));
    if (old === undefined || !same(old, row)) upsert.push(row);
  }
  const remove = [...before.keys()];
  return upsert.length === 0 && remove.length === 0 ? undefined : { upsert, remove };
}

/** What changed from one view to the next; undefined when nothing but the time did. */
export function diffView(previous: HealthView, next: HealthView): HealthPatch | undefined {
  const incidents = diffRows(previous.incidents, next.incidents, incidentKey);
  const workloads = diffRows(previous.workloads, next.workloads, workloadKey);
  const nodes = diffRows(previous.nodes, next.nodes, nodeKey);
  const problems = diffRows(previous.problems, next.problems, problemKey);
  const services = diffRows(previous.services, next.services, workloadKey);
  const actions = diffRows(previous.actions, next.actions, actionKey);
  const order = next.incidents.map(incidentKey);
  const reordered = !same(previous.incidents.map(incidentKey), order);
  const connection = same(previous.connection, next.connection) ? undefined : next.connection;
  const totals = same(previous.totals, next.totals) ? undefined : next.totals;
  const patch: HealthPatch = {
    now: next.now,
    ...(connection && { connection }),
    ...(totals && { totals }),
    ...(incidents && { incidents }),
    ...(reordered && { incidentOrder: order }),
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

/** Open problems first, then by the newest fault. */
export function compareProblems(a: ProblemRow, b: ProblemRow): number {
  return Number(b.open) - Number(a.open) || b.lastAt - a.lastAt || compare(a.key, b.key);
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
  const order = patch.incidentOrder ?? [...incidents.keys()];
  return {
    now: patch.now,
    connection: patch.connection ?? view.connection,
    totals: patch.totals ?? view.totals,
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
