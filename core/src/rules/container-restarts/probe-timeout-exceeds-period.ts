import { showName } from '../../kube/pod.ts';
import { asksOneThing, probeNames } from '../../kube/probe.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'probe-timeout-exceeds-period',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A probe may take longer than the time until the next one.',
    why: 'The kubelet never runs two probes of a kind at once. When an answer may take longer than the period, a container that hangs is noticed only after failureThreshold times the timeout, not after failureThreshold times the period as the manifest seems to say.',
    links: ['concepts/workloads/pods/probes#configure-probes'],
  },
  explains: ['liveness-probe-failed/timeout', 'startup-probe-failed/timeout', 'readiness-lost/timeout'],
  aliases: [],
  messages: {
    late: 'The {{probe}} of container "{{container}}" may take {{timeout}} s but is due every {{period}} s. When the container hangs, that is noticed after {{actual}} s ({{threshold}} × {{timeout}} s), not after {{seeming}} s.',
  },
  titles: {
    period: 'Ask every {{timeout}} s, which is what happens anyway',
    timeout: 'Wait {{period}} s at most for an answer',
  },
  visit: {
    container(container, { report }) {
      if (container.role === 'init') return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (!probe || !asksOneThing(probe)) continue;
        const { timeoutSeconds: timeout, periodSeconds: period, failureThreshold: threshold, value } = probe;
        if (
          timeout === undefined ||
          period === undefined ||
          threshold === undefined ||
          timeout <= period ||
          period < 1 ||
          threshold < 1
        )
          continue;
        const numbers = { timeout, period, threshold, actual: threshold * timeout, seeming: threshold * period };
        report({
          message: 'late',
          at: value.at('timeoutSeconds'),
          data: { probe: name, container: showName(container), ...numbers },
          fixes: [
            {
              class: 'safe',
              title: 'period',
              data: { timeout },
              operations: [{ op: 'set', path: [...value.path, 'periodSeconds'], value: timeout }],
            },
            {
              class: 'review',
              title: 'timeout',
              data: { period },
              operations: [{ op: 'set', path: [...value.path, 'timeoutSeconds'], value: period }],
            },
          ],
        });
      }
    },
  },
});
