/** Opening incidents: one way for all scopes. */
import type { Incident, Occurrence, Scope } from './incident.ts';
import type { Actor, Evidence, ObjectRef } from './view.ts';
import type { Controller, World } from './world.ts';
import type { Verdict } from './cause.ts';
import { addEvidence, addIncident, revive, touch } from './incident.ts';
import { refKey } from './world.ts';

const occurrenceLimit = 64;

export interface Opening {
  readonly id: string;
  readonly scope: Scope;
  readonly verdict: Verdict;
  readonly actor: Actor;
  readonly subject: ObjectRef;
  readonly uid: string;
  readonly workload: ObjectRef;
  readonly container?: string | undefined;
  readonly node?: string | undefined;
  readonly controller?: string | undefined;
}

export function openIncident(world: World, opening: Opening, occurrence: Occurrence): Incident {
  const { verdict, container, node, controller } = opening;
  const incident: Incident = {
    // An id is given once: a fault of the same second as one that is over is another one.
    id: world.book.all.has(opening.id) ? `${opening.id}/${world.book.version}` : opening.id,
    scope: opening.scope,
    cause: verdict.cause,
    rootCause: verdict.rootCause,
    confidence: verdict.confidence,
    fingerprint: fingerprintOf(verdict),
    actor: opening.actor,
    state: 'detected',
    subject: opening.subject,
    uid: opening.uid,
    ...(container !== undefined && { container }),
    ...(node !== undefined && { node }),
    ...(controller !== undefined && { controller }),
    workload: opening.workload,
    count: 1,
    reopened: 0,
    occurrences: [occurrence],
    phases: { fault: occurrence.at, detected: occurrence.detected },
    restarts: 0,
    healthy: 0,
    children: new Set(),
    summary: summaryOf(verdict),
    evidence: [],
  };
  addIncident(world.book, incident);
  world.dirtyWorkloads.add(refKey(incident.workload));
  return incident;
}

/** The pattern that a verdict is one of: its own word for it, else the reason in its cause id. */
export function fingerprintOf(verdict: Verdict): string {
  return verdict.fingerprint ?? verdict.cause.slice(verdict.cause.indexOf('/') + 1);
}

export function summaryOf(verdict: Verdict): Incident['summary'] {
  return { id: `incident.${verdict.cause}`, ...(verdict.data && { data: verdict.data }) };
}

/** Changes what an incident is taken for. */
export function relabel(world: World, incident: Incident, verdict: Verdict): void {
  incident.cause = verdict.cause;
  incident.rootCause = verdict.rootCause;
  incident.confidence = verdict.confidence;
  incident.fingerprint = fingerprintOf(verdict);
  delete incident.pattern;
  incident.summary = summaryOf(verdict);
  touch(world.book, incident);
}

/** Folds one more fault in. False when it was counted before. */
export function recur(world: World, incident: Incident, occurrence: Occurrence): boolean {
  if (incident.occurrences.some((known) => known.id === occurrence.id)) return false;
  incident.occurrences.push(occurrence);
  if (incident.occurrences.length > occurrenceLimit) incident.occurrences.splice(1, 1);
  incident.count++;
  incident.state = 'detected';
  delete incident.stableSince;
  touch(world.book, incident);
  world.dirtyWorkloads.add(refKey(incident.workload));
  return true;
}

/** A fault that comes back soon after its recovery belongs to the incident that was closed too early. */
export function reopen(world: World, incident: Incident, occurrence: Occurrence): void {
  revive(world.book, incident);
  incident.reopened++;
  incident.healthy += Math.max(0, occurrence.at - (incident.phases.recovered ?? occurrence.at));
  for (const phase of ['recovered', 'endpointReturned', 'restoring'] as const) delete incident.phases[phase];
  recur(world, incident, occurrence);
}

/** Adds one piece of evidence about an object. */
export function evidence(
  incident: Incident,
  object: ObjectRef,
  field: string,
  value: string | number,
  at?: number,
  source: Evidence['source'] = 'status',
): void {
  addEvidence(incident, { object, field, value: String(value), ...(at !== undefined && { at }), source });
}

const actors: Readonly<Record<string, Actor>> = {
  ReplicaSet: 'replicaset',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
  Job: 'job',
  ReplicationController: 'replication-controller',
};

/** Who puts a lost pod back. Other owners are operators that heal in their own way; the nearest word is the ReplicaSet's. */
export function actorOf(controller: Controller | undefined): Actor {
  return controller === undefined ? 'none' : (actors[controller.ref.kind] ?? 'replicaset');
}
