import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'hpa-range-invalid',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['autoscaling/HorizontalPodAutoscaler'],
  needs: 'complete',
  docs: {
    summary: 'An autoscaler has no room to scale, or one that the API server refuses.',
    why: 'maxReplicas is required, has to be at least 1 and not less than minReplicas (1 by default); otherwise the API server refuses the autoscaler, and the workload keeps its number of replicas under any load. Where both are equal it is accepted and can do nothing.',
    exemptions: 'Numbers that template text or a patch decides.',
    links: ['concepts/workloads/autoscaling/horizontal-pod-autoscale'],
  },
  explains: ['autoscaler-limited/maximum'],
  aliases: ['polaris:hpaMaxAvailability', 'gatekeeper:K8sHorizontalPodAutoscaler'],
  messages: {
    missing: 'maxReplicas is missing, so this autoscaler does not know how far it may go. The API server rejects it.',
    zero: 'maxReplicas has to be at least 1. The API server rejects this autoscaler.',
    below: 'maxReplicas ({{maximum}}) is less than minReplicas ({{minimum}}). The API server rejects this autoscaler.',
    equal:
      'minReplicas and maxReplicas are both {{maximum}}, so this autoscaler never changes anything: under load no pod is added.',
  },
  titles: {
    fill: 'Write maxReplicas',
    swap: 'Swap minReplicas and maxReplicas',
  },
  visit: {
    resource(located, { report, around }) {
      const spec = located.resource.value.at('spec');
      const [minimumAt, maximumAt] = [spec.at('minReplicas'), spec.at('maxReplicas')];
      const minimum = minimumAt.missing ? 1 : minimumAt.number();
      if (spec.missing || around.patched(located, minimumAt) || around.patched(located, maximumAt)) return;
      const fill: Fix = {
        class: 'template',
        title: 'fill',
        operations: [{ op: 'set', path: maximumAt.path, value: tabStop(1, 2 * Math.max(1, minimum ?? 1)) }],
      };
      if (maximumAt.missing) {
        report({ message: 'missing', at: spec, fixes: [fill] });
        return;
      }
      const maximum = maximumAt.number();
      if (maximum === undefined) return;
      if (maximum < 1) report({ message: 'zero', at: maximumAt, fixes: [fill] });
      else if (minimum === undefined) return;
      else if (maximum < minimum) {
        const operations = [
          { op: 'set', path: minimumAt.path, value: maximum },
          { op: 'set', path: maximumAt.path, value: minimum },
        ] as const;
        report({
          message: 'below',
          at: maximumAt,
          data: { maximum, minimum },
          fixes: [{ class: 'review', title: 'swap', operations }, fill],
        });
      } else if (maximum === minimum)
        report({ message: 'equal', at: maximumAt, data: { maximum }, severity: 'warning' });
    },
  },
});
