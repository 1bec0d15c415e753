/** Failures at the same time in several workloads: what they share is likelier to blame than each of them. */
import type { Incident, Occurrence } from './incident.ts';
import type { World } from './world.ts';
import { needs } from './needs.ts';
import { refKey } from './world.ts';
import { touch } from './incident.ts';

/** Faults within this time belong together (milliseconds). */
const window = 60_000;
/** Kills in the same second, given times of one second's resolution (milliseconds). */
const sameSecond = 1000;
const enough = 3;
const keep = 256;
/** A verdict that is surer than this stands, whatever happens elsewhere. */
const sure = 0.7;
/** A container that ran this long was well before (milliseconds). */
const wasWell = 60_000;

/** A fault that may have a common cause with others. */
export interface Sighting {
  readonly at: number;
  readonly node: string | undefined;
  readonly workload: string;
  readonly incident: Incident;
}

/** Probes see what a container depends on; exits, what its node does to it. */
const ofProbe = /^(?:liveness-probe-failed|readiness-lost|startup-probe-failed)\//;

/** A container that always crashes says nothing about its surroundings. */
function isTelling(incident: Incident, occurrence: Occurrence): boolean {
  if (incident.confidence > sure || (incident.rootCause !== 'application' && incident.rootCause !== 'unknown'))
    return false;
  if (ofProbe.test(incident.cause)) return true;
  const { started, finished } = occurrence.termination ?? {};
  return started !== undefined && finished !== undefined && finished - started >= wasWell;
}

function workloadsOf(sightings: readonly Sighting[]): number {
  return new Set(sightings.map(({ workload }) => workload)).size;
}

/** Takes a fault of a container into account, and tells all that happened with it what they have in common. */
export function correlate(world: World, incident: Incident, occurrence: Occurrence): void {
  if (incident.scope !== 'container' || !isTelling(incident, occurrence)) return;
  const at = occurrence.at;
  const sighting: Sighting = { at, node: incident.node, workload: refKey(incident.workload), incident };
  world.sightings.push(sighting);
  if (world.sightings.length > keep) world.sightings.shift();
  const near = world.sightings.filter((other) => Math.abs(other.at - at) <= window);
  const sameNode = near.filter((other) => other.node !== undefined && other.node === incident.node);
  if (workloadsOf(sameNode) >= enough) {
    mark(world, sameNode, 'node', 0.7);
    return;
  }
  const probes = near.filter((other) => ofProbe.test(other.incident.cause));
  if (workloadsOf(probes) < enough || new Set(probes.map(({ node }) => node)).size < 2) return;
  mark(world, probes, 'network', 0.5);
  const kills = probes.filter(
    (other) => other.incident.cause.startsWith('liveness-probe-failed/') && Math.abs(other.at - at) <= sameSecond,
  );
  if (workloadsOf(kills) < enough) return;
  for (const other of kills) needs(world, other.incident, { id: 'needs.dependency-down' }, at);
}

function mark(world: World, sightings: readonly Sighting[], rootCause: 'node' | 'network', confidence: number): void {
  for (const { incident } of sightings) {
    if (incident.correlated?.rootCause === rootCause || incident.correlated?.rootCause === 'node') continue;
    incident.correlated = { rootCause, confidence };
    touch(world.book, incident);
  }
}
