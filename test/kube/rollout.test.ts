import { describe, expect, it } from 'vitest';
import { isNothing, readRollout, roomOf } from '../../core/src/kube/rollout.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

const rollout = (kind: string, spec: string) => {
  const found = readRollout(kind, Value.root(parseDocument(`spec: ${spec}`).root));
  if (!found) throw new Error(`${kind} has no update strategy`);
  return found;
};

describe('what an update may do to the pods', () => {
  it.each([
    { kind: 'apps/Deployment', spec: '{}', replicas: 1, room: { unavailable: 0, surge: 1 } },
    { kind: 'apps/Deployment', spec: '{}', replicas: 3, room: { unavailable: 0, surge: 1 } },
    { kind: 'apps/Deployment', spec: '{}', replicas: 4, room: { unavailable: 1, surge: 1 } },
    { kind: 'apps/Deployment', spec: '{}', replicas: 10, room: { unavailable: 2, surge: 3 } },
    {
      kind: 'apps/Deployment',
      spec: '{ strategy: { rollingUpdate: { maxSurge: 0 } } }',
      replicas: 3,
      room: { unavailable: 1, surge: 0 },
    },
    {
      kind: 'apps/Deployment',
      spec: '{ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 40% } } }',
      replicas: 2,
      room: { unavailable: 1, surge: 0 },
    },
    {
      kind: 'apps/Deployment',
      spec: '{ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 200% } } }',
      replicas: 2,
      room: { unavailable: 0, surge: 4 },
    },
    {
      kind: 'apps/Deployment',
      spec: '{ strategy: { type: Recreate } }',
      replicas: 3,
      room: { unavailable: 3, surge: 0 },
    },
    { kind: 'apps/DaemonSet', spec: '{}', replicas: 5, room: { unavailable: 1, surge: 0 } },
    {
      kind: 'apps/DaemonSet',
      spec: '{ updateStrategy: { type: OnDelete } }',
      replicas: 5,
      room: { unavailable: 1, surge: 0 },
    },
    { kind: 'apps/StatefulSet', spec: '{}', replicas: 3, room: { unavailable: 1, surge: 0 } },
    {
      kind: 'argoproj.io/Rollout',
      spec: '{ strategy: { blueGreen: { activeService: web } } }',
      replicas: 3,
      room: { unavailable: 0, surge: 3 },
    },
    {
      kind: 'argoproj.io/Rollout',
      spec: '{ strategy: { canary: { maxSurge: 1, maxUnavailable: 0 } } }',
      replicas: 3,
      room: { unavailable: 0, surge: 1 },
    },
  ])('$kind $spec with $replicas', ({ kind, spec, replicas, room }) => {
    expect(roomOf(rollout(kind, spec), replicas)).toEqual(room);
  });

  it.each([
    '{ strategy: { type: "{{ x }}" } }',
    '{ strategy: { type: Rolling } }',
    '{ strategy: { rollingUpdate: { maxSurge: "{{ x }}" } } }',
    '{ strategy: { rollingUpdate: { maxUnavailable: "1" } } }',
  ])('cannot be told from %s', (spec) => expect(roomOf(rollout('apps/Deployment', spec), 3)).toBeUndefined());

  it('does not exist for kinds without updates', () => {
    expect(readRollout('batch/Job', Value.root(parseDocument('spec: {}').root))).toBeUndefined();
  });
});

it.each([
  { spec: '0', nothing: true },
  { spec: '0%', nothing: true },
  { spec: '1%', nothing: false },
  { spec: '1', nothing: false },
  { spec: '-1', nothing: false },
])('$spec is nothing: $nothing', ({ spec, nothing }) => {
  expect(isNothing(rollout('apps/Deployment', `{ strategy: { rollingUpdate: { maxSurge: ${spec} } } }`).surge)).toBe(
    nothing,
  );
});
