import { defineCause } from '../cause.ts';
import { probeReason, probeReasons } from './probe-reason.ts';

/** The kubelet killed a container that was not up within the time its startup probe allows. */
export const startupProbeFailed = defineCause({
  about: 'terminated',
  ids: probeReasons.map((reason) => `startup-probe-failed/${reason}`),
  match({ container, kill, unhealthy }) {
    if (kill?.probe !== 'startup') return undefined;
    const probe = container.startup;
    return {
      cause: `startup-probe-failed/${probeReason(unhealthy, probe)}`,
      rootCause: 'configuration',
      confidence: 0.85,
      data: { container: container.name, seconds: (probe?.failureThreshold ?? 3) * (probe?.periodSeconds ?? 10) },
    };
  },
});
