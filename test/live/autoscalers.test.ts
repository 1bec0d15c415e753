/** Autoscalers in trouble, and the list of what autoscalers did. */
import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { event, iso, story, t0 } from './objects.ts';

type Json = Record<string, unknown>;

const condition = (type: string, status: string, reason: string, at: number, message = ''): Json => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: iso(at),
});

const fine = [
  condition('AbleToScale', 'True', 'ReadyForNewScale', -60),
  condition('ScalingActive', 'True', 'ValidMetricFound', -60),
  condition('ScalingLimited', 'False', 'DesiredWithinRange', -60),
];

const hpa = (conditions: readonly Json[]): Json => ({
  metadata: { name: 'web', namespace: 'shop', uid: 'uid-hpa', creationTimestamp: iso(-60) },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 10 },
  status: { currentReplicas: 2, desiredReplicas: 2, conditions },
});

const resource = 'horizontalpodautoscalers';
const rows = (told: Story, seconds: number): readonly IncidentRow[] => told.view(seconds).incidents;
const failing = (message: string, reason = 'FailedGetResourceMetric'): Json =>
  hpa([condition('ScalingActive', 'False', reason, 0, message)]);

describe('an autoscaler', () => {
  it('without a request to measure against says which, and needs a person after five minutes', () => {
    const told = story();
    told.send(0, 'deployments', {
      metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
      spec: { replicas: 2 },
    });
    told.send(0, resource, hpa(fine));
    told.send(
      0,
      resource,
      failing('failed to get cpu utilization: missing request for cpu in container app of Pod web-1'),
    );
    told.tick(30);
    expect(rows(told, 30)).toEqual([]);
    told.tick(61);
    expect(rows(told, 61)).toEqual([
      expect.objectContaining({
        cause: 'autoscaler-stuck/missing-request',
        rootCause: 'configuration',
        actor: 'autoscaler',
        subject: expect.objectContaining({ kind: 'HorizontalPodAutoscaler', name: 'web' }),
        workload: expect.objectContaining({ kind: 'Deployment', name: 'web', uid: 'uid-web' }),
        summary: expect.objectContaining({ data: expect.objectContaining({ resource: 'cpu' }) }),
        phases: { fault: t0, detected: t0 },
      }),
    ]);
    told.tick(300);
    expect(rows(told, 300)[0]?.needs).toMatchObject({ reason: { id: 'needs.autoscaler-stuck' }, since: t0 + 300_000 });
    told.send(330, resource, hpa([condition('ScalingActive', 'True', 'ValidMetricFound', 329)]));
    expect(rows(told, 330)[0]).toMatchObject({ state: 'recovered', ttr: 329, ending: { id: 'ending.scales-again' } });
  });

  it.each([
    [
      'no-metrics',
      failing('unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API'),
    ],
    ['selector', failing('pods by selector app=web are controlled by multiple HPAs', 'AmbiguousSelector')],
    [
      'target',
      hpa([
        condition(
          'AbleToScale',
          'False',
          'FailedGetScale',
          0,
          'the HPA controller was unable to get the target\'s current scale: deployments/scale.apps "web" not found',
        ),
      ]),
    ],
    ['other', hpa([condition('AbleToScale', 'False', 'BackoffBoth', 0, 'the time since the previous scale is short')])],
  ])('that cannot scale: %s', (reason, object) => {
    const told = story();
    told.send(0, resource, object);
    told.tick(70);
    expect(rows(told, 70)[0]?.cause).toBe(`autoscaler-stuck/${reason}`);
  });

  it('that somebody switched off by scaling to zero is none', () => {
    const told = story();
    told.send(
      0,
      resource,
      failing('scaling is disabled since the replica count of the target is zero', 'ScalingDisabled'),
    );
    told.tick(3600);
    expect(rows(told, 3600)).toEqual([]);
  });

  it('at its maximum is told after a quarter of an hour', () => {
    const told = story();
    told.send(0, resource, hpa([condition('ScalingLimited', 'True', 'TooManyReplicas', 0)]));
    told.tick(890);
    expect(rows(told, 890)).toEqual([]);
    told.tick(900);
    told.tick(901);
    expect(rows(told, 901)[0]).toMatchObject({
      cause: 'autoscaler-limited/maximum',
      summary: { data: { max: 10 } },
      needs: { reason: { id: 'needs.autoscaler-limited' }, since: t0 + 900_000 },
    });
    told.send(950, resource, hpa([condition('ScalingLimited', 'True', 'TooManyReplicas', 0)]), 'DELETED');
    expect(rows(told, 950)[0]).toMatchObject({ state: 'planned' });
  });
});

describe('actions', () => {
  const send = (told: Story, at: number, reason: string, message: string, involved: Json, uid = `e-${reason}`): void =>
    told.send(at, 'events', event(uid, reason, message, at, involved));

  it('of autoscalers are told, the newest first', () => {
    const told = story();
    const podRef = { kind: 'Pod', name: 'web-1', uid: 'uid-web-1' };
    send(told, 1, 'TriggeredScaleUp', 'pod triggered scale-up: [{pool-1 3->4 (max: 10)}]', podRef);
    send(told, 2, 'NotTriggerScaleUp', "pod didn't trigger scale-up: 2 max node group size reached", podRef);
    send(told, 3, 'Nominated', 'Pod should schedule on: nodeclaim/default-abc', podRef);
    send(told, 4, 'EvictedByVPA', 'Pod was evicted by VPA Updater to apply resource recommendation.', podRef);
    send(told, 5, 'ScaleDown', 'marked the node as toBeDeleted/unschedulable', {
      kind: 'Node',
      name: 'node-1',
      uid: 'node-1',
    });
    send(told, 6, 'Killing', 'Stopping container app', podRef);
    expect(told.view(7).actions.map((row) => [row.summary.id, row.subject.kind, row.summary.data?.['detail']])).toEqual(
      [
        ['action.node-scale-down', 'Node', ''],
        ['action.vpa-evicted', 'Pod', ''],
        ['action.nominated', 'Pod', 'nodeclaim/default-abc'],
        ['action.no-scale-up', 'Pod', '2 max node group size reached'],
        ['action.scale-up', 'Pod', 'pool-1 3->4 (max: 10)'],
      ],
    );
  });

  it('are told once however often the event comes, and are bounded in number and age', () => {
    const told = story();
    for (let i = 0; i < 300; i++)
      for (const _again of [1, 2])
        send(
          told,
          i,
          'Nominated',
          'Pod should schedule on: node/a',
          { kind: 'Pod', name: `p-${i}`, uid: `p-${i}` },
          `e-${i}`,
        );
    expect(told.view(300).actions).toHaveLength(200);
    expect(told.view(300).actions[0]?.subject.name).toBe('p-299');
    expect(told.view(300 + 86_400).actions).toEqual([]);
  });
});
