/** Services: who answers for each, and outages, when nobody does although somebody should. */
import type { Incident, Occurrence } from './incident.ts';
import type { ObjectRef, ServiceRow } from './view.ts';
import type { SlimService } from './slim-types.ts';
import type { ServiceState, World } from './world.ts';
import { classify } from './catalogue.ts';
import { endIncident, isOpen, reopenWindow, setParent, touch, withdraw } from './incident.ts';
import { evidence, openIncident, reopen } from './faults.ts';
import { isActive } from './facts.ts';
import { nodeOf, podController, podOf, refKey, workloadOf } from './world.ts';

/** Streams of pods and of endpoints are not in step: whoever explains an outage may come this much later (milliseconds). */
const patience = 1000;
/** Endpoints return this much later than what kept them away has ended (milliseconds). */
const aftermath = 30_000;
/** An endpoint of a younger slice may just be starting (milliseconds). */
const starting = 120_000;

export function serviceKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

function stateOf(world: World, namespace: string | undefined, name: string): ServiceState {
  const key = serviceKey(namespace, name);
  let found = world.services.get(key);
  if (found === undefined) {
    found = {
      key,
      namespace: namespace ?? '',
      name,
      slices: new Set(),
      ready: 0,
      total: 0,
      backers: new Map(),
      answered: false,
      removed: false,
      state: 'empty',
    };
    world.services.set(key, found);
  }
  return found;
}

/** A Service object came or changed. */
export function onService(world: World, object: SlimService): void {
  const service = stateOf(world, object.namespace, object.name);
  service.object = object;
  service.removed = false;
  world.dirtyServices.add(service.key);
}

/** A Service was deleted: nobody is missed. */
export function onServiceGone(world: World, object: SlimService, now: number): void {
  const service = stateOf(world, object.namespace, object.name);
  if (service.object?.uid !== object.uid) return;
  delete service.object;
  delete service.mismatchedAt;
  service.removed = true;
  const outage = outageOf(world, service);
  if (outage !== undefined) endIncident(world.book, outage, 'planned', now, { id: 'ending.removed' });
  forgetIfEmpty(world, service);
}

function forgetIfEmpty(world: World, service: ServiceState): void {
  world.dirtyServices.add(service.key);
  if (service.object === undefined && service.slices.size === 0) world.services.delete(service.key);
}

/** The endpoints of a Service changed: `slice` belongs to it, or no longer does. */
export function onSlice(
  world: World,
  namespace: string | undefined,
  name: string,
  slice: string,
  present: boolean,
  now: number,
): void {
  const service = stateOf(world, namespace, name);
  if (present) service.slices.add(slice);
  else service.slices.delete(slice);
  count(world, service, now);
  forgetIfEmpty(world, service);
}

function count(world: World, service: ServiceState, now: number): void {
  const pods = new Map<string, boolean>();
  let [ready, total, created] = [0, 0, now];
  for (const uid of service.slices) {
    const slice = world.objects.get(uid);
    if (slice?.resource !== 'endpointslices') continue;
    created = Math.min(created, slice.created ?? now);
    // A pod with two addresses is in two slices, and is one all the same.
    for (const entry of slice.endpoints) pods.set(entry.podUid, entry.ready || pods.get(entry.podUid) === true);
    ready += slice.others?.ready ?? 0;
    total += slice.others?.total ?? 0;
  }
  for (const isReady of pods.values()) if (isReady) ready++;
  total += pods.size;
  if (pods.size > 0) {
    const controller = (uid: string): string | undefined => {
      const pod = podOf(world, uid);
      return (pod && podController(world, pod)?.uid) ?? service.backers.get(uid);
    };
    service.backers = new Map([...pods.keys()].map((uid) => [uid, controller(uid)]));
  }
  if ((ready === 0) !== (service.ready === 0)) touchBackers(world, service);
  Object.assign(service, { ready, total });
  if (ready > 0) {
    service.answered = true;
    delete service.lostAt;
    end(world, service, now);
  } else if (service.answered) service.lostAt ??= now;
  // The first look at a Service whose endpoints have long been there and do not answer.
  else if (total > 0 && now - created > starting) service.state = 'down';
  setState(service, now);
}

/** How urgent a pod's trouble is depends on whether anybody else answers. */
function touchBackers(world: World, service: ServiceState): void {
  for (const uid of service.backers.keys())
    for (const subject of [uid, nodeOf(world, podOf(world, uid)?.node)?.uid ?? ''])
      for (const incident of world.book.byUid.get(subject) ?? []) if (isOpen(incident)) touch(world.book, incident);
}

function setState(service: ServiceState, now: number): void {
  const { ready, total, lostAt, state } = service;
  const missed = lostAt !== undefined || (state === 'down' && total > 0);
  const next = ready > 0 ? (ready < total ? 'degraded' : 'healthy') : missed ? 'down' : 'empty';
  if (next === state) return;
  service.state = next;
  service.since = lostAt ?? now;
}

/** Does anybody behind this Service still want to run? Who scales to zero or deletes it all expects no answer. */
function isWanted(world: World, service: ServiceState): boolean {
  if (service.removed) return false;
  for (const [uid, controllerUid] of service.backers) {
    const controller = world.controllers.get(controllerUid ?? '');
    if (controller === undefined) {
      const pod = podOf(world, uid);
      if (pod !== undefined && isActive(pod)) return true;
      continue;
    }
    const top = world.objects.get(world.tops.get(refKey(workloadOf(controller))) ?? '') ?? controller.object;
    const workload = top !== undefined && 'minReadySeconds' in top ? top : undefined;
    if (controller.gone || workload?.deleted !== undefined || workload?.finished !== undefined) continue;
    if (workload === undefined || workload.desired > 0) return true;
  }
  return false;
}

/** Is it one row already? The only pod has an incident of its own, or all pods are on nodes that are down. */
function isExplained(world: World, service: ServiceState, lostAt: number, now: number): boolean {
  const pods = [...service.backers.keys()];
  const [only] = pods;
  if (pods.length === 1 && only !== undefined && [...(world.book.byUid.get(only) ?? [])].some(isOpen)) return true;
  return pods.length > 0 && pods.every((uid) => isOnLostNode(world, uid, lostAt, now));
}

/** Its node is not ready, or was not a moment ago: endpoints return after their node. */
function isOnLostNode(world: World, podUid: string, lostAt: number, now: number): boolean {
  const ready = nodeOf(world, podOf(world, podUid)?.node)?.ready;
  if (ready === undefined) return false;
  return ready.status !== 'True' || (ready.at !== undefined && ready.at >= lostAt && now - ready.at < aftermath);
}

function outageOf(world: World, service: ServiceState): Incident | undefined {
  return [...(world.book.byUid.get(`service/${service.key}`) ?? [])].find(isOpen);
}

/** Reference of a Service, with its UID where its object was seen. */
function refOfService({ namespace, name, object }: ServiceState): ObjectRef {
  return { apiVersion: 'v1', kind: 'Service', namespace, name, ...(object && { uid: object.uid }) };
}

/** Outages begin and are told apart from what somebody wanted as time passes. */
export function checkServices(world: World, now: number): void {
  for (const service of world.services.values()) {
    if (service.lostAt === undefined) {
      if (service.total === 0) checkSelector(world, service, now);
      continue;
    }
    const outage = outageOf(world, service);
    if (!isWanted(world, service)) {
      if (outage !== undefined) endIncident(world.book, outage, 'planned', now, { id: 'ending.removed' });
      delete service.lostAt;
      service.answered = false;
      setState(service, now);
      world.dirtyServices.add(service.key);
    } else if (isExplained(world, service, service.lostAt, now)) {
      const young = now - service.lostAt < aftermath;
      if (young && outage?.count === 1) withdraw(world.book, outage);
    } else if (now - service.lostAt >= patience) adopt(world, service, outage ?? begin(world, service, service.lostAt));
  }
}

const namesakes = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** A workload of the Service's own name that has ready pods. */
function namesakeOf(world: World, { namespace, name }: ServiceState): string | undefined {
  return namesakes.find((kind) => {
    const found = world.objects.get(world.tops.get(`${kind}/${namespace}/${name}`) ?? '');
    return found !== undefined && 'minReadySeconds' in found && found.ready > 0 && found.deleted === undefined;
  });
}

/**
 * A pod that a Service selects is in its slices, ready or not. So when a workload of the Service's name has ready pods
 * and the slices are empty, the selector is wrong. Any other Service without pods may well be meant to have none.
 */
function checkSelector(world: World, service: ServiceState, now: number): void {
  const { object, slices } = service;
  const selects = object?.selector !== undefined && !object.external && slices.size > 0;
  const namesake = selects ? namesakeOf(world, service) : undefined;
  const outage = outageOf(world, service);
  if (namesake === undefined) {
    delete service.mismatchedAt;
    if (outage !== undefined) endIncident(world.book, outage, 'planned', now, { id: 'ending.removed' });
    return;
  }
  service.mismatchedAt ??= now;
  if (outage === undefined && now - service.mismatchedAt >= aftermath)
    begin(world, service, service.mismatchedAt, namesake);
}

function begin(world: World, service: ServiceState, at: number, namesake?: string): Incident | undefined {
  const ref = refOfService(service);
  const verdict = classify({
    about: 'service',
    name: service.name,
    pods: service.backers.size,
    ...(namesake !== undefined && { namesake }),
  });
  if (verdict === undefined) return undefined;
  const uid = `service/${service.key}`;
  const occurrence: Occurrence = { id: `${uid}/${at}`, at, detected: at };
  const recent = [...(world.book.byUid.get(uid) ?? [])].find(
    (incident) =>
      incident.state === 'recovered' &&
      incident.cause === verdict.cause &&
      at - (incident.phases.recovered ?? 0) <= reopenWindow,
  );
  if (recent !== undefined) reopen(world, recent, occurrence);
  const incident =
    recent ??
    openIncident(
      world,
      {
        id: occurrence.id,
        scope: 'object',
        verdict,
        actor: namesake === undefined ? 'endpointslice' : 'none',
        subject: ref,
        uid,
        workload: ref,
      },
      occurrence,
    );
  evidence(incident, ref, 'endpoints[ready]', `0 of ${service.total}`, at);
  incident.state = namesake === undefined ? 'healing' : 'detected';
  return incident;
}

/** What is wrong with the pods is what is wrong with the Service. */
function adopt(world: World, service: ServiceState, outage: Incident | undefined): void {
  if (outage === undefined) return;
  for (const uid of service.backers.keys()) {
    const replaced = world.replacing.get(uid);
    for (const child of [...(world.book.byUid.get(uid) ?? []), ...(replaced === undefined ? [] : [replaced])])
      if (isOpen(child) && child.parent === undefined) setParent(world.book, child, outage);
  }
}

function end(world: World, service: ServiceState, now: number): void {
  const outage = outageOf(world, service);
  if (outage === undefined) return;
  adopt(world, service, outage);
  outage.phases.recovered = now;
  outage.phases.endpointReturned = now;
  touch(world.book, outage);
  endIncident(world.book, outage, 'recovered', now, { id: 'ending.endpoint-returned' });
}

/** Row of a Service; undefined for those that have no endpoints by nature. */
export function serviceRow(world: World, key: string): ServiceRow | undefined {
  const service = world.services.get(key);
  if (service === undefined) return undefined;
  const { object, ready, total, state, since } = service;
  if (object !== undefined && (object.external || (object.selector === undefined && total === 0))) return undefined;
  return { ref: refOfService(service), ready, total, state, ...(since !== undefined && { since }) };
}
