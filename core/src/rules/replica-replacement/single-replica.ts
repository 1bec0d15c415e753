import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { declaredWithReplicas } from '../../kube/kinds.ts';
import type { KubernetesVersion } from '../../kube/version.ts';
import { mountedClaims } from '../../workspace/claims.ts';
import { surviveDrain } from '../../workspace/drain.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas, replicasOf } from '../../workspace/replicas.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { serviceFor } from '../../workspace/traffic.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'single-replica',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: [
    'apps/Deployment',
    'apps/StatefulSet',
    'apps/ReplicaSet',
    '/ReplicationController',
    'apps.openshift.io/DeploymentConfig',
    'argoproj.io/Rollout',
    'apps.kruise.io/CloneSet',
    declaredWithReplicas,
  ],
  needs: 'complete',
  docs: {
    summary: 'A workload keeps fewer replicas than it takes to survive the loss of one.',
    why: 'Kubernetes replaces a lost pod, but that takes seconds to minutes: scheduling, pulling the image, starting. With one replica nobody does the work in the meantime, at every restart, every drain and every update of a node.',
    exemptions:
      'Workloads that an autoscaler scales, workloads stopped with 0 replicas, single writers (strategy Recreate with a ReadWriteOnce claim), Helm hooks, namespaces in known.namespaces. Info where no Service selects the pods. Leader election does not exempt: a standby only helps when there is one.',
    links: ['concepts/workloads/controllers/deployment#replicas'],
  },
  explains: [
    'oom-killed/limit',
    'liveness-probe-failed/exec',
    'liveness-probe-failed/http',
    'liveness-probe-failed/refused',
    'liveness-probe-failed/timeout',
    'liveness-probe-failed/grpc',
    'container-exit/start-error',
    'container-exit/crash',
    'container-exit/lost',
    'container-exit/killed',
    'container-exit/completed',
    'container-exit/error',
    'readiness-lost/exec',
    'readiness-lost/http',
    'readiness-lost/timeout',
    'pod-lost/node',
    'pod-evicted/eviction-api',
    'pod-evicted/preemption',
    'pod-evicted/memory',
    'pod-evicted/storage',
    'pod-evicted/node-pressure',
    'pod-evicted/node-shutdown',
    'pod-deleted/by-request',
    'eviction-blocked/budget',
    'node-not-ready/kubelet-stopped',
    'node-not-ready/kubelet-reports',
    'node-rebooted/boot',
    'service-down/no-ready-endpoints',
  ],
  aliases: [
    'kube-linter:minimum-three-replicas',
    'polaris:deploymentMissingReplicas',
    'kube-score:deployment-replicas',
    'datree:DEPLOYMENT_INCORRECT_REPLICAS_VALUE',
    'kyverno:require-deployments-have-multiple-replicas',
    'gatekeeper:K8sReplicaLimits',
    'kubevious:replica-count-check',
  ],
  options: { minReplicas: { default: 2, description: 'Replicas that a workload has to keep at least.' } },
  messages: {
    served:
      '{{kind}} "{{name}}" runs {{replicas}} replica, and Service "{{service}}" depends on it: whenever its pod restarts, moves or loses its node, no request is answered until the replacement is ready.',
    alone:
      '{{kind}} "{{name}}" runs {{replicas}} replica: while its pod restarts, moves or waits for a lost node, nobody does its work.',
    fewServed:
      '{{kind}} "{{name}}" runs {{replicas}} replicas behind Service "{{service}}"; this workspace asks for at least {{wanted}}.',
    few: '{{kind}} "{{name}}" runs {{replicas}} replicas; this workspace asks for at least {{wanted}}.',
  },
  titles: {
    replicas: 'Run {{replicas}} replicas',
    survive:
      'Make it survive a drain: {{replicas}} replicas, spread over nodes and zones, with a disruption budget (rolls its pods out)',
  },
  visit: {
    resource(located, { report, around, option, known, version }) {
      if (isAvailabilityExempt(located, around, known) || around.autoscalersOf(located).length > 0) return;
      const wanted = option<number>('minReplicas');
      const replicas = effectiveReplicas(located, around)?.count;
      if (replicas === undefined || replicas === 0 || replicas >= wanted || isSingleWriter(located, around)) return;
      const { kind, name, value } = located.resource;
      const at = replicasOf(located.resource) ?? value;
      const service = serviceFor(located, around);
      const data = { kind, name: name ?? '…', replicas, wanted, service: service?.resource.name ?? '…' };
      report({
        message: service ? (replicas === 1 ? 'served' : 'fewServed') : replicas === 1 ? 'alone' : 'few',
        at,
        data,
        ...(!service && { severity: 'info' as const }),
        fixes: fixes(located, at, around, wanted, version),
      });
    },
  },
});

/** With strategy Recreate and a volume for one node at a time, a second replica is not wanted. */
function isSingleWriter(located: Located, around: Surroundings): boolean {
  const type = located.resource.value.at('spec', 'strategy', 'type');
  if (type.text() !== 'Recreate' && !type.templated) return false;
  return mountedClaims(located, around).some(({ access }) => access !== 'many');
}

function fixes(located: Located, at: Value, around: Surroundings, wanted: number, version: KubernetesVersion): Fix[] {
  // A claim for one node cannot follow two replicas of a Deployment; more replicas would only wait for it.
  if (mountedClaims(located, around).some(({ access }) => access !== 'many')) return [];
  const { path } = at;
  const first: Fix[] = [wanted, wanted + 1].map((replicas) => ({
    class: 'review',
    title: 'replicas',
    data: { replicas },
    operations: [{ op: 'set', path, value: replicas }],
  }));
  const more = surviveDrain(located, around, version);
  if (more.length === 0) return first;
  return [
    ...first,
    {
      class: 'review',
      title: 'survive',
      data: { replicas: wanted },
      operations: [{ op: 'set', path, value: wanted }, ...more],
    },
  ];
}
