/** Second thoughts: an event that comes after the status may name another cause. */
import type { Incident, Occurrence } from './incident.ts';
import type { SlimContainer, SlimPod } from './slim-types.ts';
import type { Verdict } from './cause.ts';
import type { World } from './world.ts';
import { classify } from './catalogue.ts';
import { evidence, fingerprintOf, recur, relabel, reopen } from './faults.ts';
import { failuresOf } from './notes.ts';
import { flagRestarts, refreshContainer } from './progress.ts';
import { isOpen, touch, withdraw } from './incident.ts';
import { noteDelay, place, retell, retime } from './containers.ts';
import { podOf, refOf } from './world.ts';
import { refreshPodFaults } from './pod-faults.ts';
import { retellLoss } from './losses.ts';
import { terminatedFault } from './terminated.ts';

/** An event told more about a pod: verdicts that it changes are changed, whichever came first. */
export function onPodNotes(world: World, podUid: string, now: number): void {
  const pod = podOf(world, podUid);
  if (pod !== undefined) refreshPodFaults(world, pod, now);
  for (const incident of world.book.byUid.get(podUid) ?? []) {
    const container = pod?.containers.find((entry) => entry.name === incident.container);
    if (pod !== undefined && incident.scope === 'slot') retellLoss(world, incident, pod);
    if (pod === undefined || container === undefined) continue;
    if (incident.cause.startsWith('readiness-lost/')) renameUnready(world, incident, pod, container);
    for (const occurrence of incident.occurrences) {
      if (occurrence.termination !== undefined) rejudge(world, incident, occurrence, pod, container, now);
    }
  }
}

function renameUnready(world: World, incident: Incident, pod: SlimPod, container: SlimContainer): void {
  const first = incident.occurrences[0]?.at ?? 0;
  const unhealthy = failuresOf(world.notes, pod.uid, container.name, 'readiness', first - 60_000, first + noteDelay).at(
    -1,
  );
  const verdict = classify({ about: 'unready', pod, container, ...(unhealthy && { unhealthy }) });
  if (verdict === undefined || unhealthy === undefined) return;
  relabel(world, incident, verdict);
  evidence(
    incident,
    refOf(pod),
    `events[Unhealthy].${container.name}`,
    unhealthy.text || 'probe failed',
    unhealthy.at,
    'event',
  );
}

function isSame(incident: Incident, verdict: Verdict): boolean {
  return incident.cause === verdict.cause && incident.fingerprint === fingerprintOf(verdict);
}

function rejudge(
  world: World,
  incident: Incident,
  occurrence: Occurrence,
  pod: SlimPod,
  container: SlimContainer,
  now: number,
): void {
  if (occurrence.termination === undefined) return;
  const fault = terminatedFault(world, pod, container, occurrence.termination, occurrence.neverReady);
  // The status named the hook while it waited for it; that reason has gone since, and only the hook's own event knows more.
  if (incident.cause.startsWith('post-start-failed/') && fault.hook === undefined) return;
  const verdict = classify(fault);
  if (
    verdict === undefined ||
    (isSame(incident, verdict) &&
      fault.kill?.at === occurrence.kill?.at &&
      fault.unhealthy?.at === occurrence.unhealthy?.at)
  ) {
    if (occurrence.kill !== undefined) retime(world, incident, pod, container);
    return;
  }
  const target = isSame(incident, verdict) ? incident : move(world, incident, occurrence, verdict, pod, container, now);
  retell(target, pod, container, fault);
  retime(world, target, pod, container);
  if (isOpen(target)) refreshContainer(world, target, pod, container, now);
}

/** The restart after a fault moves with it. */
function takeRestart(world: World, incident: Incident, occurrence: Occurrence, now: number): Incident {
  if (occurrence.restartedAt === undefined) return incident;
  incident.restarts++;
  flagRestarts(world, incident, now);
  return incident;
}

/** After its first fault turned out to be another's, an incident begins with the next. */
function beginAnew(world: World, incident: Incident): void {
  const first = incident.occurrences[0];
  if (first !== undefined) {
    incident.phases.fault = first.at;
    incident.phases.detected = first.detected;
    if (first.restartedAt !== undefined) incident.phases.acting = first.restartedAt;
  }
  touch(world.book, incident);
}

/** Moves one fault to the incident of its true cause; an incident that is left empty never was. */
function move(
  world: World,
  from: Incident,
  occurrence: Occurrence,
  verdict: Verdict,
  pod: SlimPod,
  container: SlimContainer,
  now: number,
): Incident {
  const others = [...(world.book.byUid.get(pod.uid) ?? [])].filter((incident) => incident !== from);
  const target = others.find((incident) => incident.container === from.container && isSame(incident, verdict));
  if (target === undefined && from.count === 1) {
    relabel(world, from, verdict);
    return from;
  }
  from.occurrences = from.occurrences.filter((known) => known !== occurrence);
  from.count--;
  if (occurrence.restartedAt !== undefined) from.restarts--;
  if (from.count === 0) withdraw(world.book, from);
  else beginAnew(world, from);
  if (target !== undefined) {
    if (isOpen(target)) recur(world, target, occurrence);
    else reopen(world, target, occurrence);
    target.occurrences.sort((a, b) => a.at - b.at);
    return takeRestart(world, target, occurrence, now);
  }
  return takeRestart(world, place(world, pod, container, verdict, occurrence, now) ?? from, occurrence, now);
}
