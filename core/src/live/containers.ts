/** Faults of containers: exits, kills, failed starts, lost readiness. The kubelet heals them in place. */
import type { Incident, Occurrence } from './incident.ts';
import type { SlimContainer, SlimPod, Termination, Waiting } from './slim-types.ts';
import type { Mark } from './notes.ts';
import type { TerminatedFault, Verdict } from './cause.ts';
import type { World } from './world.ts';
import { actorOf, evidence, fingerprintOf, openIncident, recur, relabel, reopen } from './faults.ts';
import { classify } from './catalogue.ts';
import { addEvidence, endIncident, isOpen, reach, reopenWindow, setParent, touch, withdraw } from './incident.ts';
import { adoptByRollout } from './rollouts.ts';
import { correlate } from './correlate.ts';
import { failuresOf, killOf, marksOf } from './notes.ts';
import { addTo, nodeOf, podController, podWorkload, refKey, refOf } from './world.ts';
import { needs } from './needs.ts';
import { countStart } from './progress.ts';
import { settle } from './settle.ts';

/** Readiness that the kubelet learns anew after its own restart is no fault (milliseconds). */
const kubeletBack = 30_000;
/** A probe's failure is told at most this long after the loss of readiness (milliseconds). */
export const noteDelay = 2000;

/** The incidents of one container that are open, optionally of one trigger. */
function openOf(world: World, pod: SlimPod, container: string, trigger = ''): Incident[] {
  const own = world.book.byUid.get(pod.uid) ?? [];
  return [...own].filter(
    (incident) => incident.container === container && isOpen(incident) && incident.cause.startsWith(trigger),
  );
}

/** What is known about the end of an instance: its status, and what events say about it now. */
export function terminatedFault(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  termination: Termination,
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
      ...circumstances(world, pod, container, started, finished),
    };
  const failures = failuresOf(world.notes, pod.uid, container.name, kill.probe, started, kill.at);
  const unhealthy = failures.at(-1);
  return { about: 'terminated', pod, container, termination, kill, ...(unhealthy && { unhealthy }) };
}

/** The kernel's own report comes within this time of the kill (milliseconds). */
const nodeOomWindow = 5000;
/** Containers that a reboot ended are reported once the kubelet is back (milliseconds). */
const rebootWindow = 300_000;
/** Status and events have a resolution of one second (milliseconds). */
const noteTolerance = 2000;

/** What else was going on when an instance ended: a hook that failed, a stop by the kubelet, trouble of the node. */
function circumstances(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  started: number,
  finished: number,
): Partial<TerminatedFault> {
  const last = (kind: 'post-start' | 'pre-stop' | 'stop'): Mark | undefined =>
    marksOf(world.notes, pod.uid, kind, started, finished + noteTolerance).findLast(
      (mark) => (mark.container ?? container.name) === container.name,
    );
  const hook = last('post-start') ?? last('pre-stop');
  const stop = last('stop');
  const ooms = world.notes.nodeOoms.get(pod.node ?? '') ?? [];
  const boot = world.boots.get(pod.node ?? '');
  return {
    ...(hook && { hook }),
    ...(stop && { stop }),
    ...(ooms.some((at) => Math.abs(at - finished) <= nodeOomWindow) && { nodeOom: true }),
    ...(boot !== undefined && finished <= boot && boot - finished <= rebootWindow && { rebooted: true }),
  };
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
  const fault = terminatedFault(world, pod, container, termination);
  const verdict = classify(fault);
  if (verdict === undefined) return;
  const at = termination.finished ?? now;
  const id = `${pod.uid}/${container.name}/${termination.id}`;
  const occurrence: Occurrence = { id, at, detected: now, termination };
  const incident = place(world, pod, container, verdict, occurrence, now);
  if (incident === undefined) return;
  countStart(world, incident, occurrence);
  retell(incident, pod, container, fault);
  retime(world, incident, pod, container);
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
  adoptByRollout(world, incident, pod, now);
  correlate(world, incident, occurrence);
  return incident;
}

/** Writes phases and evidence of an exit; called again when an event tells more about it. */
export function retell(incident: Incident, pod: SlimPod, container: SlimContainer, fault: TerminatedFault): void {
  const { termination, kill, unhealthy } = fault;
  const ref = refOf(pod);
  const where = `status.containerStatuses[${container.name}].lastState.terminated`;
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
  evidence(incident, refOf(pod), `status.containerStatuses[${container.name}].ready`, 'false', at);
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

/** The restart count rose by more than the ended instances that a status can hold: they are counted, not judged. */
export function onUnseen(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  unseen: number,
  at: number,
  now: number,
): void {
  if (pod.deleted !== undefined) return;
  const open = openOf(world, pod, container.name).filter(({ cause }) => !cause.startsWith('readiness-lost/'));
  const latest = open.sort((a, b) => (b.occurrences.at(-1)?.at ?? 0) - (a.occurrences.at(-1)?.at ?? 0))[0];
  const verdict = latest === undefined ? classify({ about: 'unseen', pod, container }) : undefined;
  const id = `${pod.uid}/${container.name}/unseen:${container.restarts}`;
  const incident =
    verdict === undefined ? latest : place(world, pod, container, verdict, { id, at, detected: now }, now);
  if (incident === undefined) return;
  incident.unseen = (incident.unseen ?? 0) + unseen;
  evidence(
    incident,
    refOf(pod),
    `status.containerStatuses[${container.name}].restartCount`,
    `${container.restarts} (${unseen} unseen)`,
    at,
  );
  touch(world.book, incident);
}

export function onWaiting(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  waiting: Waiting,
  at: number,
  now: number,
): void {
  if (pod.deleted !== undefined) return;
  const verdict = classify({ about: 'waiting', pod, container, waiting });
  if (verdict === undefined) return;
  const trigger = `${verdict.cause.split('/')[0]}/`;
  const open = openOf(world, pod, container.name, trigger)[0];
  if (open !== undefined) {
    countPull(world, open, waiting, now);
    // The back-off's own message is the vaguer one: a known reason stays.
    if (open.cause !== verdict.cause && !verdict.cause.endsWith('/other')) relabel(world, open, verdict);
    return;
  }
  const occurrence: Occurrence = {
    id: `${pod.uid}/${container.name}/waiting:${trigger}${container.restarts}`,
    at,
    detected: now,
  };
  const incident = place(world, pod, container, verdict, occurrence, now);
  if (incident === undefined) return;
  if (trigger === 'image-pull/') incident.pulls = 1;
  evidence(
    incident,
    refOf(pod),
    `status.containerStatuses[${container.name}].state.waiting`,
    `${waiting.reason}: ${waiting.message ?? ''}`.slice(0, 300),
    at,
  );
}

/** Reasons that do not pass: the second failure is enough to know. */
const hopeless = new Set(['image-pull/auth', 'image-pull/not-found', 'image-pull/platform']);

/** Every `ErrImagePull` is an attempt; `ImagePullBackOff` is only the wait until the next. */
function countPull(world: World, incident: Incident, waiting: Waiting, now: number): void {
  if (waiting.reason !== 'ErrImagePull') return;
  incident.pulls = (incident.pulls ?? 0) + 1;
  if (incident.pulls < 2 || !hopeless.has(incident.cause)) return;
  needs(world, incident, { id: 'needs.image-unavailable', data: { attempts: incident.pulls } }, now);
}
