/** What befalls Jobs and CronJobs. */
import type { KubeObject } from '../../store.ts';
import { containerId, newPod } from '../pods.ts';
import type { Bench, Pod } from '../types.ts';

const image = 'registry.example/shop/report:2.3.0';
const spec = { restartPolicy: 'Never', containers: [{ name: 'report', image }] };

/** A Job whose pods fail one after the other until it gives up; it is tidied up later. */
export async function failJob(bench: Bench, namespace: string, name: string, attempts: number): Promise<void> {
  const { store, events, clock, settings } = bench;
  const job = store.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, generation: 1 },
    spec: { backoffLimit: attempts - 1, completions: 1, parallelism: 1, template: { spec } },
    status: { active: 1, startTime: bench.stamp() },
  });
  const pods: KubeObject[] = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const pod = store.create(newPod({ owner: job, template: { spec } }, settings));
    pods.push(pod);
    events.record({
      about: job,
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
      component: 'job-controller',
    });
    await clock.sleep(3);
    failPodOf(bench, pod);
    await clock.sleep(10 * 2 ** attempt);
  }
  const at = { lastProbeTime: bench.stamp(), lastTransitionTime: bench.stamp() };
  const message = 'Job has reached the specified backoff limit';
  const reason = 'BackoffLimitExceeded';
  const failed = store.patch('jobs', namespace, name, (draft) => {
    draft['status'] = {
      failed: attempts,
      startTime: (job['status'] as { startTime: string }).startTime,
      conditions: ['FailureTarget', 'Failed'].map((type) => ({ type, status: 'True', reason, message, ...at })),
    };
  });
  if (failed !== undefined)
    events.record({ about: failed, type: 'Warning', reason, message, component: 'job-controller' });
  await clock.sleep(60);
  for (const pod of pods) store.delete('pods', namespace, pod.metadata.name);
  store.delete('jobs', namespace, name);
}

function failPodOf(bench: Bench, pod: KubeObject): void {
  bench.store.patch('pods', pod.metadata.namespace, pod.metadata.name, (draft) => {
    const status = (draft as Pod).status;
    const now = bench.stamp();
    const ended = { exitCode: 1, reason: 'Error', startedAt: now, finishedAt: now, containerID: containerId() };
    status.phase = 'Failed';
    (draft as Pod).spec.nodeName = 'shop-node-a';
    status.containerStatuses = [
      {
        name: 'report',
        image,
        imageID: '',
        state: { terminated: ended },
        lastState: {},
        ready: false,
        restartCount: 0,
        started: false,
      },
    ];
  });
}

/** A CronJob whose controller finds a run overdue and past its starting deadline. */
export async function missSchedule(bench: Bench, namespace: string, name: string, seconds: number): Promise<void> {
  const { store, events, clock } = bench;
  const cronJob = store.create({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace, generation: 1 },
    spec: {
      schedule: '*/5 * * * *',
      startingDeadlineSeconds: 30,
      suspend: false,
      jobTemplate: { spec: { template: { spec } } },
    },
    status: { lastScheduleTime: bench.stamp() },
  });
  const message = `Missed scheduled time to start a job: ${new Date(clock.now()).toUTCString()}`;
  events.record({ about: cronJob, type: 'Warning', reason: 'MissSchedule', message, component: 'cronjob-controller' });
  await clock.sleep(seconds);
  store.patch('cronjobs', namespace, name, (draft) => {
    draft['status'] = { lastScheduleTime: bench.stamp(), lastSuccessfulTime: bench.stamp() };
  });
  await clock.sleep(30);
  store.delete('cronjobs', namespace, name);
}
