/** The bench runs and fills its table. It says nothing of speed: that is read, not asserted. */
import { expect, test } from 'vitest';
import { runBench } from './bench.ts';
import { fileOf, workspace } from './manifests.ts';
import { hasProc } from './measure.ts';
import { boundedValue, isOverBudget, markdown, shown } from './table.ts';

const inMemory = ['p50', 'p95'];
const withProc = (ids: readonly string[]): readonly string[] => (hasProc ? ids : []);

/** Every row of the quick mode without the peer. */
const expected = [
  ...[1, 20].flatMap((size) =>
    ['pull', 'push'].flatMap((way) =>
      [...inMemory, ...withProc(['cpu'])].map((measure) => `keystroke/${way}/${size}/${measure}`),
    ),
  ),
  ...['1', '10'].flatMap((id) => ['cpu', 'cpu-read', 'wall', 'rss'].map((measure) => `workspace/${id}/${measure}`)),
  'workspace/linearity',
  ...['start', 'manifest'].flatMap((name) => ['cpu', 'wall'].map((measure) => `activation/${name}/${measure}`)),
  ...['extension.cjs', 'client.cjs', 'server.cjs', 'cluster.cjs', 'cli.cjs', 'webview/dashboard.js'].flatMap((file) =>
    ['minified', 'gzip'].map((kind) => `size/${file}/${kind}`),
  ),
  'live/list',
  'live/events',
  'local/findings',
  'local/rules',
  ...['full', 'key', 'scan', 'changed', 'around'].map((name) => `incremental/${name}`),
];

test('fills every row of its table with numbers', async () => {
  const only = ['keystroke', 'workspace', 'activation', 'live', 'local', 'incremental'];
  const { rows } = await runBench({ quick: true, only, peer: false, progress: () => undefined });
  const ids = rows.map(({ id }) => id).filter((id) => id !== 'size/vsix');
  expect(ids.toSorted()).toEqual(expected.toSorted());
  for (const { id, ours, floor } of rows) {
    expect.soft(ours, id).toBeGreaterThan(0);
    expect.soft(Number.isFinite(ours), id).toBe(true);
    if (floor !== undefined) expect.soft(Number.isFinite(floor) && floor > 0, `floor of ${id}`).toBe(true);
  }
  const table = markdown(rows).split('\n');
  expect(table).toHaveLength(rows.length + 2);
  expect(new Set(table.map((line) => line.split(' | ').length)).size).toBe(1);
}, 180_000);

test('names the suites when asked for one that does not exist', async () => {
  await expect(runBench({ quick: true, only: ['speed'], peer: false, progress: () => undefined })).rejects.toThrow(
    /"speed".*keystroke, workspace/,
  );
});

test('makes up the same manifests every time, and as many as asked for', () => {
  expect(fileOf(23)).toBe(fileOf(23));
  expect(fileOf(23, { seed: 2 })).not.toBe(fileOf(23));
  expect(fileOf(23).match(/^apiVersion:/gm)).toHaveLength(23);
  const files = [...workspace(15, 10).values()];
  expect(files.map((text) => text.match(/^kind:/gm)?.length)).toEqual(files.map(() => 10));
  expect(new Set(files).size).toBe(15);
  expect([...workspace(5, 1).values()].map((text) => /^kind: (\w+)/m.exec(text)?.[1])).toEqual([
    expect.stringMatching(/Deployment|StatefulSet/),
    'Service',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
    'ConfigMap',
  ]);
});

test('compares with the budget what the budget bounds', () => {
  const row = { id: 'x', what: 'x', unit: 'ms', ours: 6, floor: 4, peer: 10 } as const;
  expect(boundedValue({ ...row, budget: { of: 'floor', atMost: 1.5 } })).toBe(1.5);
  expect(isOverBudget({ ...row, budget: { of: 'floor', atMost: 1.5 } })).toBe(false);
  expect(isOverBudget({ ...row, budget: { of: 'floor', atMost: 1.4 } })).toBe(true);
  expect(isOverBudget({ ...row, budget: { of: 'peer', atMost: 0.5 } })).toBe(true);
  expect(isOverBudget({ ...row, budget: { of: 'value', atMost: 6 } })).toBe(false);
  expect(isOverBudget({ ...row, peer: undefined, budget: { of: 'peer', atMost: 0.5 } })).toBe(false);
  expect([shown(1234567), shown(99.94), shown(1), shown(0.0123), shown(undefined)]).toEqual([
    '1,234,567',
    '99.9',
    '1.00',
    '0.012',
    '–',
  ]);
});
