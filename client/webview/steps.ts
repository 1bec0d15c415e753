/** The five steps of healing, as the stepper shows them. */
import type { IncidentRow, PhaseName } from '../../core/src/live/view.ts';

export const stepNames = ['fault', 'detected', 'acting', 'restoring', 'verified'] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  readonly name: StepName;
  readonly state: 'done' | 'current' | 'ahead' | 'skipped';
  /** Seconds after the fault. */
  readonly offset?: number;
}

/** Which recorded phases show that a step was reached: the first one present gives its time. */
const shownBy: Readonly<Record<StepName, readonly PhaseName[]>> = {
  fault: ['fault'],
  detected: ['detected', 'endpointRemoved'],
  acting: ['acting', 'replaced', 'scheduled', 'attachWait'],
  restoring: ['restoring', 'attached', 'endpointReturned'],
  verified: ['recovered'],
};

/** Phases in the order of time they usually happen, with what was recorded of them. */
export const phaseOrder: readonly PhaseName[] = [
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

/**
 * Steps of an incident. The last one reached is current while the incident is open; an earlier one that was not seen
 * is skipped, never pretended.
 */
export function stepsOf(incident: IncidentRow): readonly Step[] {
  const times = stepNames.map((name) => {
    const phase = shownBy[name].find((candidate) => incident.phases[candidate] !== undefined);
    return phase === undefined ? undefined : incident.phases[phase];
  });
  const start = incident.phases.fault ?? incident.phases.detected;
  let last = times.findLastIndex((time) => time !== undefined);
  if (incident.state === 'verifying') last = Math.max(last, stepNames.indexOf('verified'));
  const over = incident.state === 'recovered' || incident.state === 'superseded' || incident.state === 'planned';
  return stepNames.map((name, index) => {
    const time = times[index];
    const offset = time === undefined || start === undefined ? {} : { offset: Math.max(0, (time - start) / 1000) };
    if (index === last && !over) return { name, state: 'current', ...offset };
    if (time !== undefined) return { name, state: 'done', ...offset };
    return { name, state: index < last ? 'skipped' : 'ahead' };
  });
}

/**
 * Recorded phases of an incident in order of time. Kubernetes tells most times to the second only: within one second
 * the usual order says more than the milliseconds of those that came from elsewhere.
 */
export function phasesOf(incident: IncidentRow): readonly { readonly name: PhaseName; readonly at: number }[] {
  return phaseOrder
    .flatMap((name) => {
      const at = incident.phases[name];
      return at === undefined ? [] : [{ name, at }];
    })
    .sort((a, b) => Math.floor(a.at / 1000) - Math.floor(b.at / 1000));
}
