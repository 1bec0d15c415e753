import { defineCause } from '../cause.ts';
import { probeOutput, probeReason, probeReasons, wrongHandler } from './probe-reason.ts';

/** The kubelet killed a container because its liveness probe failed too often. */
export const livenessProbeFailed = defineCause({
  about: 'terminated',
  ids: [...probeReasons, 'too-early', 'handler'].map((reason) => `liveness-probe-failed/${reason}`),
  match({ container, termination, kill, unhealthy, usualStart }) {
    if (kill?.probe !== 'liveness') return undefined;
    if (wrongHandler(unhealthy))
      return {
        cause: 'liveness-probe-failed/handler',
        rootCause: 'configuration',
        confidence: 0.95,
        data: { container: container.name, output: probeOutput(unhealthy) },
      };
    const ran = ((termination.finished ?? kill.at) - (termination.started ?? kill.at)) / 1000;
    // It was killed sooner than others of it take to get ready.
    if (usualStart !== undefined && ran < 1.2 * usualStart)
      return {
        cause: 'liveness-probe-failed/too-early',
        rootCause: 'configuration',
        confidence: 0.85,
        data: { container: container.name, ran: Math.round(ran), needed: Math.ceil(usualStart) },
      };
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
