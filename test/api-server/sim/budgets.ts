/** The disruption controller: what each PodDisruptionBudget allows at the moment. */
import type { KubeObject } from '../store.ts';
import { isReady, terminating, type Bench, type Pod } from './types.ts';

/** Replicas that an absolute number or a percentage of `whole` means; percentages round up. */
function scaled(value: number | string, whole: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseFloat(value) / 100) * whole);
}

/** Writes the status of one budget. */
export function budgetStatus(bench: Bench, budget: KubeObject): void {
  const { store } = bench;
  const spec = budget['spec'] as {
    selector?: { matchLabels?: Record<string, string> };
    minAvailable?: number | string;
    maxUnavailable?: number | string;
  };
  const wanted = Object.entries(spec.selector?.matchLabels ?? {});
  const pods = (store.list('pods', budget.metadata.namespace) as Pod[]).filter((pod) =>
    wanted.every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  const healthy = pods.filter((pod) => isReady(pod) && !terminating(pod)).length;
  const desired =
    spec.minAvailable === undefined
      ? pods.length - scaled(spec.maxUnavailable ?? 0, pods.length)
      : scaled(spec.minAvailable, pods.length);
  const allowed = pods.length === 0 ? 0 : Math.max(0, healthy - desired);
  const next = {
    observedGeneration: budget.metadata.generation ?? 1,
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: Math.max(0, desired),
    expectedPods: pods.length,
  };
  const old = budget['status'] as Record<string, unknown> | undefined;
  if (old !== undefined && Object.entries(next).every(([field, value]) => old[field] === value)) return;
  store.patch('poddisruptionbudgets', budget.metadata.namespace, budget.metadata.name, (draft) => {
    const reason = allowed > 0 ? 'SufficientPods' : 'InsufficientPods';
    const type = 'DisruptionAllowed';
    const condition = {
      type,
      status: allowed > 0 ? 'True' : 'False',
      reason,
      message: '',
      lastTransitionTime: bench.stamp(),
    };
    draft['status'] = { ...next, conditions: [condition] };
  });
}
