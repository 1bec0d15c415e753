/** Rows of incidents and nodes for the view. */
import type { Incident } from './incident.ts';
import type { IncidentRow, NodeRow, PhaseName } from './view.ts';
import type { World } from './world.ts';
import { compareNodes } from './patch.ts';
import { isOpen } from './incident.ts';
import { urgency } from './priority.ts';

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

/** A verdict stands where it is surer than what failures elsewhere suggest. */
function classOf({ rootCause, confidence, correlated }: Incident): Pick<IncidentRow, 'rootCause' | 'confidence'> {
  return correlated !== undefined && confidence <= 0.7 ? { ...correlated } : { rootCause, confidence };
}

/** The row of an incident; built once per change. */
export function incidentRow(world: World, incident: Incident, impact: number): IncidentRow {
  if (incident.row !== undefined) return incident.row;
  const { phases, container, node, needs, nextRetry, replacement, parent, ending } = incident;
  const since = (at: number | undefined): number | undefined =>
    at === undefined || phases.fault === undefined ? undefined : Math.max(0, (at - phases.fault) / 1000);
  const recovered =
    incident.state === 'recovered' && phases.recovered !== undefined ? phases.recovered - incident.healthy : undefined;
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
    ...classOf(incident),
    priority: urgency(world, incident, isOpen(incident) ? impact : 0).priority,
    ...(needs && isOpen(incident) && { needs: { ...needs } }),
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

/** Open incidents by urgency, then the ended ones, newest first. */
export function sortIncidents(
  world: World,
  incidents: Iterable<Incident>,
  impactOf: (incident: Incident) => number,
): Incident[] {
  const keyed = [...incidents].map((incident) => ({
    incident,
    ended: incident.endedAt ?? 0,
    score: isOpen(incident) ? urgency(world, incident, impactOf(incident)).score : 0,
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
  return keyed.map((entry) => entry.incident);
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
