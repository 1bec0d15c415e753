import { declaredWithReplicas } from '../../kube/kinds.ts';
import { atLeast } from '../../kube/version.ts';
import { defineRule } from '../../lint/rule.ts';
import { surviveDrain } from '../../workspace/drain.ts';
import { hostPorts } from '../../workspace/exclusive.ts';
import { isAvailabilityExempt, isForOneNode } from '../../workspace/exempt.ts';
import { effectiveReplicas, replicasOf } from '../../workspace/replicas.ts';
import { isSpread, proposeSpread } from '../../workspace/spread.ts';

export default defineRule({
  id: 'replicas-not-spread',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet', 'argoproj.io/Rollout', declaredWithReplicas],
  needs: 'complete',
  docs: {
    summary: 'Nothing asks the scheduler to put the replicas of a workload on different nodes or zones.',
    why: 'Replicas on one node fail together. Without a request the scheduler only prefers to spread: by default it tolerates 3 more pods of a workload on one node than on another, and 5 more in one zone (maxSkew 3 and 5, ScheduleAnyway), and it never moves pods afterwards.',
    exemptions:
      'DaemonSets, pods that take a port of their node (no two fit on one), overlays for a single node (overlays/dev, overlays/local, …), Helm hooks, namespaces in known.namespaces. A warning for StatefulSets and from 3 replicas on.',
    links: [
      'concepts/scheduling-eviction/topology-spread-constraints',
      'concepts/scheduling-eviction/topology-spread-constraints#internal-default-constraints',
    ],
  },
  explains: [
    'container-exit/lost',
    'pod-lost/node',
    'pod-evicted/eviction-api',
    'pod-evicted/preemption',
    'pod-evicted/storage',
    'pod-evicted/node-pressure',
    'pod-evicted/node-shutdown',
    'pod-deleted/by-request',
    'node-not-ready/kubelet-stopped',
    'node-not-ready/kubelet-reports',
    'node-rebooted/boot',
    'service-down/no-ready-endpoints',
  ],
  aliases: [
    'kube-linter:no-anti-affinity',
    'kube-score:deployment-has-host-podantiaffinity',
    'kube-score:statefulset-has-host-podantiaffinity',
    'polaris:topologySpreadConstraint',
    'kics:a31b7b82-d994-48c4-bd21-3bab6c31827a',
    'kyverno:topologyspreadconstraints-policy',
    'azure:MustHaveAntiAffinityRulesSet',
  ],
  messages: {
    unasked:
      'Nothing asks to put the {{replicas}} replicas of {{kind}} "{{name}}" on different nodes. By default the scheduler merely prefers that (hostname maxSkew 3, zone maxSkew 5, ScheduleAnyway): even then, losing one of two nodes can take down {{together}} of {{replicas}}.',
  },
  titles: {
    spread: 'Spread the replicas over nodes and zones (rolls {{replicas}} pods out)',
    survive:
      'Make it survive a drain: spread its replicas over nodes and zones and add a disruption budget (rolls {{replicas}} pods out)',
  },
  visit: {
    resource(located, { report, around, known, version }) {
      if (isAvailabilityExempt(located, around, known) || isForOneNode(located)) return;
      const replicas = effectiveReplicas(located, around)?.count;
      const { kind, name, value, pod } = located.resource;
      if (
        replicas === undefined ||
        replicas < 2 ||
        !pod ||
        pod.spec.missing ||
        isSpread(located) !== false ||
        hostPorts(pod).length > 0
      )
        return;
      const asking = ['topologySpreadConstraints', 'affinity'];
      if (asking.some((field) => around.patched(located, pod.spec.at(field)))) return;
      const operations = proposeSpread(located, atLeast(version, '1.27'));
      const survive = surviveDrain(located, around, version);
      report({
        message: 'unasked',
        at: replicasOf(located.resource) ?? value,
        data: { kind, name: name ?? '…', replicas, together: worstNode(replicas) },
        severity: kind === 'StatefulSet' || replicas >= 3 ? 'warning' : 'info',
        fixes: [
          ...(operations.length > 0
            ? [{ class: 'review', title: 'spread', data: { replicas }, operations } as const]
            : []),
          ...(survive.length > 0
            ? [{ class: 'review', title: 'survive', data: { replicas }, operations: survive } as const]
            : []),
        ],
      });
    },
  },
});

/** Most replicas on one of two nodes that a skew of 3 permits: a + b = replicas, a - b ≤ 3. */
const worstNode = (replicas: number): number => Math.min(replicas, Math.floor((replicas + 3) / 2));
