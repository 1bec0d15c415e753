/** Work that stops: Jobs, schedules, StatefulSets that wait for a pod, and drains. */
import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { event, iso, node, pod, replicaSet, story, terminated } from './objects.ts';

type Json = Record<string, unknown>;
const cause = (s: Story, seconds: number, trigger: string): IncidentRow[] =>
  s.view(seconds).incidents.filter((row) => row.cause.startsWith(trigger));

describe('a Job', () => {
  const job = (name: string, condition?: Json, owner?: Json): Json => ({
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      ...(owner && { ownerReferences: [{ apiVersion: 'batch/v1', controller: true, ...owner }] }),
    },
    spec: { parallelism: 1 },
    status: {
      conditions: condition === undefined ? [] : [{ status: 'True', lastTransitionTime: iso(20), ...condition }],
    },
  });

  it.each([
    ['BackoffLimitExceeded', 'backoff-limit'],
    ['DeadlineExceeded', 'deadline'],
    ['PodFailurePolicy', 'pod-failure-policy'],
    ['MaxFailedIndexesExceeded', 'indexes'],
    ['Strange', 'other'],
  ])('that gives up with %s needs a person at once', (reason, id) => {
    const s = story();
    s.send(0, 'jobs', job('export'), 'ADDED');
    s.send(20, 'jobs', job('export', { type: 'FailureTarget', reason }));
    s.send(25, 'jobs', job('export', { type: 'Failed', reason }));
    expect(s.view(25).incidents).toMatchObject([
      {
        cause: `job-failed/${id}`,
        actor: 'none',
        count: 1,
        needs: { reason: { id: 'needs.job-failed' }, since: Date.parse(iso(20)) },
      },
    ]);
  });

  it('that had failed before anyone watched is history', () => {
    const s = story();
    s.list(3600, 'jobs', [job('export', { type: 'Failed', reason: 'BackoffLimitExceeded' })]);
    expect(s.view(3600).incidents).toEqual([]);
  });

  it('of a CronJob is made good by a later run, not by tidying up', () => {
    const s = story();
    const cron = { kind: 'CronJob', name: 'nightly', uid: 'uid-nightly' };
    s.send(0, 'jobs', job('nightly-1', undefined, cron), 'ADDED');
    s.send(20, 'jobs', job('nightly-1', { type: 'Failed', reason: 'BackoffLimitExceeded' }, cron));
    s.send(30, 'jobs', job('nightly-1', { type: 'Failed', reason: 'BackoffLimitExceeded' }, cron), 'DELETED');
    expect(cause(s, 30, 'job-failed/')).toMatchObject([{ state: 'detected', workload: { kind: 'CronJob' } }]);
    s.send(40, 'jobs', job('nightly-2', undefined, cron), 'ADDED');
    s.send(60, 'jobs', job('nightly-2', { type: 'Complete', lastTransitionTime: iso(60) }, cron));
    expect(cause(s, 60, 'job-failed/')).toMatchObject([
      { state: 'recovered', ttr: 40, ending: { id: 'ending.later-run' } },
    ]);
  });
});

describe('a CronJob', () => {
  const involved = { kind: 'CronJob', name: 'nightly', uid: 'uid-nightly' };
  const missed = (at: number, reason = 'MissSchedule'): Json =>
    event(`e${at}`, reason, 'Missed scheduled time to start a job: Sat, 22 Aug 2026 10:00:00 UTC', at, involved);

  it.each([
    ['MissSchedule', 'schedule'],
    ['TooManyMissedTimes', 'too-many'],
    ['UnparseableSchedule', 'invalid-schedule'],
  ])('that reports %s missed a run', (reason, id) => {
    const s = story();
    s.send(10, 'events', missed(10, reason), 'ADDED');
    s.send(70, 'events', missed(70, reason), 'ADDED');
    expect(s.view(70).incidents).toMatchObject([
      { cause: `cronjob-missed/${id}`, count: 2, needs: { reason: { id: 'needs.missed-schedule' } } },
    ]);
    const cronjob = {
      metadata: { name: 'nightly', namespace: 'shop', uid: 'uid-nightly' },
      status: { lastScheduleTime: iso(120) },
    };
    s.send(121, 'cronjobs', cronjob, 'ADDED');
    expect(s.view(121).incidents).toMatchObject([{ state: 'recovered', ending: { id: 'ending.scheduled-again' } }]);
  });

  it('missed nothing that matters when it ran since', () => {
    const s = story();
    s.list(0, 'cronjobs', [
      { metadata: { name: 'nightly', namespace: 'shop', uid: 'uid-nightly' }, status: { lastScheduleTime: iso(-60) } },
    ]);
    s.send(0, 'events', missed(-300), 'ADDED');
    s.send(0, 'events', missed(-9000), 'ADDED');
    expect(s.view(0).incidents).toEqual([]);
  });
});

describe('an ordered StatefulSet', () => {
  const set = (more: Json = {}): Json => ({
    metadata: { name: 'db', namespace: 'shop', uid: 'uid-db' },
    spec: { replicas: 3, ...more },
    status: { readyReplicas: 1 },
  });
  const owner = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
  const stuck = (s: Story): void => {
    s.list(0, 'pods', [
      pod({ name: 'db-0', owner, ready: 0 }),
      pod({ name: 'db-1', owner, notReady: 10, status: { state: terminated('c1', 1, 0, 10) } }),
    ]);
    s.tick(65);
  };

  it('waits for a pod that does not get ready, and needs a person after ten minutes', () => {
    const s = story();
    s.list(0, 'statefulsets', [set()]);
    stuck(s);
    expect(cause(s, 65, 'statefulset-blocked/')).toEqual([]);
    s.tick(70);
    const [row] = cause(s, 70, 'statefulset-blocked/');
    expect(row).toMatchObject({ summary: { data: { pod: 'db-1', next: 'db-2' } }, state: 'detected' });
    expect(cause(s, 70, 'container-exit/')).toMatchObject([{ parent: row?.id }]);
    s.tick(700);
    expect(cause(s, 700, 'statefulset-blocked/')[0]?.needs?.reason.id).toBe('needs.blocked-order');
    s.send(710, 'pods', pod({ name: 'db-1', owner, ready: 705 }));
    s.send(711, 'pods', pod({ name: 'db-2', owner, created: 711, notReady: 711 }), 'ADDED');
    s.tick(716);
    expect(cause(s, 716, 'statefulset-blocked/')).toMatchObject([
      { state: 'recovered', ending: { id: 'ending.unblocked' } },
    ]);
  });

  it('that makes its pods at once waits for none', () => {
    const s = story();
    s.list(0, 'statefulsets', [set({ podManagementPolicy: 'Parallel' })]);
    stuck(s);
    s.tick(800);
    expect(cause(s, 800, 'statefulset-blocked/')).toEqual([]);
  });
});

describe('a drain', () => {
  const cordoned = (taints?: Json[]): Json => ({
    ...node('node-1', 'True', -100),
    spec: { unschedulable: taints === undefined, taints },
  });
  const deployment = {
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
    spec: { replicas: 1, template: { metadata: { labels: { app: 'web' } } } },
    status: {},
  };
  const budget = (allowed: number, app = 'web'): Json => ({
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-pdb' },
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed: allowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  });
  function draining(budgetObject: Json, nodeObject: Json): Story {
    const s = story();
    s.list(0, 'deployments', [deployment]);
    s.list(0, 'replicasets', [replicaSet('web-1', 1)]);
    s.list(0, 'poddisruptionbudgets', [budgetObject]);
    s.list(0, 'pods', [
      pod({ name: 'web-1-a', owner: { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' }, ready: 0 }),
    ]);
    s.list(0, 'nodes', [node('node-1', 'True', -100)]);
    s.send(10, 'nodes', nodeObject);
    return s;
  }

  it('that an autoscaler wants is held up by a budget after a minute', () => {
    const taint = { key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' };
    const s = draining(budget(0), cordoned([taint]));
    s.tick(65);
    expect(s.view(65).incidents).toEqual([]);
    s.tick(75);
    expect(s.view(75).incidents).toMatchObject([
      {
        cause: 'eviction-blocked/budget',
        subject: { kind: 'PodDisruptionBudget' },
        workload: { name: 'web' },
        node: 'node-1',
      },
    ]);
    s.send(100, 'poddisruptionbudgets', budget(1));
    s.tick(105);
    expect(s.view(105).incidents).toMatchObject([{ state: 'recovered' }]);
  });

  it('may be a mere cordon for five minutes', () => {
    const s = draining(budget(0), cordoned());
    s.tick(305);
    expect(s.view(305).incidents).toEqual([]);
    s.tick(315);
    expect(s.view(315).incidents).toMatchObject([{ cause: 'eviction-blocked/budget' }]);
  });

  it.each([
    ['of other pods', budget(0, 'other')],
    ['that allows it', budget(1)],
  ])('is not held up by a budget %s', (_, object) => {
    const s = draining(object, cordoned());
    s.tick(400);
    expect(s.view(400).incidents).toEqual([]);
  });
});
