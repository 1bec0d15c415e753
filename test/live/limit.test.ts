import { assert, func, integer, property, record, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { emptyView } from '../../core/src/health-stream.ts';
import { createRowLimit, cutPatch } from '../../core/src/live/limit.ts';
import { applyPatch, diffView } from '../../core/src/live/patch.ts';
import type { HealthView, IncidentRow, WorkloadRow } from '../../core/src/live/view.ts';

const incident = (id: string, count = 1): IncidentRow => ({
  id,
  cause: 'container-error/exit',
  state: 'healing',
  actor: 'kubelet',
  subject: { apiVersion: 'v1', kind: 'Pod', name: id },
  workload: { apiVersion: 'v1', kind: 'Pod', name: id },
  count,
  reopened: 0,
  phases: {},
  rootCause: 'unknown',
  confidence: 1,
  priority: 1,
  children: [],
  summary: { id: 'x' },
  evidence: [],
});

const workload = (name: string, row: Partial<WorkloadRow> = {}): WorkloadRow => ({
  ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name },
  ready: 1,
  desired: 1,
  restarts24h: 0,
  openIncidents: 0,
  state: 'healthy',
  ...row,
});

const view = (parts: Partial<HealthView>): HealthView => ({ ...emptyView(1), ...parts });

const ids = uniqueArray(integer({ min: 0, max: 40 }), { maxLength: 30 });
const views = record({
  ids,
  names: ids,
  counts: func(integer({ min: 1, max: 2 })),
  hidden: integer({ min: 0, max: 1 }),
}).map(({ ids, names, counts, hidden }) =>
  view({
    incidents: ids.map((id) => incident(`incident-${id}`, counts(id))),
    workloads: names
      .toSorted((a, b) => a - b)
      .map((name) => workload(String(name).padStart(3, '0'), { ready: counts(name) })),
    ...(hidden > 0 && { more: { workloads: hidden } }),
  }),
);

test('a patch of any two views gives the second, whole and in pieces of any size', () => {
  assert(
    property(views, views, integer({ min: 1, max: 3000 }), (before, after, size) => {
      const patch = diffView(before, after);
      if (patch === undefined) {
        expect(after).toEqual(before);
        return;
      }
      expect(applyPatch(before, structuredClone(patch))).toEqual(after);
      const pieces = [...cutPatch(patch, size)];
      expect(pieces.reduce(applyPatch, before)).toEqual(after);
      if (size >= 1000) for (const piece of pieces) expect(JSON.stringify(piece).length).toBeLessThan(size + 400);
    }),
    { numRuns: 500 },
  );
});

test('one incident that moves is one id, not all of them', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => incident(`incident-${index}`));
  const moved = [...rows.slice(0, 10), incident('new'), ...rows.slice(10)];
  expect(diffView(view({ incidents: rows }), view({ incidents: moved }))).toEqual({
    now: 1,
    incidents: { upsert: [incident('new')], remove: [] },
    incidentOrder: ['new'],
    incidentsFrom: 10,
  });
});

test('beyond the limit what needs attention stays, in the order of names, and the rest is counted', () => {
  const workloads = Array.from({ length: 10 }, (_, index) => workload(`w${index}`));
  workloads[7] = workload('w7', { state: 'needs-human', openIncidents: 1 });
  workloads[9] = workload('w9', { restarts24h: 1 });
  const limit = createRowLimit(3);
  const whole = view({ workloads, incidents: ['a', 'b', 'c', 'd'].map((id) => incident(id)) });
  const limited = limit(whole);
  expect(limited.workloads.map(({ ref }) => ref.name)).toEqual(['w0', 'w7', 'w9']);
  expect(limited.incidents.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(limited.more).toEqual({ workloads: 7, incidents: 1 });
  expect(limited.totals).toBe(whole.totals);
  expect(limit({ ...whole, now: 2 }).workloads).toBe(limited.workloads);
  expect(createRowLimit(10)(whole)).toEqual(whole);
});
