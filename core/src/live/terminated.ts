/** What is known about the end of a container's instance: its status, what events say, and how others of it started. */
import type { Mark } from './notes.ts';
import type { SlimContainer, SlimPod, Termination } from './slim-types.ts';
import type { TerminatedFault } from './cause.ts';
import type { World } from './world.ts';
import { capped, failuresOf, killOf, marksOf } from './notes.ts';
import { endedWithBoot } from './boots.ts';
import { isLost } from './causes/container-lost.ts';
import { podWorkload, refKey } from './world.ts';

/** What is known about the end of an instance: its status, and what events say about it now. */
export function terminatedFault(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  termination: Termination,
  unready = false,
): TerminatedFault {
  const started = termination.started ?? pod.created ?? 0;
  const finished = termination.finished ?? started;
  const kill = killOf(world.notes, pod.uid, container.name, started, finished);
  if (kill === undefined)
    return {
      about: 'terminated',
      pod,
      container,
      termination,
      ...circumstances(world, pod, container, termination, started, finished),
    };
  const failures = failuresOf(world.notes, pod.uid, container.name, kill.probe, started, kill.at);
  const unhealthy = failures.at(-1);
  const usual = unready ? world.startTimes.get(startKey(world, pod, container)) : undefined;
  return {
    about: 'terminated',
    pod,
    container,
    termination,
    kill,
    ...(unhealthy && { unhealthy }),
    ...(usual !== undefined && { usualStart: p95(usual) }),
  };
}

/** The kernel's own report comes within this time of the kill (milliseconds). */
const nodeOomWindow = 5000;
/** Status and events have a resolution of one second (milliseconds). */
const noteTolerance = 2000;

/** What else was going on when an instance ended: a hook that failed, a stop by the kubelet, trouble of the node. */
function circumstances(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  termination: Termination,
  started: number,
  finished: number,
): Partial<TerminatedFault> {
  const last = (kind: 'post-start' | 'pre-stop' | 'stop' | 'late-stop'): Mark | undefined =>
    marksOf(world.notes, pod.uid, kind, started, finished + noteTolerance).findLast(
      (mark) => (mark.container ?? container.name) === container.name,
    );
  const hook = last('post-start') ?? last('pre-stop');
  const stop = last('stop') ?? last('late-stop');
  const ooms = world.notes.nodeOoms.get(pod.node ?? '') ?? [];
  const boot = world.boots.get(pod.node ?? '');
  return {
    ...(hook && { hook }),
    ...(stop && { stop }),
    ...(ooms.some((at) => Math.abs(at - finished) <= nodeOomWindow) && { nodeOom: true }),
    ...(endedWithBoot(boot, finished, isLost(termination)) && { rebooted: true }),
  };
}

/** Readiness and starts have a resolution of one second (milliseconds). */
const readyTolerance = 2000;

/** The run was over before the container was ready for the first time; only its probes can say so. */
export function neverReady(pod: SlimPod, container: SlimContainer, termination: Termination): boolean {
  if (container.readiness === undefined && container.startup === undefined) return false;
  const ready = pod.readyCondition;
  if (ready?.status !== 'False' || ready.at === undefined || termination.started === undefined) return false;
  return ready.at <= termination.started + readyTolerance;
}

const samplesKept = 16;
const keysKept = 5000;

function startKey(world: World, pod: SlimPod, container: SlimContainer): string {
  return `${refKey(podWorkload(world, pod))}/${container.name}`;
}

/** Learns how long a container takes from its start to its first readiness. */
export function onReady(world: World, pod: SlimPod, container: SlimContainer, now: number): void {
  if (container.running === undefined) return;
  const ready = pod.readyCondition;
  const took = (ready?.status === 'True' ? (ready.at ?? now) : now) - container.running;
  const key = startKey(world, pod, container);
  if (took >= 0)
    capped(world.startTimes, key, [...(world.startTimes.get(key) ?? []), took / 1000].slice(-samplesKept), keysKept);
}

function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}
