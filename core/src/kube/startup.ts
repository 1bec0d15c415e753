import type { Operation } from '../yaml/edit.ts';
import type { Plain } from '../yaml/plain.ts';
import type { Container } from './pod.ts';
import { asksOneThing } from './probe.ts';

/** A startup probe in place of a delay. */
export interface StartupProposal {
  readonly operations: readonly Operation[];
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  /** Time the container gets to start. */
  readonly seconds: number;
}

/** Keys behind which a startup probe is written, the likeliest first; never behind a probe, which loses its own delay. */
const neighbours = ['ports', 'resources', 'env', 'image', 'name'];

/**
 * A startup probe that asks what the liveness probe asks until the container has started, and takes away the delays it
 * replaces. Undefined where there is no such question, or template text is part of it.
 * @param seconds that the container gets at least
 */
export function proposeStartupProbe(
  container: Container,
  period: number,
  seconds: number,
): StartupProposal | undefined {
  const liveness = container.probe('livenessProbe');
  const handler = liveness?.handler;
  if (!liveness || !handler || !asksOneThing(liveness)) return undefined;
  const json = handler.value.json() as Plain | undefined;
  const after = neighbours.find((key) => container.value.has(key));
  if (json === undefined || json === null || after === undefined) return undefined;
  const timeoutSeconds = liveness.value.at('timeoutSeconds').number();
  const periodSeconds = Math.max(period, timeoutSeconds ?? 1);
  const failureThreshold = Math.ceil(seconds / periodSeconds);
  const timeout = timeoutSeconds !== undefined && timeoutSeconds > 0 ? { timeoutSeconds } : {};
  const probe = { [handler.name]: json, ...timeout, periodSeconds, failureThreshold };
  const delays = (['livenessProbe', 'readinessProbe'] as const).map((name) =>
    container.value.at(name, 'initialDelaySeconds'),
  );
  return {
    periodSeconds,
    failureThreshold,
    seconds: periodSeconds * failureThreshold,
    operations: [
      { op: 'set', path: [...container.value.path, 'startupProbe'], value: probe, after },
      ...delays.filter((delay) => (delay.number() ?? 0) > 0).map(({ path }): Operation => ({ op: 'remove', path })),
    ],
  };
}

/** Whether liveness may kill a container before readiness asks it; also where template text hides the numbers. */
export function mayDieBeforeReady(container: Container): boolean {
  const liveness = container.probe('livenessProbe');
  const readiness = container.probe('readinessProbe');
  if (!liveness || !readiness) return false;
  return (
    liveness.budgetSeconds === undefined ||
    readiness.initialDelaySeconds === undefined ||
    liveness.budgetSeconds <= readiness.initialDelaySeconds
  );
}

/**
 * Seconds after which liveness kills a container that readiness does not even ask yet, and the seconds readiness waits.
 * Undefined where that does not happen.
 */
export function killedBeforeReady(
  container: Container,
): { readonly budget: number; readonly wanted: number } | undefined {
  const budget = container.probe('livenessProbe')?.budgetSeconds;
  const wanted = container.probe('readinessProbe')?.initialDelaySeconds;
  return budget !== undefined && wanted !== undefined && budget <= wanted ? { budget, wanted } : undefined;
}
