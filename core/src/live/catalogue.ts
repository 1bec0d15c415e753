/** All causes in the order of their certainty: the first that matches the evidence names it. */
import type { Cause, Fault, Verdict } from './cause.ts';
import { containerCompleted } from './causes/container-completed.ts';
import { containerError } from './causes/container-error.ts';
import { containerKilled } from './causes/container-killed.ts';
import { containerStartError } from './causes/container-start-error.ts';
import { createContainer } from './causes/create-container.ts';
import { imagePull } from './causes/image-pull.ts';
import { livenessProbeFailed } from './causes/liveness-probe-failed.ts';
import { nodeNotReady } from './causes/node-not-ready.ts';
import { oomKilled } from './causes/oom-killed.ts';
import { podDeleted } from './causes/pod-deleted.ts';
import { podEvicted } from './causes/pod-evicted.ts';
import { podLost } from './causes/pod-lost.ts';
import { readinessLost } from './causes/readiness-lost.ts';
import { startupProbeFailed } from './causes/startup-probe-failed.ts';

export const causes: readonly Cause<Fault['about']>[] = [
  oomKilled,
  livenessProbeFailed,
  startupProbeFailed,
  containerStartError,
  containerKilled,
  containerCompleted,
  containerError,
  imagePull,
  createContainer,
  readinessLost,
  podLost,
  podEvicted,
  podDeleted,
  nodeNotReady,
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
