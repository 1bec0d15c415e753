/** Autoscalers that cannot do their work: without metrics, without a target, or at their maximum for too long. */
import type { Incident } from './incident.ts';
import type { ObjectRef } from './view.ts';
import type { SlimAutoscaler } from './slim-types.ts';
import type { World } from './world.ts';
import { classify } from './catalogue.ts';
import { endIncident, isOpen } from './incident.ts';
import { evidence, openIncident, relabel } from './faults.ts';
import { refKey, refOf } from './world.ts';

/** Metrics of a new target take a while to come (milliseconds). */
const settling = 60_000;
/** At the maximum is where an autoscaler may well be for some time (milliseconds). */
const tooLong = 900_000;

function targetOf(world: World, { namespace, target }: SlimAutoscaler): ObjectRef {
  const ref = { ...target, ...(namespace !== undefined && { namespace }) };
  const known = world.objects.get(world.tops.get(refKey(ref)) ?? '');
  return known === undefined ? ref : refOf(known);
}

/** Since when something is wrong, and whether that is long enough to speak of. */
function troubleOf({ active, able, limited }: SlimAutoscaler, now: number): number | undefined {
  // A target with no replicas switches scaling off: somebody asked for that.
  const stuck = [able, active].find((entry) => entry?.status === 'False' && entry.reason !== 'ScalingDisabled');
  if (stuck !== undefined) return now - (stuck.at ?? now) >= settling ? stuck.at : undefined;
  const full = limited?.status === 'True' && limited.reason === 'TooManyReplicas' ? limited.at : undefined;
  return full !== undefined && now - full >= tooLong ? full : undefined;
}

function incidentOf(world: World, uid: string): Incident | undefined {
  return [...(world.book.byUid.get(uid) ?? [])].find(isOpen);
}

/** Looks at an autoscaler anew: called when it changed and as time passes. */
export function assessAutoscaler(world: World, autoscaler: SlimAutoscaler, now: number): void {
  const incident = incidentOf(world, autoscaler.uid);
  const verdict = classify({ about: 'autoscaler', autoscaler });
  if (verdict === undefined) {
    if (incident === undefined) return;
    const since = [autoscaler.able, autoscaler.active, autoscaler.limited].flatMap((entry) => entry?.at ?? []);
    incident.phases.recovered = Math.max(incident.phases.fault ?? 0, ...since);
    endIncident(world.book, incident, 'recovered', now, { id: 'ending.scales-again' });
    return;
  }
  if (incident !== undefined) {
    if (incident.cause !== verdict.cause) relabel(world, incident, verdict);
    return;
  }
  const at = troubleOf(autoscaler, now);
  if (at === undefined) return;
  const ref = refOf(autoscaler);
  const occurrence = { id: `${autoscaler.uid}/${at}`, at, detected: at };
  const opened = openIncident(
    world,
    {
      id: occurrence.id,
      scope: 'object',
      verdict,
      actor: 'autoscaler',
      subject: ref,
      uid: autoscaler.uid,
      workload: targetOf(world, autoscaler),
    },
    occurrence,
  );
  for (const [type, entry] of [
    ['AbleToScale', autoscaler.able],
    ['ScalingActive', autoscaler.active],
    ['ScalingLimited', autoscaler.limited],
  ] as const)
    if (entry?.at === at)
      evidence(opened, ref, `status.conditions[${type}]`, `${entry.reason ?? ''} ${entry.message ?? ''}`.trim(), at);
}

/** An autoscaler was deleted. */
export function onAutoscalerGone(world: World, uid: string, now: number): void {
  const incident = incidentOf(world, uid);
  if (incident !== undefined) endIncident(world.book, incident, 'planned', now, { id: 'ending.removed' });
}

/** Time passes for autoscalers in trouble. */
export function checkAutoscalers(world: World, now: number): void {
  for (const uid of world.byResource.get('horizontalpodautoscalers') ?? []) {
    const found = world.objects.get(uid);
    if (found?.resource === 'horizontalpodautoscalers') assessAutoscaler(world, found, now);
  }
}
