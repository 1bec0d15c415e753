/** Faults of containers: exits, kills, failed starts, lost readiness. The kubelet heals them in place. */
import type { Incident, Occurrence } from './incident.ts';
import type { SlimContainer, SlimPod, Termination } from './slim-types.ts';
import type { TerminatedFault, Verdict } from './cause.ts';
import type { World } from './world.ts';
import { actorOf, evidence, fingerprintOf, openIncident, recur, reopen } from './faults.ts';
import { classify } from './catalogue.ts';
import { addEvidence, endIncident, isOpen, reach, reopenWindow, setParent, withdraw } from './incident.ts';
import { adoptByBoot } from './boots.ts';
import { adoptPodTrouble } from './rollouts.ts';
import { correlate } from './correlate.ts';
import { failuresOf } from './notes.ts';
import { addTo, nodeOf, podController, podWorkload, refKey, refOf } from './world.ts';
import { countStart } from './progress.ts';
import { settle } from './settle.ts';
import { neverReady, terminatedFault } from './terminated.ts';

/** Readiness that the kubelet learns anew after its own restart is no fault (milliseconds). */
const kubeletBack = 30_000;
/** A probe's failure is told at most this long after the loss of readiness (milliseconds). */
export const noteDelay = 2000;

/** Where a container's status is; sidecars are init containers too. */
export function statusPath({ name, init, sidecar }: SlimContainer): string {
  return `status.${init || sidecar === true ? 'initContainerStatuses' : 'containerStatuses'}[${name}]`;
}

/** The incidents of one container that are open, optionally of one trigger. */
export function openOf(world: World, pod: SlimPod, container: string, trigger = ''): Incident[] {
  const own = world.book.byUid.get(pod.uid) ?? [];
  return [...own].filter(
    (incident) => incident.container === container && isOpen(incident) && incident.cause.startsWith(trigger),
  );
}

/** An exit that the pod asked for: work done, or the pod is on its way out. */
function isWanted(pod: SlimPod, container: SlimContainer, termination: Termination): boolean {
  if (pod.deleted !== undefined || pod.reason !== undefined) return true;
  return termination.exitCode === 0 && (container.init || pod.restartPolicy !== 'Always');
}

export function onTerminated(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  termination: Termination,
  now: number,
): void {
  if (isWanted(pod, container, termination)) {
    if (termination.exitCode === 0 && pod.deleted === undefined) completed(world, pod, container, termination, now);
    return;
  }
  const unready = neverReady(pod, container, termination);
  const fault = terminatedFault(world, pod, container, termination, unready);
  const verdict = classify(fault);
  if (verdict === undefined) return;
  const at = termination.finished ?? now;
  const id = `${pod.uid}/${container.name}/${termination.id}`;
  const occurrence: Occurrence = { id, at, detected: now, termination, ...(unready && { neverReady: true }) };
  const incident = place(world, pod, container, verdict, occurrence, now);
  if (incident === undefined) return;
  countStart(world, incident, occurrence);
  retell(incident, pod, container, fault);
  retime(world, incident, pod, container);
  adoptByBoot(world, incident);
  for (const symptom of openOf(world, pod, container.name, 'readiness-lost/')) absorb(world, incident, symptom, now);
}

/** Lost readiness before an exit is the beginning of the same trouble; only a long one is a story of its own. */
function absorb(world: World, incident: Incident, symptom: Incident, now: number): void {
  const since = symptom.phases.fault ?? now;
  if (symptom.reopened === 0 && now - since <= reopenWindow) {
    for (const entry of symptom.evidence) addEvidence(incident, entry);
    reach(incident, 'endpointRemoved', symptom.phases.endpointRemoved);
    withdraw(world.book, symptom);
    return;
  }
  setParent(world.book, symptom, incident);
  endIncident(world.book, symptom, 'superseded', now, { id: 'ending.wider-fault' });
}

/** Work that ended well ends the trouble on the way there. */
function completed(world: World, pod: SlimPod, container: SlimContainer, termination: Termination, now: number): void {
  for (const incident of openOf(world, pod, container.name)) {
    incident.phases.recovered = termination.finished ?? now;
    endIncident(world.book, incident, 'recovered', now, { id: 'ending.completed' });
    world.dirtyWorkloads.add(refKey(incident.workload));
  }
}

/**
 * Puts a fault where it belongs: an open incident of the same container and cause, one carried over from the revision
 * before, one that recovered less than ten minutes ago, or a new one. Undefined when it was counted before.
 */
export function place(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  verdict: Verdict,
  occurrence: Occurrence,
  now: number,
): Incident | undefined {
  const workload = podWorkload(world, pod);
  const own = [...(world.book.byUid.get(pod.uid) ?? [])];
  for (const incident of own) settle(world, incident, now);
  if (own.some((incident) => incident.occurrences.some((known) => known.id === occurrence.id))) return undefined;
  const fits = (incident: Incident): boolean =>
    incident.container === container.name &&
    incident.cause === verdict.cause &&
    incident.fingerprint === fingerprintOf(verdict);
  const carried = [...(world.carried.get(refKey(workload)) ?? [])];
  for (const incident of carried) settle(world, incident, now);
  const open =
    own.find((incident) => fits(incident) && isOpen(incident)) ??
    carried.find((incident) => fits(incident) && isOpen(incident));
  if (open !== undefined) return recur(world, open, occurrence) ? open : undefined;
  const recent = own.find(
    (incident) =>
      fits(incident) &&
      incident.state === 'recovered' &&
      occurrence.at - (incident.phases.recovered ?? 0) <= reopenWindow,
  );
  if (recent !== undefined) {
    reopen(world, recent, occurrence);
    return recent;
  }
  const controller = podController(world, pod);
  const job = pod.restartPolicy === 'Never' && controller?.ref.kind === 'Job';
  const incident = openIncident(
    world,
    {
      // An incident is named by its first fault; one that lost its first fault to another cause keeps the name.
      id: world.book.all.has(occurrence.id) ? `${occurrence.id}/${verdict.cause}` : occurrence.id,
      scope: 'container',
      verdict,
      actor: job ? actorOf(controller) : pod.restartPolicy === 'Never' ? 'none' : 'kubelet',
      subject: refOf(pod),
      uid: pod.uid,
      workload,
      container: container.name,
      node: pod.node,
      controller: controller?.uid,
    },
    occurrence,
  );
  // Each pod of such a Job is one more attempt at the same work.
  if (job) addTo(world.carried, refKey(workload), incident);
  adoptPodTrouble(world, incident, pod, now);
  correlate(world, incident, occurrence);
  return incident;
}

/** Writes phases and evidence of an exit; called again when an event tells more about it. */
export function retell(incident: Incident, pod: SlimPod, container: SlimContainer, fault: TerminatedFault): void {
  const { termination, kill, unhealthy } = fault;
  const ref = refOf(pod);
  const where = `${statusPath(container)}.lastState.terminated`;
  const what = `${termination.reason ?? 'Error'} (exit ${termination.exitCode})`;
  evidence(incident, ref, where, what, termination.finished);
  const occurrence = incident.occurrences.find((known) => known.termination?.id === termination.id);
  if (kill === undefined || occurrence === undefined) return;
  occurrence.kill = kill;
  if (unhealthy !== undefined) {
    occurrence.unhealthy = unhealthy;
    evidence(
      incident,
      ref,
      `events[Unhealthy].${container.name}`,
      unhealthy.text || 'probe failed',
      unhealthy.at,
      'event',
    );
  }
  evidence(incident, ref, `events[Killing].${container.name}`, `failed ${kill.probe} probe`, kill.at, 'event');
}

/** First failure of the probe in this run; without one, the time that the failures before the kill must have taken. */
function probeFault(world: World, pod: SlimPod, container: SlimContainer, occurrence: Occurrence): number {
  const { kill, termination } = occurrence;
  if (kill === undefined || termination === undefined) return occurrence.at;
  const first = failuresOf(world.notes, pod.uid, container.name, kill.probe, termination.started ?? 0, kill.at)[0];
  if (first !== undefined) occurrence.firstFailure = Math.min(first.at, occurrence.firstFailure ?? first.at);
  if (occurrence.firstFailure !== undefined) return occurrence.firstFailure;
  const probe = kill.probe === 'startup' ? container.startup : container.liveness;
  return kill.at - (probe === undefined ? 0 : (probe.failureThreshold - 1) * probe.periodSeconds * 1000);
}

/** Brings the phases that depend on events up to date with the first fault of the incident. */
export function retime(world: World, incident: Incident, pod: SlimPod, container: SlimContainer): void {
  const first = incident.occurrences[0];
  if (first?.kill === undefined || !first.id.startsWith(`${pod.uid}/`)) return;
  incident.phases.fault = probeFault(world, pod, container, first);
  incident.phases.detected = incident.phases.fault;
  incident.phases.acting = first.kill.at;
}

export function onUnready(world: World, pod: SlimPod, container: SlimContainer, at: number, now: number): void {
  if (pod.deleted !== undefined || container.readiness === undefined) return;
  for (const incident of openOf(world, pod, container.name)) settle(world, incident, now);
  if (openOf(world, pod, container.name).some((incident) => !incident.cause.startsWith('readiness-lost/'))) return;
  const node = nodeOf(world, pod.node)?.ready;
  if (node !== undefined && (node.status !== 'True' || (node.at !== undefined && now - node.at < kubeletBack))) return;
  const unhealthy = failuresOf(
    world.notes,
    pod.uid,
    container.name,
    'readiness',
    container.running ?? 0,
    at + noteDelay,
  ).at(-1);
  const verdict = classify({ about: 'unready', pod, container, ...(unhealthy && { unhealthy }) });
  if (verdict === undefined) return;
  const occurrence: Occurrence = { id: `${pod.uid}/${container.name}/unready:${at}`, at, detected: now };
  const open = openOf(world, pod, container.name, 'readiness-lost/')[0];
  if (open !== undefined) recur(world, open, occurrence);
  const incident = open ?? place(world, pod, container, verdict, occurrence, now);
  if (incident === undefined) return;
  if (open === undefined) incident.actor = 'endpointslice';
  evidence(incident, refOf(pod), `${statusPath(container)}.ready`, 'false', at);
  if (unhealthy !== undefined)
    evidence(
      incident,
      refOf(pod),
      `events[Unhealthy].${container.name}`,
      unhealthy.text || 'probe failed',
      unhealthy.at,
      'event',
    );
}
