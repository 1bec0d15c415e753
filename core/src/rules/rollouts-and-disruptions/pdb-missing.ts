import { declaredWithReplicas } from '../../kube/kinds.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { budgetsOf } from '../../workspace/budgets.ts';
import { proposeBudget, surviveDrain } from '../../workspace/drain.ts';
import { isAvailabilityExempt, isForOneNode } from '../../workspace/exempt.ts';
import { effectiveReplicas, replicasOf } from '../../workspace/replicas.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { serviceFor } from '../../workspace/traffic.ts';

export default defineRule({
  id: 'pdb-missing',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'argoproj.io/Rollout', declaredWithReplicas],
  needs: 'complete',
  docs: {
    summary: 'Nothing keeps a drain from taking all replicas of a workload at the same time.',
    why: 'A node is drained for an update, a repair, or because the autoscaler wants to remove it. Every eviction asks the PodDisruptionBudgets first; without one it always succeeds. Two nodes that are drained together, or replicas that share a node, then take the whole service down although it has replicas enough.',
    exemptions:
      'Workloads with fewer than 2 replicas, Deployments that no Service selects, or only one for metrics, workloads whose labels a budget with template text may match, overlays for a single node, Helm hooks, namespaces in known.namespaces. A warning for StatefulSets.',
    links: ['tasks/run-application/configure-pdb'],
  },
  explains: ['pod-evicted/eviction-api', 'service-down/no-ready-endpoints'],
  aliases: [
    'kube-score:deployment-has-poddisruptionbudget',
    'kube-score:statefulset-has-poddisruptionbudget',
    'polaris:missingPodDisruptionBudget',
    'popeye:206',
    'kics:b23e9b98-0cb6-4fc9-b257-1f3270442678',
    'kyverno:require-pdb',
    'lunar:k8s.pdb',
  ],
  messages: {
    served:
      'No PodDisruptionBudget speaks of the {{replicas}} replicas of "{{name}}", and Service "{{service}}" depends on them: draining nodes for an update may evict all of them at the same time.',
    stateful:
      'No PodDisruptionBudget speaks of the {{replicas}} replicas of StatefulSet "{{name}}": draining nodes for an update may evict all of them at the same time.',
  },
  titles: {
    budget: 'Add a disruption budget that lets one pod go at a time',
    survive:
      'Make it survive a drain: add a disruption budget and spread its replicas over nodes and zones (rolls {{replicas}} pods out)',
  },
  visit: {
    resource(located, { report, around, known, version }) {
      if (isAvailabilityExempt(located, around, known) || isForOneNode(located)) return;
      const { kind, name, value, pod } = located.resource;
      const replicas = effectiveReplicas(located, around)?.count;
      if (replicas === undefined || replicas < 2 || !pod || pod.value.missing || budgetsOf(located, around).length > 0)
        return;
      if (
        (!pod.labelsKnown && !hasNoBudgets(located, around)) ||
        around.patched(located, pod.value.at('metadata', 'labels'))
      )
        return;
      const service = serviceFor(located, around);
      if (!service && kind !== 'StatefulSet') return;
      const budget = proposeBudget(located, around, version);
      const survive = surviveDrain(located, around, version);
      const fixes: Fix[] = [
        ...(budget ? [{ class: 'review', title: 'budget', operations: [budget] } as const] : []),
        ...(survive.length > 0
          ? [{ class: 'review', title: 'survive', data: { replicas }, operations: survive } as const]
          : []),
      ];
      report({
        message: kind === 'StatefulSet' ? 'stateful' : 'served',
        at: replicasOf(located.resource) ?? value,
        data: { name: name ?? '…', replicas, service: service?.resource.name ?? '…' },
        ...(kind === 'StatefulSet' && { severity: 'warning' as const }),
        fixes,
      });
    },
  },
});

/** Whether a chart has no budget at all, so that none of it speaks of its pods, whatever their labels are. */
const hasNoBudgets = (located: Located, around: Surroundings): boolean =>
  around.unitOf(located).type === 'chart' && around.inUnit(located, 'policy/PodDisruptionBudget').length === 0;
