import { showName } from '../../kube/pod.ts';
import { canonicalHandler, showHandler } from '../../kube/probe.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'liveness-same-as-readiness',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'The liveness probe asks the same as the readiness probe and gives up no later.',
    why: 'Readiness takes a container that is busy out of the Service until it has caught up. When liveness asks the same and loses patience first, or at the same moment, the container is killed instead, its load moves to the others, and they are killed next.',
    exemptions: 'A liveness probe that waits longer than the readiness probe: that is the documented pattern.',
    links: ['concepts/workloads/pods/probes#when-should-you-use-a-liveness-probe'],
  },
  explains: [
    'liveness-probe-failed/exec',
    'liveness-probe-failed/http',
    'liveness-probe-failed/refused',
    'liveness-probe-failed/timeout',
    'liveness-probe-failed/grpc',
  ],
  aliases: ['kube-score:pod-probes-identical', 'kyverno:ensure-probes-different', 'lunar:probes-distinct'],
  messages: {
    same: 'Liveness and readiness of container "{{container}}" ask the same, {{question}}. Liveness gives up after {{liveness}} s, readiness after {{readiness}} s: a container that is only slow gets killed instead of a pause to catch up.',
  },
  titles: {
    patience: 'Let liveness wait {{seconds}} s, twice as long as readiness (failureThreshold {{threshold}})',
    path: 'Let liveness ask a path of its own',
  },
  visit: {
    container(container, { report }) {
      if (container.role === 'init') return;
      const liveness = container.probe('livenessProbe');
      const readiness = container.probe('readinessProbe');
      if (!liveness?.handler || !readiness) return;
      const asked = canonicalHandler(liveness, container.ports);
      if (asked === undefined || asked !== canonicalHandler(readiness, container.ports)) return;
      const { windowSeconds: patience, periodSeconds: period } = liveness;
      const { windowSeconds: wanted } = readiness;
      if (patience === undefined || period === undefined || wanted === undefined || patience > wanted) return;
      const threshold = Math.ceil((2 * wanted) / period);
      const at = liveness.value;
      const fixes: Fix[] = [
        {
          class: 'safe',
          title: 'patience',
          data: { seconds: threshold * period, threshold },
          operations: [{ op: 'set', path: [...at.path, 'failureThreshold'], value: threshold }],
        },
      ];
      if (liveness.handler.name === 'httpGet') {
        const path = liveness.handler.value.at('path').text() === '/livez' ? '/alive' : '/livez';
        fixes.push({
          class: 'template',
          title: 'path',
          operations: [{ op: 'set', path: [...at.path, 'httpGet', 'path'], value: tabStop(1, path) }],
        });
      }
      report({
        message: 'same',
        at,
        data: {
          container: showName(container),
          question: showHandler(liveness.handler),
          liveness: patience,
          readiness: wanted,
        },
        fixes,
      });
    },
  },
});
