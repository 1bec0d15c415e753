/** The steps that a person who follows along is told. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HealthView, IncidentRow } from '../../core/src/live/view.ts';
import { changesBetween, isEnded, type Change } from '../../core/src/live/changes.ts';
import { createEngine } from '../../core/src/live/engine.ts';
import { emptyView } from '../../core/src/health-stream.ts';
import { connection, load, recordings } from './replay.ts';

const row: IncidentRow = {
  id: 'a',
  cause: 'oom-killed/limit',
  state: 'detected',
  actor: 'kubelet',
  subject: { apiVersion: 'v1', kind: 'Pod', name: 'web-1' },
  workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
  count: 1,
  reopened: 0,
  phases: { fault: 900, detected: 1000 },
  rootCause: 'resources',
  confidence: 1,
  priority: 2,
  children: [],
  summary: { id: 'incident.oom-killed/limit' },
  evidence: [],
};
const needs = { reason: { id: 'needs.crash-loop' }, since: 4000 };
const view = (now: number, ...incidents: readonly IncidentRow[]): HealthView => ({ ...emptyView(now), incidents });
const told = (changes: readonly Change[]): unknown => changes.map(({ step, at }) => [step, at]);

describe('steps between two views', () => {
  it.each<[string, IncidentRow | undefined, IncidentRow, unknown]>([
    ['new', undefined, row, [['opened', 1000]]],
    ['unchanged', row, row, []],
    ['told anew without a change', row, { ...row, confidence: 0.5 }, []],
    ['being healed', row, { ...row, state: 'healing' }, [['healing', 5000]]],
    ['again', row, { ...row, count: 2 }, [['repeated', 5000]]],
    ['in need of a person', row, { ...row, needs }, [['needs-person', 4000]]],
    ['no longer in need', { ...row, needs }, row, [['eased', 5000]]],
    [
      'recovered',
      { ...row, needs },
      { ...row, state: 'recovered', phases: { ...row.phases, recovered: 4500 } },
      [['recovered', 4500]],
    ],
    ['meant', row, { ...row, state: 'planned' }, [['planned', 5000]]],
    ['back', { ...row, state: 'recovered' }, { ...row, state: 'healing' }, [['reopened', 5000]]],
    [
      'new and over at once',
      undefined,
      { ...row, state: 'recovered', phases: { detected: 1000, recovered: 2000 } },
      [
        ['opened', 1000],
        ['recovered', 2000],
      ],
    ],
    ['part of a wider one', undefined, { ...row, parent: 'b' }, []],
    ['part of a wider one by now', row, { ...row, parent: 'b' }, [['superseded', 5000]]],
    ['no longer part of a wider one', { ...row, parent: 'b' }, row, [['reopened', 5000]]],
  ])('%s', (_, before, after, expected) => {
    expect(told(changesBetween(view(3000, ...(before ? [before] : [])), view(5000, after)))).toEqual(expected);
  });

  it('begin with what is open', () => {
    const over: IncidentRow = { ...row, id: 'b', state: 'recovered' };
    expect(told(changesBetween(undefined, view(5000, row, over)))).toEqual([['open', 900]]);
  });
});

describe.each(readdirSync(recordings).filter((name) => /^\d/.test(name)))('recording %s', (scenario) => {
  it('is told in whole: every incident opens before it ends, and ends as the last view says', () => {
    const engine = createEngine();
    let last = emptyView(0);
    const states = new Map<string, string>();
    const look = (now: number): void => {
      const next = engine.view(now, connection);
      for (const { step, incident } of changesBetween(last, next)) {
        if (step === 'opened') expect([incident.id, states.has(incident.id)]).toEqual([incident.id, false]);
        else if (step !== 'reopened')
          expect([incident.id, step, states.has(incident.id)]).toEqual([incident.id, step, true]);
        states.set(incident.id, incident.state);
      }
      last = next;
    };
    let now = 0;
    for (const { at, observation } of load(scenario)) {
      for (now ||= at; now + 1000 <= at;) {
        engine.tick((now += 1000));
        look(now);
      }
      engine.observe(observation, at);
      look(at);
    }
    for (const { id, state, parent } of last.incidents) {
      if (parent !== undefined || !isEnded({ ...row, state })) continue;
      expect([id, states.get(id)]).toEqual([id, state]);
    }
  });
});
