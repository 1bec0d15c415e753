/** The end of an incident: health must last before it counts, and then counts from where it began. */
import type { Incident } from './incident.ts';
import type { Message } from './view.ts';
import type { World } from './world.ts';
import { childrenOf, endIncident, isOpen, leaveParent } from './incident.ts';
import { refKey } from './world.ts';

/** Seconds of health that make a container's recovery believable; ten minutes is when the kubelet forgets its back-off. */
const window = 60;
const longWindow = 600;
/** Seconds in which containers that a boot ended are told of. */
const bootWindow = 120;

/** An incident that is well waits this long for those that are part of it (milliseconds). */
const patience = 120_000;

/** Milliseconds of continuous health after which an incident has recovered. */
function stabilityWindow(world: World, incident: Incident): number {
  // A pod's Ready already honours its probes, and a node's Ready its kubelet.
  if (incident.scope === 'container') return (incident.count >= 3 ? longWindow : window) * 1000;
  // What ran on the node may be told later.
  if (incident.cause.startsWith('node-rebooted/')) return bootWindow * 1000;
  const controller = world.controllers.get(incident.controller ?? '');
  return incident.scope === 'slot' ? (controller?.object?.minReadySeconds ?? 0) * 1000 : 0;
}

/** What ended it, by trigger; where a new revision did, that is told instead. */
const endings: readonly (readonly [trigger: string, id: string])[] = [
  ['unschedulable/', 'ending.scheduled'],
  ['sandbox-failed/', 'ending.started'],
  ['pod-stuck/', 'ending.gone'],
  ['rollout-failed/', 'ending.rolled-out'],
  ['failed-create/', 'ending.created'],
  ['cronjob-missed/', 'ending.scheduled-again'],
  ['statefulset-blocked/', 'ending.unblocked'],
  ['eviction-blocked/', 'ending.unblocked'],
  ['node-pressure/', 'ending.relieved'],
  ['node-rebooted/', 'ending.node-back'],
  ['node-out-of-memory/', 'ending.relieved'],
];

function endingOf(incident: Incident): Message {
  const told = endings.find(([trigger]) => incident.cause.startsWith(trigger));
  if (told !== undefined && incident.carried === undefined) return { id: told[1] };
  if (incident.scope === 'node') return { id: 'ending.node-back' };
  if (incident.scope === 'slot') return { id: 'ending.replaced', data: { pod: incident.replacement?.ref.name ?? '' } };
  if (incident.carried !== undefined) return { id: 'ending.new-revision' };
  if (incident.cause.startsWith('readiness-lost/')) return { id: 'ending.ready-again' };
  return incident.occurrences.at(-1)?.termination === undefined ? { id: 'ending.started' } : { id: 'ending.restarted' };
}

/** Still in trouble, and not yet seen to be well again. */
function ails(incident: Incident): boolean {
  return isOpen(incident) && incident.state !== 'verifying';
}

/** What is part of a trouble ends with it or a little later; what then still ails is a trouble of its own. */
function areChildrenWell(world: World, incident: Incident, since: number, now: number): boolean {
  const ailing = childrenOf(world.book, incident).filter(ails);
  if (ailing.length > 0 && now < since + patience) return false;
  for (const child of ailing) leaveParent(world.book, child);
  return true;
}

/** Ends the incident as recovered if its health has lasted long enough at `now`. */
export function settle(world: World, incident: Incident, now: number): void {
  const since = incident.stableSince;
  if (!isOpen(incident) || incident.state !== 'verifying' || since === undefined) return;
  if (now < since + stabilityWindow(world, incident)) return;
  if (!areChildrenWell(world, incident, since, now)) return;
  incident.phases.recovered = since;
  const key = refKey(incident.workload);
  world.carried.get(key)?.delete(incident);
  world.controllers.get(incident.controller ?? '')?.slots.delete(incident);
  endIncident(world.book, incident, 'recovered', now, endingOf(incident));
  world.dirtyWorkloads.add(key);
}
