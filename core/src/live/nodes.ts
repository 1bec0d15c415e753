/** Faults of nodes: lost and back. */
import type { Incident, Occurrence } from './incident.ts';
import type { SlimLease, SlimNode } from './slim-types.ts';
import type { World } from './world.ts';
import { adoptByNode } from './slots.ts';
import { classify } from './catalogue.ts';
import { endIncident, isOpen, reach, reopenWindow, touch } from './incident.ts';
import { evidence, openIncident, reopen } from './faults.ts';
import { capped } from './notes.ts';
import { needs } from './needs.ts';
import { nodeOf, refOf } from './world.ts';
import { settle } from './settle.ts';

/** A node that is still joining is not lost (milliseconds). */
const joining = 120_000;
/**
 * The node controller waits this long for a renewed lease. Heartbeats in the node's status come as rarely as every
 * five minutes, so an older one says nothing about when the kubelet fell silent (milliseconds).
 */
const gracePeriod = 50_000;
/** A lease that is older than this was read long before (milliseconds). */
const renewalsApart = 300_000;
const renewalLimit = 16;
const nodeLimit = 10_000;
const flapping = 900_000;

function faultTime(world: World, node: SlimNode, now: number): number {
  const at = node.ready?.at ?? now;
  const renewal = world.renewals.get(node.name)?.findLast((time) => time <= at);
  if (renewal !== undefined && node.ready?.status !== 'False' && at - renewal < renewalsApart) return renewal;
  return node.ready?.status === 'False' ? at : Math.min(at, Math.max(node.heartbeat ?? at, at - gracePeriod));
}

/** The open incident of a node that is not ready. */
function lossOf(world: World, uid: string): Incident | undefined {
  for (const incident of world.book.byUid.get(uid) ?? [])
    if (isOpen(incident) && incident.cause.startsWith('node-not-ready/')) return incident;
  return undefined;
}

export function onNode(world: World, previous: SlimNode | undefined, node: SlimNode, now: number): void {
  if (node.ready === undefined) return;
  const open = lossOf(world, node.uid);
  if (node.ready.status === 'True') {
    if (open === undefined) return;
    open.stableSince = node.ready.at ?? now;
    open.state = 'verifying';
    touch(world.book, open);
    settle(world, open, now);
    return;
  }
  const young = node.created !== undefined && (node.ready.at ?? now) - node.created < joining;
  if (young && previous?.ready?.status !== 'True') return;
  const incident = open ?? begin(world, node, now);
  const taint = node.taints.find(
    (entry) => entry.effect === 'NoExecute' && /\/(unreachable|not-ready)$/.test(entry.key),
  );
  if (incident === undefined || taint === undefined || incident.state !== 'detected') return;
  // The taint manager now counts down each pod's toleration.
  reach(incident, 'acting', taint.at ?? now);
  evidence(incident, refOf(node), 'spec.taints', `${taint.key}:${taint.effect}`, taint.at);
  incident.state = 'healing';
  touch(world.book, incident);
}

function begin(world: World, node: SlimNode, now: number): ReturnType<typeof openIncident> | undefined {
  const verdict = classify({ about: 'node', node });
  if (verdict === undefined) return undefined;
  const at = faultTime(world, node, now);
  const occurrence: Occurrence = { id: `${node.uid}/${node.ready?.at ?? now}`, at, detected: node.ready?.at ?? now };
  const ref = refOf(node);
  const recent = [...(world.book.byUid.get(node.uid) ?? [])].find(
    (incident) =>
      incident.state === 'recovered' &&
      incident.cause === verdict.cause &&
      at - (incident.phases.recovered ?? 0) <= reopenWindow,
  );
  if (recent !== undefined) again(world, recent, occurrence);
  const incident =
    recent ??
    openIncident(
      world,
      {
        id: occurrence.id,
        scope: 'node',
        verdict,
        actor: 'node-lifecycle',
        subject: ref,
        uid: node.uid,
        workload: ref,
        node: node.name,
      },
      occurrence,
    );
  evidence(
    incident,
    ref,
    'status.conditions[Ready]',
    `${node.ready?.status ?? 'Unknown'} (${node.ready?.reason ?? ''})`,
    node.ready?.at,
  );
  if (node.heartbeat !== undefined)
    evidence(incident, ref, 'status.conditions[Ready].lastHeartbeatTime', 'last report', node.heartbeat);
  for (const slot of world.book.open)
    if (slot.scope === 'slot' && slot.node === node.name && slot.parent === undefined) adoptByNode(world, slot);
  return incident;
}

/** Down, up and down again within a quarter of an hour: a node that flaps does not heal by itself. */
function again(world: World, incident: Incident, occurrence: Occurrence): void {
  const before = incident.occurrences.at(-1)?.detected ?? 0;
  reopen(world, incident, occurrence);
  if (occurrence.detected - before <= flapping) needs(world, incident, { id: 'needs.node-flaps' }, occurrence.detected);
}

/** A lease was read: it knows best when the kubelet was last alive, also when it comes after the node's own news. */
export function onLease(world: World, lease: SlimLease, now: number): void {
  if (lease.renewed === undefined) return;
  const known = world.renewals.get(lease.name) ?? [];
  if (known.includes(lease.renewed)) return;
  capped(world.renewals, lease.name, [...known, lease.renewed].sort((a, b) => a - b).slice(-renewalLimit), nodeLimit);
  const node = nodeOf(world, lease.name);
  const incident = lossOf(world, node?.uid ?? '');
  const fault = incident?.occurrences.at(-1);
  if (node === undefined || incident === undefined || fault === undefined || node.ready?.status === 'True') return;
  const at = faultTime(world, node, now);
  for (const affected of [incident, ...[...incident.children].flatMap((id) => world.book.all.get(id) ?? [])]) {
    if (affected.phases.fault === fault.at) affected.phases.fault = at;
    touch(world.book, affected);
  }
  fault.at = at;
}

/** A node that is taken out of the cluster does not come back: its incident ends with it. */
export function onNodeGone(world: World, node: SlimNode, now: number): void {
  for (const incident of world.book.byUid.get(node.uid) ?? []) {
    if (!isOpen(incident)) continue;
    endIncident(world.book, incident, 'planned', now, { id: 'ending.node-removed' });
  }
}
