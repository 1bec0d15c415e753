/** What horizontal pod autoscalers do, and what keeps them from it. */
import type { SimulatedCluster } from '../cluster.ts';
import type { KubeObject } from '../../store.ts';
import { setCondition, type Bench, type Condition } from '../types.ts';

const component = 'horizontal-pod-autoscaler';

const well: readonly Omit<Condition, 'lastTransitionTime'>[] = [
  { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size' },
  {
    type: 'ScalingActive',
    status: 'True',
    reason: 'ValidMetricFound',
    message:
      'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
  },
  {
    type: 'ScalingLimited',
    status: 'False',
    reason: 'DesiredWithinRange',
    message: 'the desired count is within the acceptable range',
  },
];

function setConditions(
  bench: Bench,
  autoscaler: KubeObject,
  conditions: readonly Omit<Condition, 'lastTransitionTime'>[],
): KubeObject | undefined {
  const { namespace, name } = autoscaler.metadata;
  return bench.store.patch('horizontalpodautoscalers', namespace, name, (draft) => {
    const status = (draft['status'] ?? {}) as Record<string, unknown>;
    const next = structuredClone((status['conditions'] as Condition[] | undefined) ?? []);
    for (const condition of conditions) setCondition(next, bench.stamp(), condition);
    draft['status'] = { currentReplicas: 2, desiredReplicas: 2, ...status, conditions: next };
  });
}

/** Every autoscaler begins well. */
export function wakeAutoscalers(bench: Bench): void {
  for (const autoscaler of bench.store.list('horizontalpodautoscalers')) setConditions(bench, autoscaler, well);
}

/** The autoscaler cannot measure for a while. */
export async function blindAutoscaler(
  { bench }: SimulatedCluster,
  namespace: string,
  name: string,
  seconds: number,
): Promise<void> {
  const autoscaler = bench.store.get('horizontalpodautoscalers', namespace, name);
  if (autoscaler === undefined) return;
  const message =
    'the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container app of Pod web-1';
  const reason = 'FailedGetResourceMetric';
  const stuck = setConditions(bench, autoscaler, [{ type: 'ScalingActive', status: 'False', reason, message }]);
  if (stuck !== undefined) bench.events.record({ about: stuck, type: 'Warning', reason, message, component });
  await bench.clock.sleep(seconds);
  setConditions(bench, autoscaler, well);
}

/** The autoscaler asks for more pods, reaches its maximum, stays there and comes back. */
export async function loadPeak(
  cluster: SimulatedCluster,
  namespace: string,
  name: string,
  seconds: number,
): Promise<void> {
  const { bench, deployments } = cluster;
  const autoscaler = bench.store.get('horizontalpodautoscalers', namespace, name);
  const spec = autoscaler?.['spec'] as
    { scaleTargetRef: { name: string }; minReplicas?: number; maxReplicas: number } | undefined;
  if (autoscaler === undefined || spec === undefined) return;
  const rescale = (replicas: number, reason: string): void => {
    deployments.scale(namespace, spec.scaleTargetRef.name, replicas);
    const message = `New size: ${replicas}; reason: ${reason}`;
    bench.events.record({ about: autoscaler, reason: 'SuccessfulRescale', message, component });
  };
  rescale(spec.maxReplicas, 'cpu resource utilization (percentage of request) above target');
  setConditions(bench, autoscaler, [
    {
      type: 'ScalingLimited',
      status: 'True',
      reason: 'TooManyReplicas',
      message: 'the desired replica count is more than the maximum replica count',
    },
  ]);
  await bench.clock.sleep(seconds);
  setConditions(bench, autoscaler, well);
  rescale(spec.minReplicas ?? 1, 'All metrics below target');
}
