import { describe, expect, test } from 'vitest';
import { healthRows } from '../../client/src/parts/health-rows.ts';
import type { Row, Writing } from '../../client/src/parts/tree-row.ts';
import { englishUnits } from '../../core/src/elapsed.ts';
import { incidentOf } from '../../client/src/commands/incident-argument.ts';
import { isManifest } from '../../client/src/manifest.ts';
import { filterWorkloads, moveTo, visibleSlice } from '../../client/webview/rows.ts';
import { phasesOf, stepsOf } from '../../client/webview/steps.ts';
import { phrase } from '../../client/webview/plural.ts';
import { shortPodName } from '../../core/src/short-pod-name.ts';
import { incident, ref, view, workload } from './sample.ts';

const writing: Writing = {
  t: (text, ...values) => text.replace(/\{(\d)\}/g, (_match, index: string) => String(values[Number(index)])),
  say: (message) => message.id,
  units: englishUnits,
  now: 61_000,
  clock: 61_000,
  stale: false,
};
const flat = (rows: readonly Row[]): readonly Row[] => rows.flatMap((row) => [row, ...flat(row.children ?? [])]);

describe('rows of the tree', () => {
  test('nothing is shown while nothing is connected: the welcome text takes the place', () => {
    expect(healthRows(undefined, writing)).toEqual([]);
    expect(healthRows(view({}, { state: 'disconnected' }), writing)).toEqual([]);
  });

  test('a recording says so, and leads out of it', () => {
    const shown = view({}, { state: 'recording', context: 'demo', problem: { id: 'cluster.recording/shown' } });
    const [row] = healthRows(shown, { ...writing, stale: true });
    expect([row?.label, row?.description, row?.icon]).toEqual(['demo', 'recording', 'history']);
    expect(row?.children?.map(({ label }) => label)).toEqual([
      'cluster.recording/shown',
      'Close the recording',
      'Connect to a cluster…',
    ]);
  });

  test('incidents are grouped by who must act, with the countdown of the next start', () => {
    const shown = view({
      incidents: [
        incident({
          id: 'n',
          needs: { reason: { id: 'n.why' }, since: 1 },
          count: 6,
          priority: 1,
          nextRetry: { at: 162_000, estimated: false },
        }),
        incident({ id: 'h' }),
        incident({ id: 'r', state: 'recovered', ttr: 19 }),
        incident({ id: 'child', parent: 'h' }),
      ],
    });
    const groups = healthRows(shown, writing).slice(1);
    const seen = groups.map((group) => [
      group.label,
      group.description,
      (group.children ?? []).map((row) => `${row.label} | ${row.description}`),
    ]);
    expect(seen).toEqual([
      ['Needs attention', '1', ['web ×6 | next start in 1:41 · x.summary']],
      ['Healing now', '1', ['web | 1m 00s · x.summary']],
      ['Recently healed', '1', ['web | healed in 19s · x.summary']],
      ['Workloads', '0', []],
      ['Nodes', 'not visible', []],
    ]);
  });

  test('what comes back and Services that nobody answers for have groups of their own', () => {
    const shown = view({
      problems: [
        {
          key: 'k',
          workload: ref('Deployment', 'web'),
          cause: 'oom-killed/limit',
          fingerprint: 'limit',
          count: 6,
          pods: 2,
          incidents: ['a', 'b'],
          firstAt: 0,
          lastAt: 1000,
          open: true,
          priority: 2,
          summary: { id: 'p.summary' },
        },
      ],
      services: [
        { ref: ref('Service', 'fine'), ready: 2, total: 2, state: 'healthy' },
        { ref: ref('Service', 'dead'), ready: 0, total: 3, state: 'down', since: 31_000 },
      ],
    });
    const groups = healthRows(shown, writing);
    const row = (id: string) =>
      groups.find((group) => group.id === id)?.children?.map(({ label, description }) => [label, description]);
    expect(row('group:problems')).toEqual([['web ×6', '1m 00s ago · p.summary']]);
    expect(row('group:services')).toEqual([
      ['dead', 'nobody answers · 0/3 ready · for 30s'],
      ['fine', 'all answer · 2/2 ready'],
    ]);
  });

  test('two pods of a workload with one cause are told apart, one pod needs no name', () => {
    const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name });
    const shown = view({
      incidents: [
        incident({ id: 'a', subject: pod('web-5d8f7c6b9-x2k4q') }),
        incident({ id: 'b', subject: pod('web-5d8f7c6b9-m7hrp') }),
        incident({ id: 'c', subject: pod('web-5d8f7c6b9-m7hrp'), cause: 'image-pull/auth' }),
      ],
    });
    const rows = flat(healthRows(shown, writing)).filter(({ id }) => id.startsWith('incident:'));
    expect(rows.map(({ description }) => description)).toEqual([
      'pod …x2k4q · 1m 00s · x.summary',
      'pod …m7hrp · 1m 00s · x.summary',
      '1m 00s · x.summary',
    ]);
  });

  test('incidents folded into another lie below it', () => {
    const shown = view({ incidents: [incident({ id: 'h', children: ['c'] }), incident({ id: 'c', parent: 'h' })] });
    const parent = flat(healthRows(shown, writing)).find((row) => row.id === 'incident:h');
    expect(parent?.children?.map((row) => row.id)).toEqual(['incident:c']);
  });

  test('what its wider fault would hide stands by itself, and once', () => {
    const needs = { reason: { id: 'n.why' }, since: 1 };
    const parts = [
      incident({ id: 'quiet', parent: 'wide' }),
      incident({ id: 'calls', parent: 'wide', needs }),
      incident({ id: 'open', parent: 'over' }),
      incident({ id: 'done', parent: 'over', state: 'recovered' }),
      incident({ id: 'same', parent: 'known', needs }),
    ];
    const wide = [
      incident({ id: 'wide', children: ['quiet', 'calls'] }),
      incident({ id: 'over', state: 'recovered', children: ['open', 'done'] }),
      incident({ id: 'known', needs, children: ['same'] }),
    ];
    const groups = healthRows(view({ incidents: [...wide, ...parts] }), writing).slice(1, 4);
    const names = (rows: readonly Row[] = []): readonly unknown[] =>
      rows.map(({ id, children }) => (children === undefined ? incidentOf(id) : [incidentOf(id), ...names(children)]));
    expect(groups.map(({ children }) => names(children))).toEqual([
      [['known', 'same'], 'calls'],
      [['wide', 'quiet'], 'open'],
      [['over', 'done']],
    ]);
  });

  test('a long list ends in the way to the rest', () => {
    const many = Array.from({ length: 203 }, (_, index) => incident({ id: `i${index}` }));
    const [healing] = healthRows(view({ incidents: many }), writing).filter(({ id }) => id === 'group:healing');
    expect([healing?.description, healing?.children?.length]).toEqual(['203', 201]);
    expect(healing?.children?.at(-1)).toMatchObject({
      label: '3 more in the dashboard',
      command: { id: 'selfheal.openDashboard', args: [] },
    });
  });

  test('a countdown is not shown while the picture is stale', () => {
    const shown = view({ incidents: [incident({ nextRetry: { at: 162_000, estimated: false } })] }, { state: 'stale' });
    const row = flat(healthRows(shown, { ...writing, stale: true })).find(({ id }) => id === 'incident:a');
    expect(row?.description).toBe('1m 00s · x.summary');
  });

  test('durations are written in the units of the language', () => {
    const units = { day: '天', hour: '时', minute: '分', second: '秒' };
    const rows = flat(healthRows(view({ incidents: [incident({})] }), { ...writing, units }));
    expect(rows.find(({ id }) => id === 'incident:a')?.description).toBe('1分 00秒 · x.summary');
  });

  test('workloads stand by namespace with readiness and restarts', () => {
    const shown = view({
      workloads: [
        workload('web', { ready: 2, restarts24h: 3, state: 'healing', openIncidents: 1 }),
        workload('api', { restarts24h: 1 }),
      ],
    });
    const rows = flat(healthRows(shown, writing));
    expect(rows.find(({ id }) => id === 'namespace:shop')?.description).toBe('1 of 2 ready');
    expect(rows.find(({ id }) => id === 'workload:Deployment/shop/web')?.description).toBe('2/3 ready · 3 restarts');
    expect(rows.find(({ id }) => id === 'workload:Deployment/shop/api')?.description).toBe('3/3 ready · 1 restart');
  });

  test.each(['failed', 'unreachable', 'forbidden', 'unauthorised', 'stale'] as const)(
    '%s names the cause, the remedy and the ways on',
    (state) => {
      const shown = view({}, { state, problem: { id: 'p.cause' }, remedy: { id: 'p.remedy' }, retryAt: 69_000 });
      const [connection] = healthRows(shown, writing);
      const labels = (connection?.children ?? []).map((row) => row.label);
      expect(labels).toEqual([
        'p.cause',
        'p.remedy',
        'Connect again',
        'Choose another context…',
        'Show log',
        'Disconnect',
      ]);
      const commands = (connection?.children ?? []).flatMap((row) => row.command?.id ?? []);
      expect(commands).toEqual(['retry', 'chooseContext', 'showLog', 'disconnect'].map((id) => `selfheal.${id}`));
      expect(connection?.description).toContain('next attempt in 0:08');
      expect(connection?.open).toBe(true);
    },
  );

  test('connecting shows what is loaded and can be left', () => {
    const kinds = [
      { resource: 'pods', state: 'synced', objects: 3 },
      { resource: 'nodes', state: 'connecting', objects: 0 },
    ] as const;
    const [connection, ...rest] = healthRows(view({}, { state: 'connecting', kinds }), writing);
    expect((connection?.children ?? []).map((row) => row.label)).toEqual([
      '1 of 2 kinds of objects loaded',
      'Disconnect',
    ]);
    expect(rest).toEqual([]);
  });

  test('kinds one may not read are named', () => {
    const [connection] = healthRows(
      view({}, { kinds: [{ resource: 'nodes', state: 'forbidden', objects: 0 }] }),
      writing,
    );
    expect((connection?.children ?? []).map((row) => row.label)).toEqual(['Hidden from you: nodes']);
  });

  test('ids are unique, and every row can be spoken', () => {
    const shown = view({
      incidents: [incident({}), incident({ id: 'b', state: 'recovered' })],
      workloads: [workload('web')],
    });
    const rows = flat(healthRows(shown, writing));
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(rows.filter((row) => row.spoken.trim() === '')).toEqual([]);
  });

  test('the id of a row leads back to its incident', () => {
    expect([incidentOf('incident:a'), incidentOf('a'), incidentOf(''), incidentOf({ id: 'a' })]).toEqual([
      'a',
      'a',
      undefined,
      undefined,
    ]);
  });
});

describe('what is a manifest', () => {
  test.each([
    ['/a.yaml', 'apiVersion: v1\nkind: Pod\n', true],
    ['/a.yaml', '# text\n---\nkind: Pod\napiVersion: v1\n', true],
    ['/a.yaml', '"apiVersion": v1\n"kind": Pod\n', true],
    ['/a.yaml', '- apiVersion: v1\n  kind: Pod\n', true],
    ['/a.yaml', '{"apiVersion": "v1", "kind": "Pod"}', true],
    ['/a.yaml', '{ "kind": "Pod" }', false],
    ['/a.yaml', 'version: 3\nservices:\n  web:\n    apiVersion: v1\n    kind: x\n', false],
    ['/a.yaml', 'apiVersion: v1\nname: chart\n', false],
    ['/a.yaml', 'text: "apiVersion: v1"\nkind: x\n', false],
    ['/charts/x/Chart.yaml', 'name: x\n', true],
    ['/k/kustomization.yml', '', true],
    ['/selfheal.yaml', '', true],
    ['/not-selfheal.yaml', '', false],
  ])('%s %j: %s', (path, text, expected) => {
    expect(isManifest(path, text)).toBe(expected);
  });
});

test.each([
  ['web-5d8f7c6b9-x2k4q', 'web', '…x2k4q'],
  ['db-0', 'db', 'db-0'],
  ['web-x2k4q', 'other', 'web-x2k4q'],
])('pod %s of %s is called %s', (pod, owner, expected) => {
  expect(shortPodName(ref('Pod', pod), ref('Deployment', owner))).toBe(expected);
});

test('what is no pod, or a pod of its own, has no short name', () => {
  expect(shortPodName(ref('Node', 'a'), ref('Node', 'a'))).toBeUndefined();
  expect(shortPodName(ref('Pod', 'a'), ref('Pod', 'a'))).toBeUndefined();
});

test('one is counted in its own form, where there is one', () => {
  const texts = { pods: '{{count}} pods', 'pods.one': 'one pod', times: '{{count}}x' };
  const said = [
    phrase(texts, 'pods', { count: 2 }),
    phrase(texts, 'pods', { count: 1 }),
    phrase(texts, 'times', { count: 1 }),
    phrase(texts, 'pods', { count: '1' }),
    phrase(texts, 'unknown'),
  ];
  expect(said).toEqual(['2 pods', 'one pod', '1x', '1 pods', 'unknown']);
});

describe('steps of healing', () => {
  test('the last step reached is current, what was not seen is skipped', () => {
    const steps = stepsOf(incident({ phases: { fault: 1000, acting: 5000 } }));
    expect(steps.map((step) => step.state)).toEqual(['done', 'skipped', 'current', 'ahead', 'ahead']);
    expect(steps.map((step) => step.offset)).toEqual([0, undefined, 4, undefined, undefined]);
  });

  test('verifying waits for the last step, a recovered incident has no current one', () => {
    expect(stepsOf(incident({ state: 'verifying', phases: { fault: 1, restoring: 2 } })).at(-1)?.state).toBe('current');
    const healed = stepsOf(
      incident({ state: 'recovered', phases: { fault: 1, detected: 2, acting: 3, restoring: 4, recovered: 5 } }),
    );
    expect(healed.map((step) => step.state)).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  test('phases are listed by time', () => {
    const phases = phasesOf(
      incident({ phases: { recovered: 9000, fault: 1000, endpointRemoved: 4000, acting: 3000 } }),
    );
    expect(phases.map((phase) => phase.name)).toEqual(['fault', 'acting', 'endpointRemoved', 'recovered']);
    // What the API server tells to the second is not earlier than what was seen in the same second.
    const close = phasesOf(incident({ phases: { fault: 5000, detected: 5700, acting: 5000 } }));
    expect(close.map((phase) => phase.name)).toEqual(['fault', 'detected', 'acting']);
  });
});

describe('lists', () => {
  const rows = [workload('web', { state: 'healing' }), workload('api'), workload('web-admin')];
  test('every word of the filter must match', () => {
    const named = (filter: string, problemsOnly = false) =>
      filterWorkloads(rows, { filter, problemsOnly }).map((row) => row.ref.name);
    expect(named('WEB')).toEqual(['web', 'web-admin']);
    expect(named('shop admin')).toEqual(['web-admin']);
    expect(named('', true)).toEqual(['web']);
  });

  test('a scrolled list draws the rows in sight and a few more, and never rows that are not there', () => {
    expect(visibleSlice(1000, 30, 3000, 420)).toEqual({ first: 94, end: 120 });
    expect(visibleSlice(5, 30, 0, 420)).toEqual({ first: 0, end: 5 });
    expect(visibleSlice(5, 30, 90_000, 420)).toEqual({ first: 0, end: 5 });
    expect(visibleSlice(0, 30, 0, 420)).toEqual({ first: 0, end: 0 });
  });

  test('keys move within the list', () => {
    const from = (key: string) => moveTo(key, 2, 5, 10);
    expect(['ArrowDown', 'j', 'ArrowUp', 'k', 'Home', 'End', 'PageDown', 'PageUp', 'x'].map(from)).toEqual([
      3,
      3,
      1,
      1,
      0,
      4,
      4,
      0,
      undefined,
    ]);
  });
});
