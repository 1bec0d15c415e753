/** Urgency: how bad it is times how much of the workload it takes. */
import type { Incident } from './incident.ts';
import type { Scope } from './incident.ts';
import type { World } from './world.ts';
import { hasDeadService } from './endpoints.ts';
import { touch } from './incident.ts';

const hour = 3600_000;

/**
 * How long healing takes where it works with default settings (milliseconds): the kubelet's longest back-off; eviction
 * from a lost node after 50 s of silence and 300 s of toleration; the scheduler's look at pods that found no node.
 */
const expected: Readonly<Record<Scope, number>> = {
  container: 300_000,
  pod: 300_000,
  slot: 360_000,
  node: 360_000,
  workload: 600_000,
  object: 360_000,
};

/** Notes that healing takes longer than it should; told once, when the time has come. */
export function checkOverdue(world: World, incident: Incident, now: number): void {
  if (incident.overdue === true || incident.state === 'verifying') return;
  if (now - (incident.phases.fault ?? now) <= expected[incident.scope]) return;
  incident.overdue = true;
  touch(world.book, incident);
}

/** Three faults within an hour. */
function repeats({ occurrences }: Incident): boolean {
  const [third, last] = [occurrences.at(-3), occurrences.at(-1)];
  return third !== undefined && last !== undefined && last.at - third.at <= hour;
}

/** 4: data at risk, or a Service without any endpoint · 3: a person is needed · 2: too slow or repeating · 1: heals alone. */
function severity(incident: Incident, dead: boolean): number {
  if (dead || incident.cause.startsWith('volume-lost/')) return 4;
  if (incident.needs !== undefined) return 3;
  const slow = incident.overdue === true && incident.state !== 'verifying';
  return slow || repeats(incident) ? 2 : 1;
}

/** A Service that lost its last endpoint by this: the incident's own, one of a pod under it, or of one on the lost node. */
function isDead(world: World, incident: Incident): boolean {
  if (incident.cause === 'service-down/no-ready-endpoints' || hasDeadService(world, incident.uid)) return true;
  if (incident.scope === 'node')
    return [...(world.podsByNode.get(incident.node ?? '') ?? [])].some((uid) => hasDeadService(world, uid));
  if (incident.scope !== 'workload') return false;
  for (const id of incident.children) {
    const child = world.book.all.get(id);
    if (child !== undefined && hasDeadService(world, child.uid)) return true;
  }
  return false;
}

/** `impact`: the part of the workload's pods, of the Service's endpoints or of the nodes that is not ready (0..1). */
export function urgency(world: World, incident: Incident, impact: number): number {
  const dead = incident.endedAt === undefined && incident.state !== 'verifying' && isDead(world, incident);
  const recurrences = Math.min((incident.recurrences ?? incident.count - 1) / 5, 1);
  return severity(incident, dead) * (1 + 2 * impact + (dead ? 2 : 0) + 0.5 * recurrences);
}

/** The class of an urgency: 1 is the most urgent. */
export function priorityOf(score: number): 1 | 2 | 3 | 4 {
  return score >= 12 ? 1 : score >= 6 ? 2 : score >= 3 ? 3 : 4;
}
