/** Nodes that are not well although they report: pressure, kills for want of memory, reboots. */
import type { Incident } from './incident.ts';
import type { SlimEvent, SlimNode } from './slim-types.ts';
import type { World } from './world.ts';
import { adoptLost } from './boots.ts';
import { capped } from './notes.ts';
import { classify } from './catalogue.ts';
import { evidence, openIncident, recur, reopen } from './faults.ts';
import { isOpen, reopenWindow, setParent, touch } from './incident.ts';
import { nodeOf, refOf } from './world.ts';
import { onPodNotes } from './hindsight.ts';
import { settle } from './settle.ts';

const nodeLimit = 10_000;
const oomLimit = 16;
/** An event that is older than this when it is first seen tells of the past (milliseconds). */
const recent = 600_000;
/** A node that was not ready tells of its boot when it is back, or a little later (milliseconds). */
const comesBack = 120_000;
/** Kills of containers belong to the node's report within this time (milliseconds). */
const near = 5000;

function open(world: World, node: SlimNode, type: string, text: string, at: number, now: number): Incident | undefined {
  const verdict = classify({ about: 'trouble', node, type, text });
  if (verdict === undefined) return undefined;
  const own = [...(world.book.byUid.get(node.uid) ?? [])].filter(
    (incident) =>
      incident.cause === verdict.cause && incident.fingerprint === (verdict.fingerprint ?? incident.fingerprint),
  );
  const occurrence = { id: `${node.uid}/${type}:${at}`, at, detected: now };
  if (own.some((incident) => incident.occurrences.some((known) => known.id === occurrence.id))) return undefined;
  const known = own.find(isOpen);
  if (known !== undefined) {
    recur(world, known, occurrence);
    return known;
  }
  const ended = own.find(
    (incident) => incident.state === 'recovered' && at - (incident.phases.recovered ?? 0) <= reopenWindow,
  );
  if (ended !== undefined) {
    reopen(world, ended, occurrence);
    return ended;
  }
  const ref = refOf(node);
  return openIncident(
    world,
    {
      id: occurrence.id,
      scope: 'node',
      verdict,
      actor: 'kubelet',
      subject: ref,
      uid: node.uid,
      workload: ref,
      node: node.name,
    },
    occurrence,
  );
}

/** Takes a new version of a node: its conditions other than Ready, and its boot. */
export function onNodeTrouble(world: World, previous: SlimNode | undefined, node: SlimNode, now: number): void {
  for (const trouble of node.troubles ?? []) {
    const at = trouble.at ?? now;
    const incident = open(world, node, trouble.type, trouble.message ?? '', at, now);
    if (incident === undefined) continue;
    incident.state = 'healing';
    evidence(incident, refOf(node), `status.conditions[${trouble.type}]`, trouble.message ?? 'True', at);
  }
  const types = new Set(node.troubles?.map(({ type }) => type));
  for (const incident of world.book.byUid.get(node.uid) ?? []) {
    if (!isOpen(incident) || !incident.cause.startsWith('node-pressure/')) continue;
    if (types.has(incident.fingerprint)) continue;
    incident.stableSince ??= now;
    incident.state = 'verifying';
    settle(world, incident, now);
  }
  const [before, boot] = [previous?.bootId, node.bootId];
  if (before !== undefined && boot !== undefined && before !== boot) onBoot(world, node, now);
}

/** A new boot id: whatever ran before is gone. */
function onBoot(world: World, node: SlimNode, now: number): void {
  capped(world.boots, node.name, now, nodeLimit);
  const down = [...(world.book.byUid.get(node.uid) ?? [])].find(
    (incident) =>
      incident.cause.startsWith('node-not-ready/') &&
      (isOpen(incident) || now - (incident.phases.recovered ?? 0) <= comesBack),
  );
  const incident = down ?? open(world, node, 'Rebooted', '', now, now);
  if (incident !== undefined) {
    evidence(incident, refOf(node), 'status.nodeInfo.bootID', 'changed', now);
    if (incident !== down) settleAfter(world, incident, now, now);
    touch(world.book, incident);
  }
  judgePodsAnew(world, node.name, now);
  if (incident !== undefined) adoptLost(world, node.name, incident);
}

/** Recovered as soon as it is past: what it did to pods is told by their own incidents. */
function settleAfter(world: World, incident: Incident, at: number, now: number): void {
  incident.stableSince = at;
  incident.state = 'verifying';
  settle(world, incident, now);
}

/** Words of the kernel about a node's memory: nothing in any status says it. */
export function onNodeEvent(world: World, event: SlimEvent, now: number): void {
  if (event.reason !== 'SystemOOM' && event.reason !== 'OOMKilling') return;
  const name = event.involved.name;
  const node = nodeOf(world, name);
  const at = event.last ?? now;
  const known = world.notes.nodeOoms.get(name) ?? [];
  if (known.includes(at)) return;
  capped(world.notes.nodeOoms, name, [...known, at].slice(-oomLimit), nodeLimit);
  // A memory cgroup that is over its own limit is the container's affair, not the node's.
  const system = event.reason === 'SystemOOM' && !/cgroup/i.test(event.message);
  if (node !== undefined && system && now - at <= recent) {
    const incident = open(world, node, 'SystemOOM', event.message, at, now);
    if (incident !== undefined) {
      evidence(incident, refOf(node), 'events[SystemOOM]', event.message.slice(0, 200), at, 'event');
      settleAfter(world, incident, at, now);
    }
  }
  judgePodsAnew(world, name, now);
  adoptKilled(world, name, at);
}

function judgePodsAnew(world: World, node: string, now: number): void {
  for (const uid of world.podsByNode.get(node) ?? []) if (world.book.byUid.has(uid)) onPodNotes(world, uid, now);
}

/** Containers that died with the node's memory hang under the node's incident. */
function adoptKilled(world: World, node: string, at: number): void {
  const parent = [...(world.book.byUid.get(nodeOf(world, node)?.uid ?? '') ?? [])].find((incident) =>
    incident.cause.startsWith('node-out-of-memory/'),
  );
  if (parent === undefined) return;
  for (const uid of world.podsByNode.get(node) ?? []) {
    for (const incident of world.book.byUid.get(uid) ?? []) {
      const killed = incident.cause === 'oom-killed/system' || incident.cause === 'oom-killed/node';
      if (!killed || incident.parent !== undefined) continue;
      if (incident.occurrences.some((occurrence) => Math.abs(occurrence.at - at) <= near))
        setParent(world.book, incident, parent);
    }
  }
}
