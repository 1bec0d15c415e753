/** How far healing has come: reads the present state of containers and pods into the phases of their incidents. */
import type { Incident, Occurrence } from './incident.ts';
import type { SlimContainer, SlimPod } from './slim-types.ts';
import type { World } from './world.ts';
import { backOffCap, longBackOff, nextRetry, statedDelay } from './backoff.ts';
import { isActive, isReady } from './facts.ts';
import { needs } from './needs.ts';
import { podOf, refKey, refOf, removeFrom } from './world.ts';
import { reach, touch } from './incident.ts';
import { settle } from './settle.ts';

/** Restarts for one reason after which a person is asked. */
const restartLimit = 5;

/** When a running container became healthy; undefined while it is not. */
function healthySince(
  pod: SlimPod,
  container: SlimContainer,
  before: number | undefined,
  now: number,
): number | undefined {
  if (container.running === undefined || !container.ready) return undefined;
  if (container.readiness === undefined && container.startup === undefined) return container.running;
  const ready = pod.readyCondition;
  // The pod may be unready for another container's sake, or its node's.
  if (ready?.status !== 'True') return before ?? now;
  return Math.max(container.running, ready.at ?? container.running);
}

/** Brings an incident of a container up to date with its pod. */
export function refreshContainer(
  world: World,
  incident: Incident,
  pod: SlimPod,
  container: SlimContainer,
  now: number,
): void {
  if (!isActive(pod) && pod.phase !== 'Succeeded') return;
  const fault = incident.occurrences.at(-1);
  if (container.running !== undefined) {
    delete incident.nextRetry;
    if (fault?.termination !== undefined || container.running >= (fault?.at ?? 0)) {
      reach(incident, 'acting', container.running);
      incident.phases.restoring = container.running;
    }
    incident.stableSince = healthySince(pod, container, incident.stableSince, now);
    incident.state = incident.stableSince === undefined ? 'healing' : 'verifying';
  } else {
    incident.stableSince = undefined;
    const retry =
      fault?.termination === undefined || pod.restartPolicy === 'Never'
        ? undefined
        : nextRetry(container, fault.kill !== undefined);
    setRetry(incident, retry);
    incident.state = container.waiting !== undefined || waitsForRetry(incident) ? 'healing' : 'detected';
    flagBackOff(world, incident, container, now);
  }
  settle(world, incident, now);
  touch(world.book, incident);
}

function setRetry(incident: Incident, retry: Incident['nextRetry'] | undefined): void {
  if (retry === undefined) delete incident.nextRetry;
  else incident.nextRetry = retry;
}

/** The back-off is the kubelet's way of healing: it has begun when the next start is later than the exit. */
function waitsForRetry(incident: Incident): boolean {
  const ended = incident.occurrences.at(-1)?.termination?.finished;
  return incident.nextRetry !== undefined && ended !== undefined && incident.nextRetry.at > ended;
}

/** A long back-off tells of restarts that happened before anyone watched. */
function flagBackOff(world: World, incident: Incident, container: SlimContainer, now: number): void {
  const delay = container.waiting?.reason === 'CrashLoopBackOff' ? (statedDelay(container.waiting) ?? 0) : 0;
  if (delay < longBackOff) return;
  const id = delay >= backOffCap ? 'needs.back-off-cap' : 'needs.crash-loop';
  needs(world, incident, { id, data: { container: container.name, restarts: container.restarts } }, now);
}

/** Five restarts for the same reason: retrying alone will not help. Only the fault just before the restart is its reason. */
export function countRestart(world: World, incident: Incident, container: SlimContainer, at: number): void {
  const newest = incident.occurrences.at(-1);
  if (newest?.termination === undefined || newest.termination.id !== container.last?.id) return;
  // What was started has ended already and nobody saw it run: the restart followed the fault before.
  const over = container.running === undefined && container.terminated === undefined;
  const fault = (over ? incident.occurrences.at(-2) : undefined) ?? newest;
  if (fault.restartedAt !== undefined) return;
  fault.restartedAt = at;
  incident.restarts++;
  // An instance that never ran was started all the same.
  if (fault === incident.occurrences[0]) reach(incident, 'acting', at);
  flagRestarts(world, incident, at);
}

/** What has ended had been started, after the fault before it: the restart counts although nobody saw it run. */
export function countStart(world: World, incident: Incident, ended: Occurrence): void {
  const before = incident.occurrences[incident.occurrences.indexOf(ended) - 1];
  const [start, end] = [ended.termination?.started, before?.termination?.finished];
  if (before === undefined || before.restartedAt !== undefined || start === undefined || end === undefined) return;
  // The first start of another pod is no restart.
  if (start < end || before.id.split('/')[0] !== ended.id.split('/')[0]) return;
  before.restartedAt = start;
  incident.restarts++;
  if (before === incident.occurrences[0]) reach(incident, 'acting', start);
  flagRestarts(world, incident, start);
}

/** Raises the flag at the fifth restart. */
export function flagRestarts(world: World, incident: Incident, at: number): void {
  if (incident.restarts < restartLimit) return;
  const fifth = incident.occurrences.flatMap((fault) => fault.restartedAt ?? []).sort((a, b) => a - b)[
    restartLimit - 1
  ];
  needs(
    world,
    incident,
    { id: 'needs.crash-loop', data: { container: incident.container ?? '', restarts: incident.restarts } },
    fifth ?? at,
  );
}

/** An incident whose pod made way for a new revision: it follows the workload's new pods. */
export function refreshCarried(world: World, incident: Incident, now: number): void {
  if (incident.carried === undefined) return;
  const pods: SlimPod[] = [];
  const key = refKey(incident.workload);
  for (const controller of world.controllers.values()) {
    if (controller.uid !== incident.controller && controller.owner?.uid !== incident.workload.uid) continue;
    for (const uid of controller.pods) {
      const pod = podOf(world, uid);
      if (pod !== undefined && isActive(pod) && pod.revision !== incident.carried?.revision) pods.push(pod);
    }
  }
  const newest = pods.reduce<SlimPod | undefined>(
    (a, b) => ((a?.created ?? 0) >= (b.created ?? 0) && a !== undefined ? a : b),
    undefined,
  );
  if (newest === undefined) return;
  // A rollback brings back pods that were there before the fault.
  if ((newest.created ?? now) >= (incident.phases.fault ?? 0)) incident.phases.replaced = newest.created ?? now;
  incident.replacement = { ref: refOf(newest), confidence: 1 / pods.length };
  const starts = pods.flatMap((pod) =>
    pod.containers.filter((entry) => entry.name === incident.container).map((entry) => entry.running),
  );
  const healthy = pods.every(isReady);
  const broken = pods
    .flatMap((pod) => pod.containers)
    .find((entry) => entry.name === incident.container && entry.running === undefined);
  const running = starts.filter((start) => start !== undefined);
  const started = Math.max(0, ...running);
  if (started >= (incident.phases.fault ?? 0)) incident.phases.restoring = started;
  incident.stableSince = healthy
    ? Math.max(incident.carried?.since ?? 0, ...pods.map((pod) => pod.readyCondition?.at ?? now))
    : undefined;
  const fault = incident.occurrences.at(-1);
  setRetry(
    incident,
    broken === undefined || fault?.termination === undefined ? undefined : nextRetry(broken, fault.kill !== undefined),
  );
  const down = broken?.terminated !== undefined && !waitsForRetry(incident);
  incident.state = healthy ? 'verifying' : down ? 'detected' : 'healing';
  settle(world, incident, now);
  if (incident.endedAt !== undefined) removeFrom(world.carried, key, incident);
  touch(world.book, incident);
}

/** Follows the pod that stands in for a lost one. */
export function refreshReplacement(world: World, slot: Incident, pod: SlimPod, now: number): void {
  if (!isActive(pod)) return;
  slot.state = 'healing';
  reach(slot, 'scheduled', pod.scheduled?.status === 'True' ? pod.scheduled.at : undefined);
  const starts = pod.containers.map((container) => container.running).filter((start) => start !== undefined);
  if (starts.length > 0) reach(slot, 'restoring', Math.max(...starts));
  slot.stableSince = isReady(pod) ? (pod.readyCondition?.at ?? now) : undefined;
  if (slot.stableSince !== undefined) slot.state = 'verifying';
  settle(world, slot, now);
  touch(world.book, slot);
}
