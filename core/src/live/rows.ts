/** Rows of incidents and nodes for the view. */
import type { Book, Incident } from './incident.ts';
import type { IncidentRow, NodeRow, PhaseName } from './view.ts';
import type { World } from './world.ts';
import { compareNodes } from './patch.ts';
import { childrenOf, isOpen, parentOf } from './incident.ts';
import { priorityOf, urgency } from './priority.ts';

const phaseOrder: readonly PhaseName[] = [
  'fault',
  'detected',
  'endpointRemoved',
  'acting',
  'replaced',
  'scheduled',
  'attachWait',
  'attached',
  'restoring',
  'endpointReturned',
  'recovered',
];

function phasesOf(incident: Incident): IncidentRow['phases'] {
  const phases: Partial<Record<PhaseName, number>> = {};
  for (const phase of phaseOrder) {
    const at = incident.phases[phase];
    if (at !== undefined) phases[phase] = at;
  }
  return phases;
}

type Blame = Pick<IncidentRow, 'rootCause' | 'confidence'>;

/** A verdict stands where it is surer than what failures elsewhere suggest. */
function ownBlame({ rootCause, confidence, correlated }: Incident): Blame {
  return correlated !== undefined && confidence <= 0.7 ? { ...correlated } : { rootCause, confidence };
}

/**
 * What ails its parts is the best that is known about a place, a workload or a Service. A node is not ill because of its
 * pods, and how a container of the lost pod fared does not tell why nothing takes its place.
 */
function blameOf(book: Book, incident: Incident): Blame {
  let best = ownBlame(incident);
  if (incident.scope === 'node' || incident.scope === 'container') return best;
  for (const child of childrenOf(book, incident)) {
    if (child.scope === 'container' && child.uid === incident.uid) continue;
    const blame = blameOf(book, child);
    if (blame.confidence > best.confidence) best = blame;
  }
  return best;
}

/** Why a person is needed: for itself, or else for the part of it that has waited longest. */
function needsOf(book: Book, incident: Incident): Incident['needs'] {
  if (!isOpen(incident) || incident.needs !== undefined) return isOpen(incident) ? incident.needs : undefined;
  const parts = childrenOf(book, incident).flatMap((child) => needsOf(book, child) ?? []);
  return parts.sort((a, b) => a.since - b.since)[0];
}

/** The row of an incident; built once per change. */
export function incidentRow(world: World, { incident, score }: Ranked): IncidentRow {
  if (incident.row !== undefined) return incident.row;
  const { phases, container, node, nextRetry, replacement, parent, ending } = incident;
  const since = (at: number | undefined): number | undefined =>
    at === undefined || phases.fault === undefined ? undefined : Math.max(0, (at - phases.fault) / 1000);
  const recovered =
    incident.state === 'recovered' && phases.recovered !== undefined ? phases.recovered - incident.healthy : undefined;
  const needs = needsOf(world.book, incident);
  const [ttd, ttr] = [since(phases.detected), since(recovered)];
  const row: IncidentRow = {
    id: incident.id,
    cause: incident.cause,
    state: incident.state,
    actor: incident.actor,
    subject: incident.subject,
    workload: incident.workload,
    ...(container !== undefined && { container }),
    ...(node !== undefined && { node }),
    ...(incident.removedBy !== undefined && { removedBy: incident.removedBy }),
    count: incident.count,
    reopened: incident.reopened,
    ...(incident.scope === 'container' && { restarts: incident.restarts }),
    ...(incident.unseen !== undefined && { unseen: incident.unseen }),
    phases: phasesOf(incident),
    ...(ttd !== undefined && { ttd }),
    ...(ttr !== undefined && { ttr }),
    ...blameOf(world.book, incident),
    priority: priorityOf(isOpen(incident) ? score : urgency(world, incident, 0)),
    ...(needs && { needs: { ...needs } }),
    ...(nextRetry && { nextRetry: { ...nextRetry } }),
    ...(replacement && { replacement: { ...replacement } }),
    ...(parent !== undefined && { parent }),
    children: [...incident.children],
    summary: incident.summary,
    ...(ending && { ending }),
    evidence: [...incident.evidence],
  };
  incident.row = row;
  return row;
}

/** An incident with its urgency: at least that of what is part of it; 0 once it has ended. */
export interface Ranked {
  readonly incident: Incident;
  readonly score: number;
}

/** No trouble is less urgent than what is part of it. */
function scoresOf(world: World, impactOf: (incident: Incident) => number): Map<Incident, number> {
  const scores = new Map<Incident, number>();
  for (const incident of world.book.open) {
    const score = urgency(world, incident, impactOf(incident));
    for (let next: Incident | undefined = incident; next !== undefined; next = parentOf(world.book, next))
      scores.set(next, Math.max(score, scores.get(next) ?? 0));
  }
  return scores;
}

/** Open incidents by urgency, then the ended ones, newest first. */
export function sortIncidents(
  world: World,
  incidents: Iterable<Incident>,
  impactOf: (incident: Incident) => number,
): Ranked[] {
  const scores = scoresOf(world, impactOf);
  const keyed = [...incidents].map((incident) => ({
    incident,
    ended: incident.endedAt ?? 0,
    score: isOpen(incident) ? (scores.get(incident) ?? 0) : 0,
    fault: incident.phases.fault ?? 0,
  }));
  keyed.sort(
    (a, b) =>
      (a.ended === 0 ? 0 : 1) - (b.ended === 0 ? 0 : 1) ||
      b.score - a.score ||
      b.ended - a.ended ||
      b.fault - a.fault ||
      (a.incident.id < b.incident.id ? -1 : 1),
  );
  return keyed;
}

/** Rows of all nodes by name. */
export function nodeRows(world: World): NodeRow[] {
  const rows: NodeRow[] = [];
  for (const uid of world.byResource.get('nodes') ?? []) {
    const node = world.objects.get(uid);
    if (node?.resource !== 'nodes') continue;
    rows.push({
      name: node.name,
      ready: node.ready?.status === 'True',
      ...(node.ready?.at !== undefined && { since: node.ready.at }),
      pods: world.podsByNode.get(node.name)?.size ?? 0,
      cordoned: node.cordoned,
      pressures: node.pressures,
    });
  }
  return rows.sort(compareNodes);
}
