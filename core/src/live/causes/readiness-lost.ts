import { defineCause } from '../cause.ts';
import { probeOutput, probeReason, probeReasons } from './probe-reason.ts';

/** The readiness probe fails: the container runs on, but its pod gets no traffic. */
export const readinessLost = defineCause({
  about: 'unready',
  ids: probeReasons.map((reason) => `readiness-lost/${reason}`),
  match({ container, unhealthy }) {
    if (container.readiness === undefined) return undefined;
    const reason = probeReason(unhealthy, container.readiness);
    return {
      cause: `readiness-lost/${reason}`,
      rootCause: reason === 'refused' && !container.ready && container.restarts === 0 ? 'configuration' : 'application',
      confidence: 0.5,
      data: { container: container.name, output: probeOutput(unhealthy) },
    };
  },
});
