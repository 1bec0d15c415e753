/** Replays recordings of a real cluster through the live engine: lists first, then every watch event in order of arrival. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionView, HealthView } from '../../core/src/live/view.ts';
import type { LiveEngine } from '../../core/src/live/engine.ts';
import type { Recorded } from '../../core/src/live/recording.ts';
import { createEngine } from '../../core/src/live/engine.ts';
import { parseRecordedLine, relist } from '../../core/src/live/recording.ts';

export const recordings = join(import.meta.dirname, '../fixtures/live/recordings');

/** Files of a recording that are named otherwise than the resource; events of nodes live in another namespace. */
const resourceNames: Readonly<Record<string, string>> = {
  'nodes-events': 'events',
  pvcs: 'persistentvolumeclaims',
  pvs: 'persistentvolumes',
};

export const connection: ConnectionView = { state: 'live', since: 0, kinds: [] };

/** All observations of a recording in order of arrival; lists come one millisecond before the first event. */
export function load(scenario: string, folder = recordings): Recorded[] {
  const path = join(folder, scenario);
  const lists: Recorded['observation'][] = [];
  const events: Recorded[] = [];
  for (const file of readdirSync(path).sort()) {
    const [resource, kind] = file.split('.');
    if (resource === undefined) continue;
    const name = resourceNames[resource] ?? resource;
    if (kind === 'list-start') lists.push(relist(name, JSON.parse(readFileSync(join(path, file), 'utf8'))));
    if (kind !== 'watch') continue;
    for (const line of readFileSync(join(path, file), 'utf8').split('\n')) {
      const recorded = parseRecordedLine(name, line);
      if (recorded !== undefined) events.push(recorded);
    }
  }
  events.sort((a, b) => a.at - b.at);
  const start = (events[0]?.at ?? 0) - 1;
  return [...lists.map((observation) => ({ at: start, observation })), ...events];
}

/** Plays observations with a tick per second in between, then goes on ticking for `after` seconds. */
export function play(observations: readonly Recorded[], after = 900, engine: LiveEngine = createEngine()): HealthView {
  let now = observations[0]?.at ?? 0;
  for (const { at, observation } of observations) {
    for (; now + 1000 <= at; now += 1000) engine.tick(now + 1000);
    engine.observe(observation, at);
  }
  const end = (observations.at(-1)?.at ?? 0) + after * 1000;
  for (; now + 1000 <= end; now += 1000) engine.tick(now + 1000);
  return engine.view(end, connection);
}

export function hasRecording(scenario: string): boolean {
  return existsSync(join(recordings, scenario));
}
