/** Faults of nodes: lost and back. */
import type { Occurrence } from './incident.ts';
import type { SlimNode } from './slim-types.ts';
import type { World } from './world.ts';
import { adoptByNode } from './slots.ts';
import { classify } from './catalogue.ts';
import { endIncident, isOpen, reach, reopenWindow, touch } from './incident.ts';
import { evidence, openIncident, reopen } from './faults.ts';
import { refOf } from './world.ts';
import { settle } from './settle.ts';

/** A node that is still joining is not lost (milliseconds). */
const joining = 120_000;
/**
 * The node controller waits this long for a renewed lease. Heartbeats in the node's status come as rarely as every
 * five minutes, so an older one says nothing about when the kubelet fell silent (milliseconds).
 */
const gracePeriod = 50_000;

function faultTime(node: SlimNode, now: number): number {
  const at = node.ready?.at ?? now;
  return node.ready?.status === 'False' ? at : Math.min(at, Math.max(node.heartbeat ?? at, at - gracePeriod));
}

export function onNode(world: World, previous: SlimNode | undefined, node: SlimNode, now: number): void {
  if (node.ready === undefined) return;
  const open = [...(world.book.byUid.get(node.uid) ?? [])].find(isOpen);
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
  const taint = node.taints.find((entry) => entry.effect === 'NoExecute' && /\/(unreachable|not-ready)$/.test(entry.key));
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
  const at = faultTime(node, now);
  const occurrence: Occurrence = { id: `${node.uid}/${node.ready?.at ?? now}`, at, detected: node.ready?.at ?? now };
  const ref = refOf(node);
  const recent = [...(world.book.byUid.get(node.uid) ?? [])].find(
    (incident) => incident.state === 'recovered' && incident.cause === verdict.cause && at - (incident.phases.recovered ?? 0) <= reopenWindow,
  );
  if (recent !== undefined) reopen(world, recent, occurrence);
  const incident =
    recent ??
    openIncident(world, { id: occurrence.id, scope: 'node', verdict, actor: 'node-lifecycle', subject: ref, uid: node.uid, workload: ref, node: node.name }, occurrence);
  evidence(incident, ref, 'status.conditions[Ready]', `${node.ready?.status ?? 'Unknown'} (${node.ready?.reason ?? ''})`, node.ready?.at);
  if (node.heartbeat !== undefined) evidence(incident, ref, 'status.conditions[Ready].lastHeartbeatTime', 'last report', node.heartbeat);
  for (const slot of world.book.open) if (slot.scope === 'slot' && slot.node === node.name && slot.parent === undefined) adoptByNode(world, slot);
  return incident;
}

/** A node that is taken out of the cluster does not come back: its incident ends with it. */
export function onNodeGone(world: World, node: SlimNode, now: number): void {
  for (const incident of world.book.byUid.get(node.uid) ?? []) {
    if (!isOpen(incident)) continue;
    endIncident(world.book, incident, 'planned', now, { id: 'ending.node-removed' });
  }
}

