/** StatefulSets that make one pod after the other, and wait for one that does not get ready. */
import type { Controller, World } from './world.ts';
import type { Incident } from './incident.ts';
import type { SlimPod, SlimWorkload } from './slim-types.ts';
import { actorOf, evidence, openIncident } from './faults.ts';
import { classify } from './catalogue.ts';
import { isActive, isReady } from './facts.ts';
import { isOpen, setParent, touch } from './incident.ts';
import { podOf, refOf } from './world.ts';
import { settle } from './settle.ts';

/** A pod that has not been ready for this long holds up the next (milliseconds). */
const holdUp = 60_000;

interface Blocked {
  readonly pod: SlimPod;
  readonly next: string;
  readonly since: number;
}

/** The pod that the controller waits for, and the one that does not exist because of it. */
function blockedBy(world: World, controller: Controller, object: SlimWorkload): Blocked | undefined {
  const byOrdinal = new Map<number, SlimPod>();
  for (const uid of controller.pods) {
    const pod = podOf(world, uid);
    const ordinal = Number(/-(\d+)$/.exec(pod?.name ?? '')?.[1] ?? Number.NaN);
    if (pod !== undefined && !Number.isNaN(ordinal)) byOrdinal.set(ordinal, pod);
  }
  if (byOrdinal.size >= object.desired || byOrdinal.size === 0) return undefined;
  const first = Math.min(...byOrdinal.keys());
  for (let ordinal = first; ordinal < first + object.desired; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) return undefined;
    if (isReady(pod)) continue;
    const next = byOrdinal.has(ordinal + 1) ? undefined : `${object.name}-${ordinal + 1}`;
    if (next === undefined || !isActive(pod) || ordinal + 1 >= first + object.desired) return undefined;
    return { pod, next, since: pod.readyCondition?.at ?? pod.created ?? 0 };
  }
  return undefined;
}

function begin(world: World, controller: Controller, object: SlimWorkload, blocked: Blocked, now: number): void {
  const verdict = classify({ about: 'blocked', name: object.name, pod: blocked.pod.name, next: blocked.next });
  if (verdict === undefined) return;
  const id = `${object.uid}/blocked:${blocked.since}`;
  const incident = openIncident(
    world,
    {
      id,
      scope: 'workload',
      verdict,
      actor: actorOf(controller),
      subject: refOf(object),
      uid: object.uid,
      workload: refOf(object),
    },
    { id, at: blocked.since, detected: now },
  );
  evidence(incident, refOf(blocked.pod), 'status.conditions[Ready]', 'False', blocked.since);
  for (const own of world.book.byUid.get(blocked.pod.uid) ?? []) {
    if (!isOpen(own) || own.parent !== undefined) continue;
    setParent(world.book, own, incident);
  }
  for (const slot of controller.slots)
    if (isOpen(slot) && slot.replacement === undefined && slot.parent === undefined)
      setParent(world.book, slot, incident);
}

/** Looks at all ordered StatefulSets; called now and then. */
export function checkOrdered(world: World, now: number): void {
  for (const uid of world.byResource.get('statefulsets') ?? []) {
    const object = world.objects.get(uid);
    const controller = world.controllers.get(uid);
    if (object?.resource !== 'statefulsets' || object.ordered !== true || controller === undefined) continue;
    const open = [...(world.book.byUid.get(uid) ?? [])].find(
      (incident: Incident) => isOpen(incident) && incident.cause.startsWith('statefulset-blocked/'),
    );
    const blocked = blockedBy(world, controller, object);
    if (open === undefined) {
      if (blocked !== undefined && now - blocked.since >= holdUp) begin(world, controller, object, blocked, now);
    } else if (blocked === undefined) {
      open.stableSince ??= now;
      open.state = 'verifying';
      settle(world, open, now);
    } else if (open.state === 'verifying') {
      open.stableSince = undefined;
      open.state = 'healing';
      touch(world.book, open);
    }
  }
}
