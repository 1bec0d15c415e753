/** The live engine: observations in, one plain view out. It has no clock: every call brings the time. */
import type { ConnectionView, HealthView } from './view.ts';
import type { SlimObject } from './slim.ts';
import type { World } from './world.ts';
import { checkBoots } from './boots.ts';
import { checkNeeds } from './needs.ts';
import { checkOverdue } from './priority.ts';
import { endGap, startGap } from './gap.ts';
import { createViewCache } from './view-cache.ts';
import { createWorld, podOf, refKey, removeFrom, workloadOf } from './world.ts';
import { failuresOf } from './notes.ts';
import { forget } from './incident.ts';
import { onUnready } from './containers.ts';
import { remove, upsert } from './reduce.ts';
import { checkDrains } from './drains.ts';
import { checkLeaving } from './pod-faults.ts';
import { checkOrdered } from './ordered.ts';
import { checkAutoscalers } from './autoscalers.ts';
import { checkClaims } from './claims.ts';
import { checkVolumes } from './pod-volumes.ts';
import { checkServices } from './services.ts';
import { settle } from './settle.ts';

export type Observation =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly resource: string; readonly object: SlimObject }
  /** Complete list, replaces what was known of that resource. */
  | { readonly type: 'RELIST'; readonly resource: string; readonly objects: readonly SlimObject[] };

export interface LiveEngine {
  /** Takes one observation; `now` is epoch milliseconds of its arrival. */
  observe(observation: Observation, now: number): void;
  /**
   * The same in steps, so that a long list need not be taken in one go. Until the last step nothing else may be
   * observed, and what the engine shows is half of one picture and half of another.
   */
  observeInSteps(observation: Observation, now: number): Generator<undefined>;
  /** Nobody watched until now: what the next lists change did not happen at the moment it is seen. */
  gap(): void;
  /** Time passes: stability windows end, thresholds are reached, old rows fall out. */
  tick(now: number): void;
  view(now: number, connection: ConnectionView): HealthView;
}

/** A container that runs this long with a failing readiness probe is not just starting (milliseconds). */
const neverReady = 60_000;
const housekeeping = 60_000;
/** How often is looked for what no message tells (milliseconds). */
const lookEvery = 5000;
const day = 24 * 3600_000;

/**
 * Replaces what was known of a resource, one object a step: first what is gone, then what is known, last what is new.
 * @param since the last message about this resource: what is missing now was there then
 */
function* relist(
  world: World,
  resource: string,
  objects: readonly SlimObject[],
  now: number,
  since: number,
): Generator<undefined> {
  const afterGap = world.unwatched.size > 0;
  const listed = new Set(objects.map((object) => object.uid));
  for (const uid of world.byResource.get(resource) ?? []) {
    if (!listed.has(uid)) remove(world, uid, now, since);
    yield;
  }
  const added: SlimObject[] = [];
  for (const object of objects) {
    if (object.resource !== resource) continue;
    if (world.objects.has(object.uid)) upsert(world, object, now);
    else added.push(object);
    yield;
  }
  for (const object of added) {
    upsert(world, object, now);
    yield;
  }
  if (afterGap) endGap(world, resource, now);
}

/** Containers that run but never got ready: no change of their status will ever tell. */
function checkStarting(world: World, now: number): void {
  for (const uid of world.starting) {
    const pod = podOf(world, uid);
    for (const container of pod?.containers ?? []) {
      const running = container.running;
      if (pod === undefined || running === undefined || container.ready || now - running < neverReady) continue;
      if (
        [...(world.book.byUid.get(uid) ?? [])].some(
          (incident) => incident.container === container.name && incident.endedAt === undefined,
        )
      )
        continue;
      const first = failuresOf(world.notes, uid, container.name, 'readiness', running, now)[0];
      if (first !== undefined) onUnready(world, pod, container, first.at, now);
    }
  }
}

/** Forgets controllers that nothing refers to any more, and restarts of yesterday. */
function prune(world: World, now: number): void {
  forget(world.book, now);
  for (const [uid, controller] of world.controllers) {
    // Most controllers have nothing to forget, and there are tens of thousands.
    if (controller.restarts.some((at) => now - at >= day)) {
      controller.restarts = controller.restarts.filter((at) => now - at < day);
      world.dirtyWorkloads.add(refKey(workloadOf(controller)));
    }
    if (
      controller.pods.size > 0 ||
      controller.restarts.length > 0 ||
      controller.slots.size > 0 ||
      world.objects.has(uid)
    )
      continue;
    const key = refKey(workloadOf(controller));
    world.controllers.delete(uid);
    removeFrom(world.groups, key, controller);
    if (controller.owner !== undefined) removeFrom(world.siblings, controller.owner.uid, controller);
    world.dirtyWorkloads.add(key);
  }
}

export function createEngine(): LiveEngine {
  const world = createWorld();
  const cache = createViewCache(world);
  const heardAt = new Map<string, number>();
  let cleaned = 0;
  let looked = 0;
  function* observeInSteps(observation: Observation, now: number): Generator<undefined> {
    const since = heardAt.get(observation.resource) ?? now;
    heardAt.set(observation.resource, now);
    if (observation.type === 'RELIST') {
      yield* relist(world, observation.resource, observation.objects, now, since);
      return;
    }
    const { object } = observation;
    if (object.resource !== observation.resource) return;
    world.unwatched.delete(object.uid);
    upsert(world, object, now);
    if (observation.type === 'DELETED') remove(world, object.uid, now);
  }
  return {
    observe(observation, now) {
      const steps = observeInSteps(observation, now);
      while (steps.next().done !== true);
    },
    observeInSteps,
    gap: () => startGap(world),
    tick(now) {
      checkBoots(world, now);
      for (const incident of world.book.open) {
        settle(world, incident, now);
        if (incident.endedAt !== undefined) continue;
        checkNeeds(world, incident, now);
        checkOverdue(world, incident, now);
      }
      checkStarting(world, now);
      checkServices(world, now);
      checkVolumes(world, now);
      checkClaims(world, now);
      checkAutoscalers(world, now);
      checkLeaving(world, now);
      if (now - looked >= lookEvery) {
        looked = now;
        checkOrdered(world, now);
        checkDrains(world, now);
      }
      if (now - cleaned < housekeeping) return;
      cleaned = now;
      prune(world, now);
    },
    view: (now, connection) => cache.view(now, connection),
  };
}
