import type { Amount } from '../../kube/amount.ts';
import { readAmount, resolveAmount } from '../../kube/amount.ts';
import { mayFind } from '../../kube/selector.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { budgetSelector } from '../../workspace/budgets.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas, replicasOf } from '../../workspace/replicas.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'pdb-blocks-eviction',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['policy/PodDisruptionBudget'],
  needs: 'complete',
  docs: {
    summary: 'A disruption budget leaves no pod that may ever be evicted.',
    why: 'Draining a node (for an update, a repair, or because the autoscaler wants to remove it) evicts its pods one by one, and each eviction asks the budgets. A budget that always says no makes the drain wait for ever; in the end somebody forces it, and then no budget is kept at all.',
    exemptions:
      'Budgets whose workloads or replicas cannot be told from the workspace. Info for a StatefulSet with one replica, where the documentation allows it as a deliberate choice.',
    links: ['tasks/run-application/configure-pdb#specifying-a-poddisruptionbudget'],
  },
  explains: ['pod-evicted/eviction-api', 'eviction-blocked/budget'],
  aliases: [
    'kube-linter:pdb-max-unavailable',
    'kube-linter:pdb-min-available',
    'polaris:pdbDisruptionsIsZero',
    'polaris:pdbMinAvailableGreaterThanHPAMinReplicas',
    'gatekeeper:K8sPodDisruptionBudget',
    'kyverno:pdb-maxunavailable',
    'kyverno:pdb-minavailable',
    'kyverno:deployment-replicas-higher-than-pdb',
    'azure:DisallowedBadPodDisruptionBudgets',
  ],
  messages: {
    none: 'maxUnavailable {{value}} allows no eviction at all: draining a node with one of these pods never ends, so node updates get stuck.',
    all: 'minAvailable {{value}} means that every pod has to stay: no eviction is ever allowed, and draining a node with one of these pods never ends.',
    count:
      'minAvailable {{value}} asks for {{needed}} of the {{replicas}} pod(s) that "{{workload}}" keeps: none is left to evict, so draining a node with one of them never ends.',
    rejected:
      '{{field}} has to be a whole number from 0 or a percentage from "0%" to "100%". The API server rejects {{value}}, so this budget does not exist.',
    workload: 'This is how many replicas there are.',
  },
  titles: {
    one: 'Allow one pod to be evicted at a time: maxUnavailable 1',
    number: 'Write {{value}} as a number',
    replicas: 'Run {{replicas}} replicas of "{{workload}}", so that one can go',
    minReplicas: 'Keep at least {{replicas}} replicas of "{{workload}}", so that one can go',
  },
  visit: {
    resource(located, context) {
      if (isAvailabilityExempt(located, context.around, context.known)) return;
      for (const field of ['maxUnavailable', 'minAvailable'] as const) judge(field, located, context);
    },
  },
});

type Messages = 'none' | 'all' | 'count' | 'rejected' | 'workload';
type Field = 'maxUnavailable' | 'minAvailable';

function judge(field: Field, located: Located, { report, around }: UnitContext<Messages>): void {
  const at = located.resource.value.at('spec', field);
  const written = at.intOrString();
  if (at.missing || at.templated || written === undefined || around.patched(located, at)) return;
  const amount = readAmount(written);
  const value = typeof written === 'string' && amount.type === 'invalid' ? JSON.stringify(written) : String(written);
  if (amount.type === 'invalid' || (amount.type === 'percent' && amount.percent > 100)) {
    const number: Fix[] =
      typeof written === 'string' && /^\d+$/.test(written)
        ? [
            {
              class: 'review',
              title: 'number',
              data: { value: written },
              operations: [{ op: 'set', path: at.path, value: Number(written) }],
            },
          ]
        : [];
    report({
      message: 'rejected',
      at,
      data: { field, value },
      severity: 'error',
      fixes: [...number, ...allowOne(at, field)],
    });
    return;
  }
  const workloads = matched(located, around);
  const single =
    workloads.length === 1 &&
    workloads[0]?.resource.kind === 'StatefulSet' &&
    effectiveReplicas(workloads[0], around)?.count === 1;
  const severity = single ? ({ severity: 'info' } as const) : {};
  if (field === 'maxUnavailable') {
    if (isZero(amount)) report({ message: 'none', at, data: { value }, ...severity, fixes: allowOne(at, field) });
    return;
  }
  if (amount.type === 'percent' && amount.percent === 100) {
    report({ message: 'all', at, data: { value }, ...severity, fixes: allowOne(at, field) });
    return;
  }
  const replicas = keptBy(workloads, around);
  const needed = replicas === undefined ? undefined : resolveAmount(amount, replicas, 'up');
  if (replicas === undefined || needed === undefined || replicas === 0 || needed < replicas) return;
  const names = workloads.map(({ resource }) => resource.name ?? '…').join('", "');
  report({
    message: 'count',
    at,
    data: { value, needed, replicas, workload: names },
    ...severity,
    related: workloads.map((workload) => ({
      located: workload,
      at: replicasOf(workload.resource) ?? workload.resource.value,
      message: 'workload',
    })),
    fixes: [...allowOne(at, field), ...raise(workloads, amount, around)],
  });
}

const isZero = (amount: Amount): boolean =>
  amount.type === 'count' ? amount.count === 0 : amount.type === 'percent' && amount.percent === 0;

/** Kinds whose number of pods is known from the manifest and which the disruption controller can ask for it. */
const counted: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/ReplicaSet',
  '/ReplicationController',
  'argoproj.io/Rollout',
  'apps.kruise.io/CloneSet',
  'apps.kruise.io/StatefulSet',
  'apps.openshift.io/DeploymentConfig',
]);

function matched(budget: Located, around: Surroundings): Located[] {
  const selector = budgetSelector(budget);
  if (!selector) return [];
  const found = around.selected(budget, selector);
  if (selector.known) return found;
  // Its pods are counted, so none may be missed.
  const others = around
    .workloads(budget, 'unit')
    .filter((workload) => !found.some(({ resource }) => resource === workload.resource));
  return !others.some(({ resource: { pod } }) => pod && mayFind(selector, pod)) ? found : [];
}

/** Pods that the matched workloads keep together; undefined when there are none, or one of them cannot be counted. */
function keptBy(workloads: readonly Located[], around: Surroundings): number | undefined {
  const counts = workloads.map((workload) => {
    const { groupKind, declared } = workload.resource;
    return counted.has(groupKind) || declared ? effectiveReplicas(workload, around)?.count : undefined;
  });
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function allowOne(at: Value, field: Field): Fix[] {
  const set = { op: 'set', path: at.path, value: 1 } as const;
  if (field === 'maxUnavailable') return [{ class: 'review', title: 'one', operations: [set] }];
  return [{ class: 'review', title: 'one', operations: [{ op: 'rename', path: at.path, key: 'maxUnavailable' }, set] }];
}

/** One replica more than the budget wants to keep, where one workload alone is meant. */
function raise(workloads: readonly Located[], amount: Amount, around: Surroundings): Fix[] {
  const [workload, ...others] = workloads;
  if (!workload || others.length > 0) return [];
  const [scaler, ...more] = around.autoscalersOf(workload);
  if (more.length > 0) return [];
  const target = scaler ?? workload;
  const replicas = fewestWithRoom(amount);
  const ceiling = scaler?.resource.value.at('spec', 'maxReplicas').number();
  if (replicas === undefined || (ceiling !== undefined && ceiling < replicas)) return [];
  const field = scaler?.resource.groupKind.startsWith('keda.sh/') ? 'minReplicaCount' : 'minReplicas';
  const at = scaler ? scaler.resource.value.at('spec', field) : replicasOf(workload.resource);
  if (!at) return [];
  return [
    {
      class: 'review',
      title: scaler ? 'minReplicas' : 'replicas',
      data: { replicas, workload: workload.resource.name ?? '…' },
      target,
      operations: [{ op: 'set', path: at.path, value: replicas }],
    },
  ];
}

function fewestWithRoom(amount: Amount): number | undefined {
  for (let replicas = 2; replicas <= 100; replicas++)
    if ((resolveAmount(amount, replicas, 'up') ?? replicas) < replicas) return replicas;
  return undefined;
}
