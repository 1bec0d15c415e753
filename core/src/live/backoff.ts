/** When the kubelet starts a container again (`pkg/kubelet`: 10 s doubling to 300 s, over after 10 minutes of running). */
import type { SlimContainer, Termination, Waiting } from './slim-types.ts';
import { parseGoDuration } from './time.ts';

const first = 10;
/** Longest delay (seconds). */
export const backOffCap = 300;
/** The delay after the fifth restart (seconds). */
export const longBackOff = 160;
const resetAfter = 600_000;

/** Delay in seconds that the kubelet itself names, e.g. `back-off 2m40s restarting failed container=…`. */
export function statedDelay(waiting: Waiting): number | undefined {
  const found = /^back-off (\S+) restarting failed/.exec(waiting.message ?? '');
  return found?.[1] === undefined ? undefined : parseGoDuration(found[1]);
}

function step(restarts: number): number {
  return restarts < 1 ? 0 : Math.min(backOffCap, first * 2 ** Math.min(10, restarts - 1));
}

/**
 * The next start of a container that is down. From the kubelet's message: end of the last run plus the delay it names.
 * Without one, an estimate from the default schedule. A probe's kill is weighed against the end of the run before it,
 * so a container that ran longer than its delay starts again at once. Epoch milliseconds.
 */
export function nextRetry(
  container: SlimContainer,
  probeKill: boolean,
): { at: number; estimated: boolean } | undefined {
  const ended = container.terminated ?? container.last;
  if (ended?.finished === undefined || container.running !== undefined) return undefined;
  if (container.waiting?.reason === 'CrashLoopBackOff') {
    const delay = statedDelay(container.waiting);
    return { at: ended.finished + (delay ?? step(container.restarts)) * 1000, estimated: delay === undefined };
  }
  if (container.terminated === undefined) return undefined;
  return { at: ended.finished + estimate(container, container.terminated, probeKill) * 1000, estimated: true };
}

function estimate(container: SlimContainer, ended: Termination, probeKill: boolean): number {
  const ran = ended.started === undefined || ended.finished === undefined ? 0 : ended.finished - ended.started;
  if (ran > resetAfter) return 0;
  const delay = step(probeKill ? container.restarts - 1 : container.restarts);
  const before = container.last?.finished;
  const waited =
    probeKill && before !== undefined && ended.finished !== undefined && ended.finished - before >= delay * 1000;
  return waited ? 0 : delay;
}
