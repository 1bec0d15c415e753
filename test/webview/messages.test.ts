import { describe, expect, test } from 'vitest';
import { isRemedy, parseFromDashboard, parseToDashboard } from '../../core/src/dashboard-messages.ts';
import { format, text } from '../../core/src/messages.ts';
import { formatClock, formatDuration } from '../../core/src/elapsed.ts';
import { dashboardHtml } from '../../client/src/parts/dashboard-html.ts';
import { incident, view, workload } from './sample.ts';

describe('messages of the dashboard to its host', () => {
  test('known ones pass, without fields nobody asked for', () => {
    expect(parseFromDashboard({ type: 'connect', kubeconfig: '/etc/passwd' })).toEqual({ type: 'connect' });
    expect(parseFromDashboard({ type: 'applyFix', incident: 'a', fix: 1, command: 'rm' })).toEqual({
      type: 'applyFix',
      incident: 'a',
      fix: 1,
    });
  });

  test('the one about trust names nothing to run', () => {
    expect(parseFromDashboard({ type: 'trust', command: 'x' })).toEqual({ type: 'trust' });
  });

  test.each([
    [undefined],
    ['ready'],
    [[{ type: 'ready' }]],
    [{ type: 'executeCommand', command: 'x' }],
    [{ type: 'openManifest' }],
    [{ type: 'openManifest', incident: { toString: 'a' } }],
    [{ type: 'openManifest', incident: '' }],
    [{ type: 'remedy', incident: 'x'.repeat(1001) }],
    [{ type: 'applyFix', incident: 'a', fix: -1 }],
    [{ type: 'applyFix', incident: 'a', fix: 0.5 }],
    [{ type: 'applyFix', incident: 'a', fix: '0' }],
    [{ type: 'toString' }],
  ])('%j is dropped', (value) => {
    expect(parseFromDashboard(value)).toBeUndefined();
  });
});

describe('messages of the host to the dashboard', () => {
  const health = (update: unknown): unknown => ({ type: 'health', update });
  const whole = view({
    incidents: [incident({})],
    workloads: [workload('web')],
    nodes: [{ name: 'n', ready: true, pods: 1, cordoned: false, pressures: [] }],
  });

  test('snapshots and patches pass', () => {
    expect(parseToDashboard(health({ type: 'snapshot', version: 1, view: whole }))).toBeDefined();
    const patch = {
      now: 1,
      connection: whole.connection,
      totals: whole.totals,
      incidents: { upsert: [incident({})], remove: ['b'] },
      incidentOrder: ['a'],
    };
    expect(parseToDashboard(health({ type: 'patch', from: 1, to: 2, patch }))).toBeDefined();
  });

  test.each([
    ['problems', { key: 'k', workload: { kind: 'Deployment', name: 'web' }, count: 2, lastAt: 1, incidents: [3] }],
    ['services', { ref: { kind: 'Service', name: 'web' }, ready: 1, total: 1, state: 'fine' }],
    ['actions', { id: 'a', at: 1, actor: 'kubelet', subject: { kind: 'Pod', name: 'p' }, summary: 'text' }],
  ])('odd rows of %s are dropped', (field, row) => {
    const odd = { ...whole, [field]: [row] };
    expect(parseToDashboard(health({ type: 'snapshot', version: 1, view: odd }))).toBeUndefined();
    const patch = { now: 1, [field]: { upsert: [row], remove: [] } };
    expect(parseToDashboard(health({ type: 'patch', from: 1, to: 2, patch }))).toBeUndefined();
  });

  test.each([
    ['no version', { type: 'snapshot', view: whole }],
    ['no view', { type: 'snapshot', version: 1 }],
    [
      'an incident without summary',
      { type: 'snapshot', version: 1, view: { ...whole, incidents: [{ ...incident({}), summary: undefined }] } },
    ],
    [
      'a phase that is no time',
      { type: 'snapshot', version: 1, view: { ...whole, incidents: [incident({ phases: { fault: NaN } })] } },
    ],
    [
      'kinds that are no list',
      { type: 'snapshot', version: 1, view: { ...whole, connection: { ...whole.connection, kinds: {} } } },
    ],
    ['a patch without from', { type: 'patch', to: 2, patch: { now: 1 } }],
    [
      'a patch whose removals are no ids',
      { type: 'patch', from: 1, to: 2, patch: { now: 1, incidents: { upsert: [], remove: [1] } } },
    ],
    ['another type', { type: 'reset', version: 1, view: whole }],
  ])('%s is dropped', (_name, update) => {
    expect(parseToDashboard(health(update))).toBeUndefined();
  });

  test('init needs texts that are texts', () => {
    expect(parseToDashboard({ type: 'init', strings: { a: 'b' }, locale: 'en' })).toBeDefined();
    expect(parseToDashboard({ type: 'init', strings: { a: 1 }, locale: 'en' })).toBeUndefined();
    expect(parseToDashboard({ type: 'init', strings: {}, locale: 'en', restricted: 'no' })).toBeUndefined();
  });

  test('a remedy has fixes, and a place if any', () => {
    expect(isRemedy({ incident: 'a', fixes: [] })).toBe(true);
    expect(isRemedy({ incident: 'a', fixes: [], location: { uri: 'file:///a', range: {} } })).toBe(false);
    expect(isRemedy({ incident: 'a' })).toBe(false);
    expect(isRemedy({ incident: 'a', fixes: [], fixed: true, unsaved: false })).toBe(true);
    expect(isRemedy({ incident: 'a', fixes: [], fixed: 'yes' })).toBe(false);
  });
});

describe('texts', () => {
  test('placeholders are filled once, missing ones are seen', () => {
    expect(format('{{a}} of {{ b }} in {{c}}', { a: 1, b: '{{a}}' })).toBe('1 of {{a}} in ?');
    expect(format('{{toString}}')).toBe('?');
  });

  test('an unknown message shows its id', () => {
    expect(text({ 'x.y': 'hello {{who}}' }, { id: 'x.y', data: { who: 'web' } })).toBe('hello web');
    expect(text({}, { id: 'constructor' })).toBe('constructor');
  });

  test('durations show two units, and never jump in width while they run', () => {
    const seconds = [0, 8.9, 60, 125, 3599, 4320, 90_000, 266_400, -5, NaN];
    expect(seconds.map((value) => formatDuration(value))).toEqual([
      '0s',
      '8s',
      '1m 00s',
      '2m 05s',
      '59m 59s',
      '1h 12m',
      '1d 1h',
      '3d 2h',
      '0s',
      '0s',
    ]);
    expect(formatDuration(90_000, { day: '天', hour: '时', minute: '分', second: '秒' })).toBe('1天 1时');
  });

  test('countdowns round up: they reach zero when the time has come', () => {
    expect([0.2, 59.1, 60, 101, 3661, 0, -3].map(formatClock)).toEqual([
      '0:01',
      '1:00',
      '1:00',
      '1:41',
      '1:01:01',
      '0:00',
      '0:00',
    ]);
  });
});

describe('the page of the dashboard', () => {
  const page = dashboardHtml({
    cspSource: 'https://*.cdn.example',
    script: 'https://x/dashboard.js',
    style: 'https://x/dashboard.css',
    nonce: 'n0nce',
    title: '<b>"Health"</b>',
    language: 'en"><script>',
  });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';

  test('allows nothing but its own two files', () => {
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      'img-src https://*.cdn.example data:',
      'font-src https://*.cdn.example',
      'style-src https://*.cdn.example',
      "script-src 'nonce-n0nce'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(policy).not.toMatch(/unsafe|connect-src|\*(?!\.cdn)/);
  });

  test('has one script, with the nonce, and no inline code or style', () => {
    expect([...page.matchAll(/<script[^>]*>/g)].map(String)).toEqual([
      '<script nonce="n0nce" src="https://x/dashboard.js">',
    ]);
    expect(page).not.toMatch(/ style=| on\w+=|<style/);
  });

  test('escapes what it is given', () => {
    expect(page).toContain('<title>&lt;b&gt;&quot;Health&quot;&lt;/b&gt;</title>');
  });
});
