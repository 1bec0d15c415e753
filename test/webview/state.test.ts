import { describe, expect, test } from 'vitest';
import { emptyView } from '../../core/src/health-stream.ts';
import type { HealthView, IncidentRow } from '../../core/src/live/view.ts';
import { announcement } from '../../client/webview/announce.ts';
import {
  initialState,
  isFrozen,
  pictureNow,
  reduce,
  restoreUi,
  runningNow,
  type AppState,
} from '../../client/webview/state.ts';
import { english } from '../../client/webview/texts.en.ts';
import { incident, view } from './sample.ts';

const snapshot = (version: number, shown: HealthView, at = 0) =>
  ({ type: 'message', message: { type: 'health', update: { type: 'snapshot', version, view: shown } }, at }) as const;
const patch = (from: number, to: number, rows: readonly IncidentRow[], at = 0) =>
  ({
    type: 'message',
    message: {
      type: 'health',
      update: { type: 'patch', from, to, patch: { now: 2000, incidents: { upsert: rows, remove: [] } } },
    },
    at,
  }) as const;

const started = (): AppState =>
  reduce(initialState(undefined), snapshot(7, view({ incidents: [incident({ id: 'a' })] })));

describe('the stream of health', () => {
  test('a patch that fits is applied', () => {
    const next = reduce(started(), patch(7, 8, [incident({ id: 'a', count: 5 })]));
    expect(next.health?.version).toBe(8);
    expect(next.health?.view.incidents.map((row) => row.count)).toEqual([5]);
    expect(next.gap).toBe(false);
  });

  test('a gap keeps the picture and asks for a snapshot, which closes it', () => {
    const torn = reduce(started(), patch(8, 9, [incident({ id: 'a', count: 5 })]));
    expect(torn.gap).toBe(true);
    expect(torn.health?.version).toBe(7);
    expect(torn.health?.view.incidents[0]?.count).toBe(1);
    const still = reduce(torn, patch(9, 10, []));
    expect(still.gap).toBe(true);
    const whole = reduce(still, snapshot(10, view({})));
    expect([whole.gap, whole.health?.version]).toEqual([false, 10]);
  });

  test('a patch before any snapshot is a gap', () => {
    expect(reduce(initialState(undefined), patch(0, 1, [])).gap).toBe(true);
  });

  test('a patch that is already contained changes nothing', () => {
    const state = started();
    expect(reduce(state, patch(5, 6, [incident({ id: 'a', count: 9 })])).health).toBe(state.health);
  });

  test('a snapshot of a server that began again replaces a higher version', () => {
    expect(reduce(started(), snapshot(1, view({}))).health?.version).toBe(1);
  });
});

describe('clocks', () => {
  test('timers run on from the view while it is live', () => {
    const state = reduce(initialState(undefined), snapshot(1, view({ now: 50_000 }), 1000));
    expect(pictureNow(state, 4000)).toBe(53_000);
  });

  test('timers stand still at the last news while the picture is stale, and the connection’s own clock runs on', () => {
    const stale = view(
      { now: 50_000 },
      { state: 'stale', kinds: [{ resource: 'pods', state: 'stale', objects: 1, seenAt: 41_000 }] },
    );
    const state = reduce(initialState(undefined), snapshot(1, stale, 1000));
    expect(pictureNow(state, 9000)).toBe(41_000);
    expect(runningNow(state, 9000)).toBe(58_000);
  });

  test('every state but live and the ways to it is frozen', () => {
    const states = [
      'connecting',
      'authenticating',
      'live',
      'disconnected',
      'stale',
      'forbidden',
      'unauthorised',
      'unreachable',
      'failed',
    ] as const;
    expect(states.filter((state) => !isFrozen(state))).toEqual(['connecting', 'authenticating', 'live']);
  });
});

describe('what is kept of the user interface', () => {
  test('selection and filter survive; odd data does not', () => {
    const state = reduce(reduce(started(), { type: 'select', incident: 'a' }), { type: 'filter', text: 'web' });
    expect(restoreUi(JSON.parse(JSON.stringify(state.ui)))).toEqual({
      selected: 'a',
      filter: 'web',
      problemsOnly: false,
    });
    expect(restoreUi({ selected: 3, filter: null, problemsOnly: 'yes' })).toEqual({ filter: '', problemsOnly: false });
    expect(restoreUi('x')).toEqual({ filter: '', problemsOnly: false });
  });

  test('selecting nothing removes the selection', () => {
    expect('selected' in reduce(reduce(started(), { type: 'select', incident: 'a' }), { type: 'select' }).ui).toBe(
      false,
    );
  });

  test('init replaces texts and keeps English ones for what is missing', () => {
    const state = reduce(started(), {
      type: 'message',
      message: { type: 'init', strings: { 'ui.title': '集群' }, locale: 'zh-cn' },
      at: 0,
    });
    expect([state.texts['ui.title'], state.texts['ui.why'], state.locale]).toEqual([
      '集群',
      english['ui.why'],
      'zh-cn',
    ]);
  });
});

describe('announcements', () => {
  const calm = view({});
  const broken = view({ incidents: [incident({ id: 'a' })] });
  test('a new incident and its recovery are said once', () => {
    expect(announcement(calm, broken, { ...english, 'x.summary': 'web crashed' })).toBe('New incident: web crashed');
    expect(announcement(broken, broken, english)).toBeUndefined();
    const healed = view({ incidents: [incident({ id: 'a', state: 'recovered' })] });
    expect(announcement(broken, healed, { ...english, 'x.summary': 'web crashed' })).toBe('Recovered: web crashed');
  });

  test('several changes are one sentence, the first picture none', () => {
    const more = view({ incidents: [incident({ id: 'a' }), incident({ id: 'b' })] });
    expect(announcement(calm, more, english)).toBe('2 incidents changed.');
    expect(announcement(undefined, more, english)).toBeUndefined();
  });

  test('the state of the connection comes first', () => {
    expect(announcement(broken, view({}, { state: 'stale' }), english)).toBe('Stale');
    expect(announcement(emptyView(0), broken, english)).toBe('Live');
  });
});
