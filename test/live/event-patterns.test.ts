/** Texts of events from Kubernetes 1.32 to 1.36 and from a recorded cluster: each is understood. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SlimEvent } from '../../core/src/live/slim-types.ts';
import { load, recordings } from './replay.ts';
import { meaningOf } from '../../core/src/live/event-patterns.ts';
import { slim } from '../../core/src/live/slim.ts';

interface Sample {
  readonly reason: string;
  readonly kind: string;
  readonly message: string;
  readonly role: string;
  readonly rootCause?: string;
}

const file = join(import.meta.dirname, '../fixtures/live/event-samples.json');
const samples = JSON.parse(readFileSync(file, 'utf8')) as Sample[];

function eventOf({ reason, kind, message }: Sample): SlimEvent {
  const raw = { metadata: { name: 'a', uid: 'a' }, reason, message, involvedObject: { kind, name: 'x', uid: 'x' } };
  const event = slim('events', raw);
  if (event?.resource !== 'events') throw new Error('the sample is no event');
  return event;
}

describe('texts of events', () => {
  it('are all there', () => expect(samples.length).toBeGreaterThan(150));

  it.each(samples.map((sample) => [`${sample.reason} ${sample.message.slice(0, 60)}`, sample] as const))(
    '%s',
    (_name, sample) => {
      const { role, rootCause } = sample;
      const expected = { role, ...(rootCause !== undefined && { rootCause }) };
      for (const message of [sample.message, `(combined from similar events): ${sample.message}`]) {
        const { parts: _parts, ...meaning } = meaningOf(eventOf({ ...sample, message })) ?? { parts: {} };
        expect(meaning).toEqual(expected);
      }
    },
  );

  it('name what they speak of', () => {
    const parts = (reason: string, kind: string, message: string): unknown =>
      meaningOf(eventOf({ reason, kind, message, role: '' }))?.parts;
    expect(parts('Created', 'Pod', 'Created container: app')).toMatchObject({ container: 'app' });
    expect(parts('ScalingReplicaSet', 'Deployment', 'Scaled up replica set web-7c9f from 0 to 3')).toMatchObject({
      rs: 'web-7c9f',
      from: '0',
      to: '3',
    });
    expect(parts('SuccessfulDelete', 'StatefulSet', 'Delete Pod db-0 in StatefulSet db successful')).toMatchObject({
      pod: 'db-0',
    });
  });

  it('of other writers with a known reason are left alone', () => {
    expect(
      meaningOf(eventOf({ reason: 'Evicted', kind: 'Pod', message: 'Evicted pod: Underutilized', role: '' })),
    ).toBe(undefined);
    expect(meaningOf(eventOf({ reason: 'constructor', kind: 'Pod', message: 'x', role: '' }))).toBe(undefined);
  });
});

describe.each(readdirSync(recordings, { withFileTypes: true }).filter((entry) => entry.isDirectory()))(
  'events of the recording $name',
  ({ name }) => {
    it('are all understood', () => {
      const events = load(name).flatMap(({ observation }) =>
        observation.type === 'RELIST' ? observation.objects : [observation.object],
      );
      // OpenShift's API server, which the recorded cluster ran, writes KubeAPIReadyz about itself.
      const unknown = events.flatMap((event) =>
        event.resource === 'events' && event.reason !== 'KubeAPIReadyz' && meaningOf(event) === undefined
          ? [`${event.reason}: ${event.message}`]
          : [],
      );
      expect([...new Set(unknown)]).toEqual([]);
      expect(events.some((event) => event.resource === 'events')).toBe(true);
    });
  },
);
