/** What keeps the kubelet from starting a pod's containers: it says so again and again, until the obstacle is gone. */
import type { Obstacle, Stage } from './obstacles.ts';
import { currentPod, patchContainer } from './pods.ts';
import type { Bench, ContainerSpec, Pod } from './types.ts';

/** How often the same is tried and told (seconds). */
const tryEvery = 8;

export interface HoldUps {
  /** Resolves when the volumes are there and the sandbox stands, or when the pod is gone. */
  prepared(pod: Pod): Promise<void>;
  /** Resolves when the container can be created, or when the pod is gone. */
  creatable(pod: Pod, spec: ContainerSpec): Promise<void>;
}

export function createHoldUps(bench: Bench): HoldUps {
  const { clock, events } = bench;

  function warn(pod: Pod, reason: string, message: string, component: string, container?: string): void {
    events.record({
      about: pod,
      type: 'Warning',
      reason,
      message,
      component,
      ...(component === 'kubelet' && { host: pod.spec.nodeName ?? '' }),
      ...(container !== undefined && { fieldPath: `spec.containers{${container}}` }),
    });
  }

  /** Tells of an obstacle until it is taken away or the pod is gone. */
  async function until(pod: Pod, stage: Stage, tell: (obstacle: Obstacle, times: number) => void): Promise<void> {
    let times = 0;
    for (;;) {
      const obstacle = bench.obstacles.find(pod, stage);
      if (obstacle === undefined || currentPod(bench, pod) === undefined) return;
      tell(obstacle, times);
      times += 1;
      await clock.sleep(tryEvery);
    }
  }

  function waiting(pod: Pod, container: string, reason: string, message: string): void {
    patchContainer(bench, pod, container, (status) => {
      status.state = { waiting: { reason, message } };
    });
  }

  function tellOfPull(pod: Pod, spec: ContainerSpec, { message }: Obstacle, times: number): void {
    const failed = `failed to pull and unpack image "${spec.image}": ${message}`;
    if (times % 2 === 0) {
      warn(pod, 'Failed', `Failed to pull image "${spec.image}": ${failed}`, 'kubelet', spec.name);
      warn(pod, 'Failed', 'Error: ErrImagePull', 'kubelet', spec.name);
      waiting(pod, spec.name, 'ErrImagePull', failed);
      return;
    }
    const back = `Back-off pulling image "${spec.image}"`;
    const fieldPath = `spec.containers{${spec.name}}`;
    events.record({
      about: pod,
      reason: 'BackOff',
      message: back,
      component: 'kubelet',
      host: pod.spec.nodeName ?? '',
      fieldPath,
    });
    waiting(pod, spec.name, 'ImagePullBackOff', `${back}: ErrImagePull: ${failed}`);
  }

  return {
    async prepared(pod) {
      let held = '';
      await until(pod, 'attach', ({ message }) => {
        held = /volume "([^"]+)"/.exec(message)?.[1] ?? '';
        warn(pod, 'FailedAttachVolume', message, 'attachdetach-controller');
      });
      if (held !== '') {
        const message = `AttachVolume.Attach succeeded for volume "${held}"`;
        events.record({ about: pod, reason: 'SuccessfulAttachVolume', message, component: 'attachdetach-controller' });
      }
      await until(pod, 'mount', ({ message }) => warn(pod, 'FailedMount', message, 'kubelet'));
      await until(pod, 'sandbox', ({ message }) => warn(pod, 'FailedCreatePodSandBox', message, 'kubelet'));
    },
    async creatable(pod, spec) {
      await until(pod, 'configure', ({ message }) => {
        warn(pod, 'Failed', `Error: ${message}`, 'kubelet', spec.name);
        waiting(pod, spec.name, 'CreateContainerConfigError', message);
      });
      await until(pod, 'pull', (obstacle, times) => tellOfPull(pod, spec, obstacle, times));
    },
  };
}
