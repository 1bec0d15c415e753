/** What a flood costs without its transport: from the bytes of a line to the text of an update. */
import { createEngine, type LiveEngine } from '../../../core/src/live/engine.ts';
import { diffView } from '../../../core/src/live/patch.ts';
import { slim } from '../../../core/src/live/slim.ts';
import type { ConnectionView } from '../../../core/src/live/view.ts';
import { parseLean } from '../../../server/src/cluster/lean.ts';
import { randomFrom } from '../manifests.ts';
import { costOf, type Samples } from '../measure.ts';
import { pod } from '../pods.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: unknown;
}

const start = 1_760_080_000_000;
const connection: ConnectionView = { state: 'live', since: start, kinds: [] };
/** Events of a second, and updates made in it. */
const [rate, updates] = [2000, 10];

/** The lines of a flood like that of the bench's server: restarts, new UIDs, readiness, and nothing new. */
function linesOf(count: number, pods: number): string[] {
  const random = randomFrom(11);
  const known = new Map<number, { restarts: number; generation: number; ready: boolean }>();
  const lines: string[] = [];
  const send = (type: Event['type'], index: number): void => {
    const { restarts = 0, ...options } = known.get(index) ?? {};
    const object = { kind: 'Pod', apiVersion: 'v1', ...pod(index, pods + lines.length, restarts, options) };
    lines.push(JSON.stringify({ type, object }));
  };
  while (lines.length < count) {
    const index = Math.floor(random() * pods);
    const before = known.get(index) ?? { restarts: 0, generation: 0, ready: true };
    const dice = random();
    if (dice < 0.04) known.set(index, { ...before, restarts: before.restarts + 1 });
    else if (dice < 0.05) {
      send('DELETED', index);
      known.set(index, { restarts: 0, generation: before.generation + 1, ready: true });
    } else if (dice < 0.07) known.set(index, { ...before, ready: !before.ready });
    send(dice >= 0.04 && dice < 0.05 ? 'ADDED' : 'MODIFIED', index);
  }
  return lines;
}

function listed(pods: number): LiveEngine {
  const engine = createEngine();
  const objects = Array.from({ length: pods }, (_, index) => slim('pods', pod(index, index)) ?? []).flat();
  engine.observe({ type: 'RELIST', resource: 'pods', objects }, start);
  engine.tick(start);
  return engine;
}

/** Parses, projects, judges and makes the updates. */
function follow(engine: LiveEngine, lines: readonly Buffer[]): void {
  let shown = engine.view(start, connection);
  for (const [index, line] of lines.entries()) {
    const now = start + (index * 1000) / rate;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made above
    const { type, object } = parseLean(line) as Event;
    const found = slim('pods', object);
    if (found) engine.observe({ type, resource: 'pods', object: found }, now);
    if (index % rate === 0) engine.tick(now);
    if (index % (rate / updates) > 0) continue;
    const next = engine.view(now, connection);
    JSON.stringify(diffView(shown, next));
    shown = next;
  }
}

/** Measures both sides on the same lines, which the floor gets as text. */
export function reduceFlood(bench: Bench, pods: number, samples: Samples): void {
  const lines = linesOf(bench.quick ? 2000 : 16_000, pods);
  const bytes = lines.map((line) => Buffer.from(line));
  // The first round warms the compiler up for both sides.
  for (let round = -1; round < bench.rounds; round++) {
    const engine = listed(pods);
    const parse = costOf(() => lines.forEach((line) => void JSON.parse(line))).cpu;
    const reduce = costOf(() => follow(engine, bytes)).cpu;
    if (round < 0) continue;
    samples.add('reduce parse', parse / lines.length);
    samples.add('reduce', reduce / lines.length);
  }
}

/** What a session does with a flood, beside what parsing alone would take. */
export const reduceFloodRow = (samples: Samples): Row => ({
  id: 'cluster/reduce',
  what: 'Flood of 2,000 events/s: parsing, facts, incidents and 10 updates a second, CPU per event',
  unit: 'ms',
  ours: samples.median('reduce') ?? Number.NaN,
  floor: samples.median('reduce parse'),
  floorIs: 'JSON.parse',
  budget: { of: 'floor', atMost: 3 },
});
