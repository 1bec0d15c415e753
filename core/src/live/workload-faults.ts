/** Faults of controllers: pods that may not be created, Jobs that gave up, schedules that were missed. */
import type { Controller, World } from './world.ts';
import type { Incident } from './incident.ts';
import type { ObjectRef } from './view.ts';
import type { SlimCronJob, SlimEvent, SlimWorkload } from './slim-types.ts';
import type { Verdict } from './cause.ts';
import { actorOf, evidence, openIncident, recur, relabel } from './faults.ts';
import { classify } from './catalogue.ts';
import { endIncident, isOpen, setParent, touch } from './incident.ts';
import { adoptByKnownRollout } from './rollouts.ts';
import { needs } from './needs.ts';
import { refKey, refOf, removeFrom, workloadOf } from './world.ts';
import { settle } from './settle.ts';

/** An event that is older than this when it is first seen tells of the past (milliseconds). */
const recent = 600_000;

function openOf(world: World, uid: string, trigger: string): Incident | undefined {
  for (const incident of world.book.byUid.get(uid) ?? [])
    if (incident.scope === 'workload' && isOpen(incident) && incident.cause.startsWith(trigger)) return incident;
  return undefined;
}

function begin(
  world: World,
  of: { readonly subject: ObjectRef; readonly uid: string; readonly controller?: Controller | undefined },
  verdict: Verdict,
  at: number,
  detected: number,
): Incident {
  const id = `${of.uid}/${verdict.cause.split('/')[0] ?? ''}:${at}`;
  return openIncident(
    world,
    {
      id,
      scope: 'workload',
      verdict,
      actor:
        of.controller === undefined ? 'job' : verdict.cause.startsWith('job-failed/') ? 'none' : actorOf(of.controller),
      subject: of.subject,
      uid: of.uid,
      workload: of.controller === undefined ? of.subject : workloadOf(of.controller),
      controller: of.controller?.uid,
    },
    { id, at, detected },
  );
}

function recover(world: World, incident: Incident, at: number, now: number): void {
  incident.stableSince ??= at;
  incident.state = 'verifying';
  touch(world.book, incident);
  settle(world, incident, now);
}

/** A controller's pods are refused by admission: its condition says so, or, where it has none, an event. */
function refused(world: World, controller: Controller, text: string, at: number): Incident | undefined {
  const verdict = classify({ about: 'creation', name: workloadOf(controller).name, text });
  if (verdict === undefined) return undefined;
  const open = openOf(world, controller.uid, 'failed-create/');
  const incident = open ?? begin(world, { subject: controller.ref, uid: controller.uid, controller }, verdict, at, at);
  if (open === undefined) joinSlots(world, controller, incident);
  if (incident.cause !== verdict.cause) relabel(world, incident, verdict);
  incident.stableSince = undefined;
  incident.state = 'healing';
  touch(world.book, incident);
  return incident;
}

/** No pod takes the place of those that left since none may be created: one trouble, in a rollout or on a node as may be. */
function joinSlots(world: World, controller: Controller, incident: Incident): void {
  const waiting = [...controller.slots].filter((slot) => isOpen(slot) && slot.replacement === undefined);
  const placed = waiting.find(({ parent }) => parent !== undefined);
  adoptByKnownRollout(world, incident, controller);
  if (incident.parent === undefined && placed !== undefined) setParent(world.book, incident, placed);
  for (const slot of waiting) if (slot.parent === undefined) setParent(world.book, slot, incident);
}

/** A place became free while no pod may be created. */
export function adoptByRefusal(world: World, slot: Incident, controller: Controller): void {
  const refusal = openOf(world, controller.uid, 'failed-create/');
  if (refusal !== undefined && slot.parent === undefined) setParent(world.book, slot, refusal);
}

/** Condition ReplicaFailure of a ReplicaSet or a ReplicationController. */
export function refreshCreation(world: World, controller: Controller, object: SlimWorkload, now: number): void {
  const condition = object.replicaFailure;
  if (condition?.status === 'True' && condition.reason !== 'FailedDelete') {
    const at = condition.at ?? now;
    const incident = refused(world, controller, condition.message ?? '', at);
    if (incident !== undefined)
      evidence(
        incident,
        refOf(object),
        'status.conditions[ReplicaFailure]',
        (condition.message ?? '').slice(0, 240),
        at,
      );
    return;
  }
  if (object.resource !== 'replicasets' && object.resource !== 'replicationcontrollers') return;
  const open = openOf(world, object.uid, 'failed-create/');
  if (open !== undefined) recover(world, open, now, now);
}

/** Kinds that publish no condition about pods they may not create. */
const silent = new Set(['StatefulSet', 'DaemonSet', 'Job']);

/** Event FailedCreate of a controller that has no condition for it. */
export function onFailedCreate(world: World, event: SlimEvent, now: number): void {
  const { uid, kind } = event.involved;
  const controller = world.controllers.get(uid ?? '');
  const at = event.last ?? now;
  if (controller === undefined || !silent.has(kind) || now - at > recent) return;
  if ((controller.bornAt ?? 0) >= at) return;
  const text = event.message.replace(/^create Pod \S+ in StatefulSet \S+ failed error: /i, '');
  const incident = refused(world, controller, text, event.first ?? at);
  if (incident !== undefined)
    evidence(incident, controller.ref, 'events[FailedCreate]', text.slice(0, 240), at, 'event');
}

/** A pod was created after all. */
export function onCreated(world: World, controller: Controller, at: number, now: number): void {
  controller.bornAt = Math.max(controller.bornAt ?? 0, at);
  if (!silent.has(controller.ref.kind)) return;
  const open = openOf(world, controller.uid, 'failed-create/');
  if (open !== undefined && at >= (open.phases.fault ?? 0)) recover(world, open, at, now);
}

/** A Job ended: it completed and all is well, or it gave up and nobody starts it again. */
export function onJob(
  world: World,
  job: Controller,
  previous: SlimWorkload | undefined,
  object: SlimWorkload,
  now: number,
): void {
  const { finished, failing } = object;
  if (finished?.type === 'Complete') {
    if (previous?.finished === undefined) completed(world, job, finished.at ?? now, now);
    return;
  }
  const ended = finished ?? (failing?.status === 'True' ? failing : undefined);
  if (ended === undefined) return;
  const at = failing?.at ?? ended.at ?? now;
  // What had failed before anyone watched is history.
  if (previous === undefined && now - at > recent) return;
  if ([...(world.book.byUid.get(job.uid) ?? [])].some((incident) => incident.cause.startsWith('job-failed/'))) return;
  const verdict = classify({ about: 'job', job: object, reason: ended.reason ?? '', text: failing?.message ?? '' });
  if (verdict === undefined) return;
  const incident = begin(world, { subject: refOf(object), uid: job.uid, controller: job }, verdict, at, now);
  evidence(incident, refOf(object), 'status.conditions[Failed]', ended.reason ?? 'Failed', at);
  needs(world, incident, { id: 'needs.job-failed', data: { job: object.name } }, at);
  for (const own of world.book.open)
    if (own.controller === job.uid && own.scope !== 'workload' && own.scope !== 'slot') foldIntoJob(world, own, now);
}

/** The trouble of a Job's pod led to the Job's failure; it is told under it. */
export function foldIntoJob(world: World, own: Incident, now: number): void {
  const parent = openOf(world, own.controller ?? '', 'job-failed/');
  if (parent === undefined || !isOpen(own)) return;
  setParent(world.book, own, parent);
  removeFrom(world.carried, refKey(own.workload), own);
  endIncident(world.book, own, 'superseded', now, { id: 'ending.wider-fault' });
}

/** A run that completes ends the trouble of its pods, and what an earlier run of the same CronJob left behind. */
function completed(world: World, job: Controller, at: number, now: number): void {
  const workload = refKey(workloadOf(job));
  for (const incident of world.book.open) {
    const own = incident.controller === job.uid;
    const earlier = incident.cause.startsWith('job-failed/') && refKey(incident.workload) === workload;
    if (!own && !earlier) continue;
    incident.phases.recovered = at;
    removeFrom(world.carried, refKey(incident.workload), incident);
    endIncident(world.book, incident, 'recovered', now, { id: own ? 'ending.completed' : 'ending.later-run' });
  }
}

const missedReasons = new Set([
  'MissSchedule',
  'TooManyMissedTimes',
  'UnparseableSchedule',
  'InvalidSchedule',
  'UnknownTimeZone',
]);

/** Events of a CronJob: a run that was due and did not start has no status of its own. */
export function onCronJobEvent(world: World, event: SlimEvent, now: number): void {
  const { uid, name, namespace, kind } = event.involved;
  const at = event.last ?? now;
  if (uid === undefined) return;
  const open = openOf(world, uid, 'cronjob-missed/');
  if (event.reason === 'SuccessfulCreate') {
    if (open !== undefined && at > (open.occurrences.at(-1)?.at ?? 0)) recover(world, open, at, now);
    return;
  }
  if (!missedReasons.has(event.reason) || now - at > recent) return;
  const object = world.objects.get(uid);
  if (object?.resource === 'cronjobs' && (object.suspended || (object.lastScheduled ?? 0) > at)) return;
  const verdict = classify({ about: 'schedule', name, reason: event.reason, text: event.message });
  if (verdict === undefined) return;
  const subject: ObjectRef = { apiVersion: 'batch/v1', kind, ...(namespace !== undefined && { namespace }), name, uid };
  const id = `${uid}/missed:${at}`;
  if (open !== undefined) recur(world, open, { id, at, detected: now });
  const incident = open ?? begin(world, { subject, uid }, verdict, at, now);
  if (incident.cause !== verdict.cause) relabel(world, incident, verdict);
  evidence(incident, subject, `events[${event.reason}]`, event.message.slice(0, 200), at, 'event');
  needs(world, incident, { id: 'needs.missed-schedule', data: { name } }, at);
}

/** A CronJob that scheduled a run again. */
export function onCronJob(world: World, object: SlimCronJob, now: number): void {
  const open = openOf(world, object.uid, 'cronjob-missed/');
  const last = object.lastScheduled;
  if (open === undefined || last === undefined || last <= (open.occurrences.at(-1)?.at ?? 0)) return;
  recover(world, open, last, now);
}

/** The object itself was deleted: nobody waits for it any more. */
export function onSubjectGone(world: World, uid: string, now: number): void {
  for (const incident of world.book.byUid.get(uid) ?? []) {
    if (incident.scope !== 'workload' || !isOpen(incident)) continue;
    // A CronJob tidies up its failed Jobs; only a run that succeeds makes good for them.
    if (incident.cause.startsWith('job-failed/') && incident.workload.kind === 'CronJob') continue;
    world.rollouts.delete(refKey(incident.workload));
    endIncident(world.book, incident, 'planned', now, { id: 'ending.removed' });
    world.dirtyWorkloads.add(refKey(incident.workload));
  }
}
