/** Everything the engine knows: objects by UID, the indexes over them, notes of events and the book of incidents. */
import type { Book, Incident } from './incident.ts';
import type { Notes } from './notes.ts';
import type { Sighting } from './correlate.ts';
import type { ActionRow, ObjectRef, ServiceRow } from './view.ts';
import type { Owner, SlimNode, SlimObject, SlimPod, SlimService, SlimWorkload } from './slim-types.ts';
import { capped, createNotes } from './notes.ts';
import { createBook } from './incident.ts';
import type { Storage } from './storage-state.ts';
import { createStorage } from './storage-state.ts';

/** A pod that left; kept a while, since what it was for may be told later. */
export interface Removal {
  readonly pod: SlimPod;
  /** It was still there at this moment; the same as `lostAt` where its end was seen. */
  readonly since: number;
  readonly lostAt: number;
  readonly seenAt: number;
  kind?: 'planned' | 'rollout' | 'unplanned';
  slot?: Incident;
  /** Container incidents that this removal ended or carried over. */
  affected: Incident[];
}

/** A controller of pods: known from its object, or only from the pods that name it. */
export interface Controller {
  readonly uid: string;
  readonly ref: ObjectRef;
  owner?: Owner;
  /** Deployment that a ReplicaSet's name suggests, until the ReplicaSet itself is seen. */
  guess?: ObjectRef;
  object?: SlimWorkload;
  gone: boolean;
  readonly pods: Set<string>;
  /** Start times of restarted containers, one entry per restart. */
  restarts: number[];
  /** When its number of desired pods was last lowered. */
  loweredAt?: number;
  readonly slots: Set<Incident>;
  removals: Removal[];
  /** Recently created pods that replace nobody yet. */
  births: SlimPod[];
  /** When its newest pod was created. */
  bornAt?: number;
}

/** What is known of a Service, from its object and its slices. */
export interface ServiceState {
  /** `namespace/name` */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  object?: SlimService;
  readonly slices: Set<string>;
  ready: number;
  total: number;
  /** Pods behind it, and the UID of the controller of each: those in the slices, or the last ones that were. */
  backers: ReadonlyMap<string, string | undefined>;
  /** Its object was deleted; where Services cannot be read, there never was one. */
  removed: boolean;
  /** Somebody has answered since we look. */
  answered: boolean;
  /** When ready pods of a workload of its name were first seen that it does not select. */
  mismatchedAt?: number;
  /** When the last one stopped to. */
  lostAt?: number;
  state: ServiceRow['state'];
  since?: number;
}

export interface World {
  readonly objects: Map<string, SlimObject>;
  readonly byResource: Map<string, Set<string>>;
  /** UIDs that were deleted: a late or repeated message does not bring them back. */
  readonly tombs: Map<string, true>;
  readonly controllers: Map<string, Controller>;
  /** Controllers by the UID of what owns them. */
  readonly siblings: Map<string, Set<Controller>>;
  readonly nodeByName: Map<string, string>;
  readonly podsByNode: Map<string, Set<string>>;
  /** Last renewals of nodes' leases, by node name. */
  readonly renewals: Map<string, number[]>;
  readonly notes: Notes;
  /** When each node was last started anew, by node name. */
  readonly boots: Map<string, number>;
  /** Incidents that tell of these boots, as long as they wait for what ran before, by node name. */
  readonly rebooting: Map<string, Incident>;
  /** Seconds from start to readiness of the latest instances, by workload key and container. */
  readonly startTimes: Map<string, readonly number[]>;
  /** Open rollout incidents, by workload key. */
  readonly rollouts: Map<
    string,
    { readonly incident: Incident; readonly controller: Controller; readonly revision: string }
  >;
  /** Pods that are being deleted. */
  readonly leaving: Set<string>;
  /** Nodes whose pods are to go, and since when. */
  readonly draining: Map<string, number>;
  /** Nodes of them that a pod was evicted from. */
  readonly evictedFrom: Set<string>;
  /** Open incidents of drains that a budget holds up. */
  readonly blockedDrains: Set<Incident>;
  /** The latest faults that may share a cause with others. */
  readonly sightings: Sighting[];
  readonly book: Book;
  /** Slot incident that this pod fills, as long as the pod lives. */
  readonly replacing: Map<string, Incident>;
  /** Incidents carried over to a new revision, by workload key. */
  readonly carried: Map<string, Set<Incident>>;
  /** Slices that a pod is in. */
  readonly slicesOf: Map<string, Set<string>>;
  /** Services by `namespace/name`. */
  readonly services: Map<string, ServiceState>;
  readonly dirtyServices: Set<string>;
  readonly storage: Storage;
  /** By id. */
  readonly actions: Map<string, ActionRow>;
  actionsChanged: boolean;
  /** Pods with a running container that was never ready yet. */
  readonly starting: Set<string>;
  /** Counts changes of workloads and of nodes, by row key: their cached rows are dropped. */
  readonly dirtyWorkloads: Set<string>;
  readonly dirtyNodes: Set<string>;
  /** Objects as they were before a time in which nobody watched, until they are seen again. */
  readonly unwatched: Set<string>;
  /** Controllers by the key of the workload they belong to. */
  readonly groups: Map<string, Set<Controller>>;
  /** UIDs of workload objects that nothing known owns, by key. */
  readonly tops: Map<string, string>;
  readyPods: number;
}

const tombLimit = 5000;

export function createWorld(): World {
  return {
    objects: new Map(),
    byResource: new Map(),
    tombs: new Map(),
    controllers: new Map(),
    siblings: new Map(),
    nodeByName: new Map(),
    podsByNode: new Map(),
    renewals: new Map(),
    notes: createNotes(),
    boots: new Map(),
    rebooting: new Map(),
    startTimes: new Map(),
    rollouts: new Map(),
    leaving: new Set(),
    draining: new Map(),
    evictedFrom: new Set(),
    blockedDrains: new Set(),
    sightings: [],
    book: createBook(),
    replacing: new Map(),
    carried: new Map(),
    slicesOf: new Map(),
    services: new Map(),
    dirtyServices: new Set(),
    storage: createStorage(),
    actions: new Map(),
    actionsChanged: false,
    starting: new Set(),
    dirtyWorkloads: new Set(),
    dirtyNodes: new Set(),
    unwatched: new Set(),
    groups: new Map(),
    tops: new Map(),
    readyPods: 0,
  };
}

export function refOf(object: SlimObject): ObjectRef {
  const { apiVersion, kind, namespace, name, uid } = object;
  return { apiVersion, kind, ...(namespace !== undefined && { namespace }), name, uid };
}

export function refKey(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}

export function podOf(world: World, uid: string): SlimPod | undefined {
  const found = world.objects.get(uid);
  return found?.resource === 'pods' ? found : undefined;
}

export function nodeOf(world: World, name: string | undefined): SlimNode | undefined {
  const found = name === undefined ? undefined : world.objects.get(world.nodeByName.get(name) ?? '');
  return found?.resource === 'nodes' ? found : undefined;
}

/** The controller of this UID, made on first mention. */
export function controllerOf(world: World, uid: string, ref: ObjectRef): Controller {
  const known = world.controllers.get(uid);
  if (known !== undefined) return known;
  const made: Controller = {
    uid,
    ref,
    gone: false,
    pods: new Set(),
    restarts: [],
    slots: new Set(),
    removals: [],
    births: [],
  };
  world.controllers.set(uid, made);
  addTo(world.groups, refKey(ref), made);
  return made;
}

export function podController(world: World, pod: SlimPod): Controller | undefined {
  const owner = pod.owner;
  // The owner of a static pod is its node, which replaces nothing.
  if (owner === undefined || owner.kind === 'Node') return undefined;
  const { apiVersion, kind, name, uid } = owner;
  const known = world.controllers.get(uid);
  if (known !== undefined && (kind !== 'ReplicaSet' || known.object !== undefined || known.guess !== undefined))
    return known;
  const ref = { apiVersion, kind, ...(pod.namespace !== undefined && { namespace: pod.namespace }), name, uid };
  const controller = controllerOf(world, uid, ref);
  const hash = `-${pod.revision ?? ''}`;
  if (
    kind === 'ReplicaSet' &&
    pod.revision !== undefined &&
    name.endsWith(hash) &&
    controller.object === undefined &&
    controller.guess === undefined
  ) {
    const { uid: _uid, ...rest } = ref;
    regroup(world, controller, () => {
      controller.guess = { ...rest, kind: 'Deployment', name: name.slice(0, -hash.length) };
    });
  }
  return controller;
}

/** Changes what a controller belongs to. */
function regroup(world: World, controller: Controller, change: () => void): void {
  const before = refKey(workloadOf(controller));
  removeFrom(world.groups, before, controller);
  change();
  const workload = workloadOf(controller);
  addTo(world.groups, refKey(workload), controller);
  world.dirtyWorkloads.add(before).add(refKey(workload));
  for (const incident of world.book.open) {
    if (incident.controller !== controller.uid) continue;
    incident.workload = workload;
    delete incident.pattern;
  }
}

/** A controller's own object was seen: it knows its owner, or has none. */
export function setObject(world: World, controller: Controller, object: SlimWorkload): void {
  controller.object = object;
  const { owner } = object;
  if (owner?.uid === controller.owner?.uid && controller.guess === undefined) return;
  regroup(world, controller, () => {
    delete controller.guess;
    if (owner !== undefined) controller.owner = owner;
  });
  if (owner !== undefined) addTo(world.siblings, owner.uid, controller);
}

/** Topmost known owner: what a person wrote a manifest for. */
export function workloadOf(controller: Controller): ObjectRef {
  const { ref, owner, guess } = controller;
  if (owner === undefined && guess !== undefined) return guess;
  if ((ref.kind === 'ReplicaSet' || ref.kind === 'Job') && owner !== undefined) {
    return {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      ...(ref.namespace !== undefined && { namespace: ref.namespace }),
      name: owner.name,
      uid: owner.uid,
    };
  }
  return ref;
}

/** Whom a pod's restarts and readiness are counted for: its controller, or the pod itself where it has none. */
export function podGroup(world: World, pod: SlimPod): Controller {
  return podController(world, pod) ?? controllerOf(world, pod.uid, refOf(pod));
}

/** Workload of a pod: its controller's, or the pod itself where it has none. */
export function podWorkload(world: World, pod: SlimPod): ObjectRef {
  const controller = podController(world, pod);
  return controller === undefined ? refOf(pod) : workloadOf(controller);
}

export function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, new Set([value]));
  else found.add(value);
}

export function removeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const found = map.get(key);
  if (found?.delete(value) === true && found.size === 0) map.delete(key);
}

/** Takes a new version of an object. False when it is not news: seen before, older than what we have, or deleted long since. */
export function store(world: World, object: SlimObject): boolean {
  if (world.tombs.has(object.uid)) return false;
  const known = world.objects.get(object.uid);
  if (known !== undefined && !isNewer(object, known)) return false;
  world.objects.set(object.uid, object);
  addTo(world.byResource, object.resource, object.uid);
  return true;
}

/** Resource versions of one object are ordered where both are numbers, as those of the API server are. */
function isNewer(next: SlimObject, known: SlimObject): boolean {
  const [a, b] = [Number(next.resourceVersion), Number(known.resourceVersion)];
  return Number.isInteger(a) && Number.isInteger(b)
    ? a > b
    : next.resourceVersion === undefined || next.resourceVersion !== known.resourceVersion;
}

export function unstore(world: World, object: SlimObject): void {
  world.objects.delete(object.uid);
  world.unwatched.delete(object.uid);
  removeFrom(world.byResource, object.resource, object.uid);
  capped(world.tombs, object.uid, true, tombLimit);
}
