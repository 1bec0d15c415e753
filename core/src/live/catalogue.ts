/** All causes in the order of their certainty: the first that matches the evidence names it. */
import type { Cause, Fault, Verdict } from './cause.ts';
import { autoscalerLimited, autoscalerStuck } from './causes/autoscaler.ts';
import { containerCompleted } from './causes/container-completed.ts';
import { containerCrash } from './causes/container-crash.ts';
import { containerError } from './causes/container-error.ts';
import { containerKilled } from './causes/container-killed.ts';
import { containerLost } from './causes/container-lost.ts';
import { containerStartError } from './causes/container-start-error.ts';
import { containerUnseen } from './causes/container-unseen.ts';
import { createContainer } from './causes/create-container.ts';
import { cronJobMissed } from './causes/cronjob-missed.ts';
import { evictionBlocked } from './causes/eviction-blocked.ts';
import { failedCreate } from './causes/failed-create.ts';
import { graceExceeded } from './causes/grace-exceeded.ts';
import { hookFailed } from './causes/hook-failed.ts';
import { imagePull } from './causes/image-pull.ts';
import { jobFailed } from './causes/job-failed.ts';
import { livenessProbeFailed } from './causes/liveness-probe-failed.ts';
import { nodeNotReady } from './causes/node-not-ready.ts';
import { nodeTrouble } from './causes/node-trouble.ts';
import { oomKilledWithNode } from './causes/oom-killed-with-node.ts';
import { oomKilled } from './causes/oom-killed.ts';
import { podDeleted } from './causes/pod-deleted.ts';
import { podEvicted } from './causes/pod-evicted.ts';
import { podLost } from './causes/pod-lost.ts';
import { podRejected } from './causes/pod-rejected.ts';
import { podStuck } from './causes/pod-stuck.ts';
import { readinessLost } from './causes/readiness-lost.ts';
import { rolloutFailed } from './causes/rollout-failed.ts';
import { sandboxFailed } from './causes/sandbox-failed.ts';
import { serviceDown } from './causes/service-down.ts';
import { startupProbeFailed } from './causes/startup-probe-failed.ts';
import { statefulSetBlocked } from './causes/statefulset-blocked.ts';
import { unschedulable } from './causes/unschedulable.ts';
import { volumeAttach } from './causes/volume-attach.ts';
import { claimLost, volumeFailed } from './causes/volume-lost.ts';
import { volumeMount } from './causes/volume-mount.ts';
import { volumePending } from './causes/volume-pending.ts';

export const causes: readonly Cause<Fault['about']>[] = [
  oomKilled,
  livenessProbeFailed,
  startupProbeFailed,
  hookFailed,
  containerStartError,
  containerCrash,
  containerLost,
  oomKilledWithNode,
  graceExceeded,
  containerKilled,
  containerCompleted,
  containerError,
  containerUnseen,
  imagePull,
  createContainer,
  readinessLost,
  podLost,
  podEvicted,
  podRejected,
  podDeleted,
  podStuck,
  sandboxFailed,
  unschedulable,
  failedCreate,
  rolloutFailed,
  statefulSetBlocked,
  jobFailed,
  cronJobMissed,
  evictionBlocked,
  nodeNotReady,
  nodeTrouble,
  serviceDown,
  volumeAttach,
  volumeMount,
  claimLost,
  volumePending,
  volumeFailed,
  autoscalerStuck,
  autoscalerLimited,
] as unknown as readonly Cause<Fault['about']>[];

/** The first cause that matches; undefined when the fault is none (a container that merely waits for its turn). */
export function classify(fault: Fault): Verdict | undefined {
  for (const cause of causes) {
    if (cause.about !== fault.about) continue;
    const verdict = cause.match(fault);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
