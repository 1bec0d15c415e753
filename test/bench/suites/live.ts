/** Reducing what a cluster reports to the health that is shown. */
import type { LiveEngine } from '../../../core/src/live/engine.ts';
import { createEngine } from '../../../core/src/live/engine.ts';
import { diffView } from '../../../core/src/live/patch.ts';
import { slim } from '../../../core/src/live/slim.ts';
import type { ConnectionView, HealthView } from '../../../core/src/live/view.ts';
import { costOf, Samples } from '../measure.ts';
import { podEvents, podList } from '../pods.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';

const start = 1_760_100_000_000;
const connection: ConnectionView = { state: 'live', since: start, kinds: [] };

/** Events between two updates of the view: a busy watch brings so many while one update waits. */
const eventsPerUpdate = 200;

function list(text: string): { engine: LiveEngine; view: HealthView } {
  const engine = createEngine();
  const { items } = JSON.parse(text) as { items: unknown[] };
  engine.observe(
    { type: 'RELIST', resource: 'pods', objects: items.flatMap((item) => slim('pods', item) ?? []) },
    start,
  );
  engine.tick(start);
  return { engine, view: engine.view(start, connection) };
}

function follow(engine: LiveEngine, first: HealthView, lines: readonly string[]): void {
  let shown = first;
  for (const [index, line] of lines.entries()) {
    const now = start + index;
    const { object } = JSON.parse(line) as { object: unknown };
    const known = slim('pods', object);
    if (known) engine.observe({ type: 'MODIFIED', resource: 'pods', object: known }, now);
    if (index % eventsPerUpdate > 0) continue;
    engine.tick(now);
    const next = engine.view(now, connection);
    diffView(shown, next);
    shown = next;
  }
}

export function live(bench: Bench): Promise<readonly Row[]> {
  const pods = bench.quick ? 100 : 5000;
  const text = podList(pods);
  const lines = podEvents(bench.quick ? 200 : 10_000, pods);
  const samples = new Samples();
  // The first round warms the compiler up for both sides.
  for (let round = -1; round < bench.rounds; round++) {
    const parse = costOf(() => void JSON.parse(text)).cpu;
    let listed: ReturnType<typeof list> | undefined;
    const reduce = costOf(() => (listed = list(text))).cpu;
    const parseLines = costOf(() => lines.forEach((line) => void JSON.parse(line))).cpu;
    const followed = costOf(() => listed && follow(listed.engine, listed.view, lines)).cpu;
    if (round < 0) continue;
    samples.add('parse', parse);
    samples.add('reduce', reduce);
    samples.add('parse event', parseLines / lines.length);
    samples.add('event', followed / lines.length);
  }
  const bytes = Math.round(Buffer.byteLength(text) / 1e6);
  return Promise.resolve([
    {
      id: 'live/list',
      what: `List of ${pods} pods (${bytes} MB) → view: CPU`,
      unit: 'ms',
      ours: samples.median('reduce') ?? Number.NaN,
      floor: samples.median('parse'),
      floorIs: 'JSON.parse',
    },
    {
      id: 'live/events',
      what: `Watch event → facts, incidents, patches; ${pods} pods, an update each ${eventsPerUpdate}: CPU per event`,
      unit: 'ms',
      ours: samples.median('event') ?? Number.NaN,
      floor: samples.median('parse event'),
      floorIs: 'JSON.parse',
      budget: { of: 'floor', atMost: 3 },
    },
  ]);
}
