import { defineRule } from '../../lint/rule.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import { isKeda, targetOf } from '../../workspace/scale-target.ts';
import { serviceFor } from '../../workspace/traffic.ts';

export default defineRule({
  id: 'hpa-min-replicas',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject'],
  needs: 'complete',
  docs: {
    summary: 'An autoscaler may go down to a single replica.',
    why: 'In quiet hours the autoscaler keeps minReplicas, which is 1 by default. Then one lost node, one eviction or one restart means that nobody answers until a replacement is ready, and more load does not help: the autoscaler reacts to what pods use, and there is none.',
    exemptions:
      'A maximum of 1; workloads that are seen here and that no Service sends requests to (an info); ScaledObjects without minReplicaCount, which scale to 0 on purpose (an info); Helm hooks, namespaces in known.namespaces.',
    links: ['concepts/workloads/autoscaling/horizontal-pod-autoscale'],
  },
  explains: [
    'pod-lost/node',
    'pod-evicted/eviction-api',
    'pod-deleted/by-request',
    'node-not-ready/kubelet-stopped',
    'node-not-ready/kubelet-reports',
    'service-down/no-ready-endpoints',
  ],
  aliases: [
    'kube-linter:hpa-minimum-three-replicas',
    'kube-score:horizontalpodautoscaler-replicas',
    'polaris:hpaMinAvailability',
    'datree:HPA_MISSING_MINREPLICAS_KEY',
  ],
  options: { minReplicas: { default: 2, description: 'Replicas that an autoscaler has to keep at least.' } },
  messages: {
    absent:
      'Without minReplicas this autoscaler goes down to 1 replica: while the last pod restarts, moves or waits for a lost node, nobody does its work.',
    zero: 'With nothing to do this autoscaler stops the last pod, and whoever comes next waits until a new one has started.',
    few: 'This autoscaler goes down to {{replicas}} replica(s), and {{wanted}} are asked for: while the last pod restarts, moves or waits for a lost node, nobody does its work.',
  },
  titles: { raise: 'Keep at least {{wanted}} replicas' },
  visit: {
    resource(located, { report, around, option, known }) {
      const { resource } = located;
      const keda = isKeda(resource);
      const spec = resource.value.at('spec');
      const [field, maximum] = keda ? ['minReplicaCount', 'maxReplicaCount'] : ['minReplicas', 'maxReplicas'];
      const at = spec.at(field);
      const replicas = at.missing ? (keda ? 0 : 1) : at.number();
      const wanted = option<number>('minReplicas');
      if (replicas === undefined || replicas >= wanted || spec.missing || spec.open) return;
      const most = spec.at(maximum);
      if (around.patched(located, at) || around.patched(located, most) || isAvailabilityExempt(located, around, known))
        return;
      // Where the maximum is 1 this is another rule's, and nothing here can help.
      if (!most.missing && (most.number() ?? 1) < 2) return;
      const target = targetOf(located, around);
      const idle = target !== undefined && serviceFor(target, around) === undefined;
      const enough = most.missing || (most.number() ?? wanted) >= wanted;
      report({
        message: keda && replicas === 0 ? 'zero' : at.missing ? 'absent' : 'few',
        at: at.missing ? spec : at,
        data: { replicas, wanted },
        ...((idle || (keda && replicas === 0)) && { severity: 'info' as const }),
        fixes: enough
          ? [
              {
                class: 'review',
                title: 'raise',
                data: { wanted },
                operations: [{ op: 'set', path: at.path, value: wanted }],
              },
            ]
          : [],
      });
    },
  },
});
