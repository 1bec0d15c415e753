/** Urgency: how bad it is times how much of the workload it takes. */
import type { Incident } from './incident.ts';
import type { World } from './world.ts';
import { hasDeadService } from './endpoints.ts';

export interface Urgency {
  readonly score: number;
  readonly priority: 1 | 2 | 3 | 4;
}

/** 4: a service without any endpoint · 3: a person is needed · 2: comes back again and again · 1: heals alone. */
function severity(incident: Incident, dead: boolean): number {
  if (dead) return 4;
  if (incident.needs !== undefined) return 3;
  return incident.count >= 3 || incident.scope === 'node' ? 2 : 1;
}

/** `impact`: the part of the workload's pods, or of the nodes, that is not ready (0..1). */
export function urgency(world: World, incident: Incident, impact: number): Urgency {
  const down = incident.cause.startsWith('service-down/') || hasDeadService(world, incident.uid);
  const dead = incident.endedAt === undefined && incident.state !== 'verifying' && down;
  const recurrences = Math.min((incident.count - 1) / 5, 1);
  const score = severity(incident, dead) * (1 + 2 * impact + (dead ? 2 : 0) + 0.5 * recurrences);
  return { score, priority: score >= 12 ? 1 : score >= 6 ? 2 : score >= 3 ? 3 : 4 };
}
