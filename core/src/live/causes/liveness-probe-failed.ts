import { defineCause } from '../cause.ts';
import { probeReason, probeReasons } from './probe-reason.ts';

/** The kubelet killed a container because its liveness probe failed too often. */
export const livenessProbeFailed = defineCause({
  about: 'terminated',
  ids: probeReasons.map((reason) => `liveness-probe-failed/${reason}`),
  match({ container, kill, unhealthy }) {
    if (kill?.probe !== 'liveness') return undefined;
    const reason = probeReason(unhealthy, container.liveness);
    return {
      cause: `liveness-probe-failed/${reason}`,
      // A slow answer may as well be a starved process; only metrics could tell.
      rootCause: 'application',
      confidence: reason === 'timeout' ? 0.5 : 0.7,
      data: { container: container.name, failures: container.liveness?.failureThreshold ?? 3 },
    };
  },
});
