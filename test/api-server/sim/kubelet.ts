/**
 * The kubelets: they start containers, restart them with a growing back-off, act on probes and stop pods.
 * The order of writes and events is that of recorded v1.32 kubelets.
 */
import { rfc3339 } from '../store.ts';
import { goDuration } from './go-duration.ts';
import { createHoldUps } from './hold-ups.ts';
import { containerId, currentPod, patchContainer, patchPod, refreshConditions, waitingStatus } from './pods.ts';
import { setCondition, type Bench, type ContainerSpec, type Pod, type Terminated } from './types.ts';

/** How a container ended. */
export interface Exit {
  readonly exitCode: number;
  /** `Error`, `OOMKilled`, `Completed`. */
  readonly reason: string;
  readonly message?: string;
}

export interface Kubelets {
  /** Takes a scheduled pod and runs it. */
  run(pod: Pod): Promise<void>;
  /** A container's process ends; the kubelet starts it again, after its back-off. Resolves when it runs again. */
  exit(pod: Pod, container: string, exit: Exit): Promise<void>;
  /** A liveness or startup probe fails until its threshold, the container is killed and started again. */
  failProbe(pod: Pod, container: string, probe: 'liveness' | 'startup', why: string): Promise<void>;
  /** The readiness probe fails until the returned function is called. */
  failReadiness(pod: Pod, container: string, why: string): () => void;
  /** Stops a pod whose deletionTimestamp is set, then removes it. */
  stop(pod: Pod): Promise<void>;
  /** A node's kubelet stops or starts; while stopped nothing on it changes. */
  setAlive(node: string, alive: boolean): void;
  isAlive(node: string): boolean;
}

interface Run {
  /** Seconds of the next back-off; 0 restarts at once. */
  backoff: number;
  startedAt: number;
}

export function createKubelets(bench: Bench): Kubelets {
  const { clock, events, settings } = bench;
  const holdUps = createHoldUps(bench);
  const runs = new Map<string, Run>();
  const failing = new Map<string, { why: string }>();
  const dead = new Set<string>();
  const wakers: (() => void)[] = [];
  let addresses = 10;

  const runKey = (pod: Pod, container: string): string => `${pod.metadata.uid}/${container}`;
  const host = (pod: Pod): string => pod.spec.nodeName ?? '';
  const specOf = (pod: Pod, container: string): ContainerSpec | undefined =>
    pod.spec.containers.find((one) => one.name === container);

  function tell(
    pod: Pod,
    container: string,
    reason: string,
    message: string,
    type: 'Normal' | 'Warning' = 'Normal',
  ): void {
    events.record({
      about: pod,
      type,
      reason,
      message,
      component: 'kubelet',
      host: host(pod),
      fieldPath: `spec.containers{${container}}`,
    });
  }

  /** Waits while the node's kubelet is away; false when the pod is gone by then. */
  async function aliveAndPresent(pod: Pod): Promise<boolean> {
    while (dead.has(host(pod))) await new Promise<void>((resolve) => wakers.push(resolve));
    return currentPod(bench, pod) !== undefined;
  }

  async function start(pod: Pod, spec: ContainerSpec): Promise<void> {
    await holdUps.creatable(pod, spec);
    if (!(await aliveAndPresent(pod))) return;
    tell(pod, spec.name, 'Pulled', `Container image "${spec.image}" already present on machine`);
    tell(pod, spec.name, 'Created', `Created container: ${spec.name}`);
    tell(pod, spec.name, 'Started', `Started container ${spec.name}`);
    const key = runKey(pod, spec.name);
    const run = runs.get(key) ?? { backoff: 0, startedAt: 0 };
    runs.set(key, { ...run, startedAt: clock.now() });
    const again = runs.has(key) && run.startedAt > 0;
    patchContainer(bench, pod, spec.name, (status) => {
      if (again) {
        const ended = status.state.terminated ?? status.lastState.terminated;
        status.lastState = ended === undefined ? {} : { terminated: ended };
        status.restartCount += 1;
      }
      status.state = { running: { startedAt: bench.stamp() } };
      status.containerID = containerId();
      status.imageID = `sha256:${'5'.repeat(64)}`;
      status.started = spec.startupProbe === undefined;
      status.ready = spec.readinessProbe === undefined && status.started;
    });
    const hook = bench.obstacles.find(pod, 'hook');
    if (hook !== undefined) {
      await failPostStart(pod, spec, hook.message);
      return;
    }
    if (spec.startupProbe !== undefined) {
      await clock.sleep(0.5);
      patchContainer(bench, pod, spec.name, (status) => {
        status.started = true;
        status.ready = spec.readinessProbe === undefined;
      });
    }
    if (spec.readinessProbe !== undefined) {
      await clock.sleep(spec.readinessProbe.initialDelaySeconds ?? settings.readyTakes);
      await becomeReady(pod, spec.name);
    }
  }

  /** The kubelet kills a container whose postStart hook fails, and starts it again. */
  async function failPostStart(pod: Pod, spec: ContainerSpec, message: string): Promise<void> {
    tell(pod, spec.name, 'FailedPostStartHook', 'PostStartHook failed', 'Warning');
    tell(pod, spec.name, 'Killing', 'FailedPostStartHook');
    await clock.sleep(settings.stopTakes);
    if (terminate(pod, spec.name, { exitCode: 137, reason: 'Error' }) === undefined) return;
    patchContainer(bench, pod, spec.name, (status) => {
      const ended = status.state.terminated;
      if (ended !== undefined) status.lastState = { terminated: ended };
      status.state = { waiting: { reason: 'PostStartHookError', message } };
    });
    await restart(pod, spec);
  }

  async function becomeReady(pod: Pod, container: string): Promise<void> {
    if (!(await aliveAndPresent(pod)) || failing.has(runKey(pod, container))) return;
    const status = currentPod(bench, pod)?.status.containerStatuses?.find((one) => one.name === container);
    if (status?.state.running === undefined || status.ready) return;
    patchContainer(bench, pod, container, (draft) => {
      draft.ready = true;
    });
  }

  /** Starts an ended container again: the first time at once, then after 10 s, 20 s, 40 s and so on. */
  async function restart(pod: Pod, spec: ContainerSpec): Promise<void> {
    const key = runKey(pod, spec.name);
    const run = runs.get(key) ?? { backoff: 0, startedAt: 0 };
    const ranFor = ((clock.now() - run.startedAt) / 1000) * clock.speed;
    const delay = ranFor >= settings.backoffReset ? 0 : run.backoff;
    runs.set(key, { ...run, backoff: delay === 0 ? settings.backoffFirst : Math.min(delay * 2, settings.backoffMax) });
    if (delay > 0) await backOff(pod, spec, delay);
    else await clock.sleep(settings.startTakes);
    await start(pod, spec);
  }

  async function backOff(pod: Pod, spec: ContainerSpec, delay: number): Promise<void> {
    const id = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
    tell(pod, spec.name, 'BackOff', `Back-off restarting failed container ${spec.name} in pod ${id}`, 'Warning');
    // The kubelet writes CrashLoopBackOff on its next sync of the pod, which comes about ten seconds later.
    const shown = Math.min(delay * 0.5, 10);
    await clock.sleep(shown);
    if (!(await aliveAndPresent(pod))) return;
    patchContainer(bench, pod, spec.name, (status) => {
      const ended = status.state.terminated;
      if (ended !== undefined) status.lastState = { terminated: ended };
      // Clocks of clients do not speed up with the story, so the message states the delay in real time.
      const message = `back-off ${goDuration(delay / clock.speed)} restarting failed container=${spec.name} pod=${id}`;
      status.state = { waiting: { reason: 'CrashLoopBackOff', message } };
    });
    await clock.sleep(delay - shown);
  }

  /** Undefined where the pod is gone or the container does not run. */
  function terminate(pod: Pod, container: string, exit: Exit): Pod | undefined {
    const now = currentPod(bench, pod)?.status.containerStatuses?.find((one) => one.name === container);
    if (now?.state.running === undefined) return undefined;
    return patchContainer(bench, pod, container, (status) => {
      status.state = {
        terminated: ended(status.state.running?.startedAt ?? bench.stamp(), status.containerID ?? containerId(), exit),
      };
      status.ready = false;
      status.started = false;
    });
  }

  const ended = (startedAt: string, containerID: string, exit: Exit): Terminated => ({
    exitCode: exit.exitCode,
    reason: exit.reason,
    ...(exit.message === undefined ? {} : { message: exit.message }),
    startedAt,
    finishedAt: bench.stamp(),
    containerID,
  });

  async function run(pod: Pod): Promise<void> {
    await clock.sleep(0.1);
    if (!(await aliveAndPresent(pod))) return;
    const now = bench.stamp();
    patchPod(bench, pod, (draft) => {
      draft.status.containerStatuses = draft.spec.containers.map((spec) => waitingStatus(spec.name, spec.image));
      draft.status['startTime'] = now;
      refreshConditions(draft, now);
    });
    await clock.sleep(settings.startTakes);
    await holdUps.prepared(pod);
    addresses += 1;
    const podIP = `10.244.${Math.floor(addresses / 250) % 250}.${(addresses % 250) + 1}`;
    // Init containers are over in no time, but not before the volumes are there.
    const done = bench.stamp();
    patchPod(bench, pod, (draft) => {
      if (draft.spec.initContainers !== undefined) {
        draft.status.initContainerStatuses = draft.spec.initContainers.map((spec) => ({
          ...waitingStatus(spec.name, spec.image),
          ready: true,
          state: { terminated: ended(done, containerId(), { exitCode: 0, reason: 'Completed' }) },
        }));
      }
      draft.status.podIP = podIP;
      draft.status['podIPs'] = [{ ip: podIP }];
    });
    await Promise.all(pod.spec.containers.map((spec) => start(pod, spec)));
  }

  async function exit(pod: Pod, container: string, how: Exit): Promise<void> {
    const spec = specOf(pod, container);
    if (spec === undefined || !(await aliveAndPresent(pod))) return;
    if (terminate(pod, container, how) === undefined) return;
    await restart(pod, spec);
  }

  async function failProbe(pod: Pod, container: string, kind: 'liveness' | 'startup', why: string): Promise<void> {
    const spec = specOf(pod, container);
    if (spec === undefined) return;
    const probe = (kind === 'liveness' ? spec.livenessProbe : spec.startupProbe) ?? {};
    const name = kind === 'liveness' ? 'Liveness' : 'Startup';
    const threshold = Math.min(probe.failureThreshold ?? 3, 5);
    for (let failures = 0; failures < threshold; failures += 1) {
      if (failures > 0) await clock.sleep(probe.periodSeconds ?? 10);
      if (!(await aliveAndPresent(pod))) return;
      tell(pod, container, 'Unhealthy', `${name} probe failed: ${why}`, 'Warning');
    }
    tell(pod, container, 'Killing', `Container ${container} failed ${kind} probe, will be restarted`);
    await clock.sleep(settings.stopTakes);
    if (!(await aliveAndPresent(pod))) return;
    if (terminate(pod, container, { exitCode: 137, reason: 'Error' }) !== undefined) await restart(pod, spec);
  }

  function failReadiness(pod: Pod, container: string, why: string): () => void {
    const spec = specOf(pod, container);
    const key = runKey(pod, container);
    const mine = { why };
    failing.set(key, mine);
    const fail = async (): Promise<void> => {
      for (let failures = 1; failing.get(key) === mine; failures += 1) {
        if (!(await aliveAndPresent(pod))) return;
        tell(pod, container, 'Unhealthy', `Readiness probe failed: ${why}`, 'Warning');
        if (failures === (spec?.readinessProbe?.failureThreshold ?? 3)) {
          patchContainer(bench, pod, container, (status) => {
            status.ready = false;
          });
        }
        await clock.sleep(spec?.readinessProbe?.periodSeconds ?? 10);
      }
    };
    void fail();
    return () => {
      if (failing.get(key) !== mine) return;
      failing.delete(key);
      void becomeReady(pod, container);
    };
  }

  async function stop(pod: Pod): Promise<void> {
    if (!(await aliveAndPresent(pod))) return;
    for (const { name } of pod.spec.containers) tell(pod, name, 'Killing', `Stopping container ${name}`);
    await clock.sleep(Math.min(pod.spec.terminationGracePeriodSeconds ?? 30, settings.stopTakes));
    if (!(await aliveAndPresent(pod))) return;
    patchPod(bench, pod, (draft) => {
      const now = bench.stamp();
      for (const status of draft.status.containerStatuses ?? []) {
        const startedAt = status.state.running?.startedAt;
        if (startedAt !== undefined) {
          status.state = {
            terminated: ended(startedAt, status.containerID ?? containerId(), { exitCode: 0, reason: 'Completed' }),
          };
        }
        status.ready = false;
        status.started = false;
      }
      draft.status.phase = 'Succeeded';
      for (const type of ['Ready', 'ContainersReady']) {
        setCondition(draft.status.conditions ?? [], now, {
          type,
          status: 'False',
          lastProbeTime: null,
          reason: 'PodCompleted',
        });
      }
    });
    await clock.sleep(0.3);
    patchPod(bench, pod, (draft) => {
      draft.metadata.deletionTimestamp = rfc3339(clock.now());
      draft.metadata.deletionGracePeriodSeconds = 0;
    });
    if (currentPod(bench, pod) !== undefined) bench.store.delete('pods', pod.metadata.namespace, pod.metadata.name);
    for (const { name } of pod.spec.containers) {
      runs.delete(runKey(pod, name));
      failing.delete(runKey(pod, name));
    }
  }

  return {
    run,
    exit,
    failProbe,
    failReadiness,
    stop,
    isAlive: (node) => !dead.has(node),
    setAlive(node, alive) {
      if (alive) dead.delete(node);
      else dead.add(node);
      for (const wake of wakers.splice(0)) wake();
    },
  };
}
