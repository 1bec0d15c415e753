import type { Value } from '../yaml/value.ts';
import type { Resource } from './manifest.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/** How many replicas a workload keeps, and who says so. */
export interface EffectiveReplicas {
  readonly count: number;
  readonly source: 'autoscaler' | 'replicas' | 'default';
}

/**
 * Where a workload says how many replicas it keeps; undefined for kinds of which that is not declared, and for those
 * that run no pods by themselves.
 */
export function replicasOf({ declared, value, groupKind }: Resource): Value | undefined {
  if (groupKind === '/PodTemplate') return undefined;
  if (!declared) return value.at('spec', 'replicas');
  return declared.replicas && value.at(...declared.replicas);
}

/**
 * Replicas that a workload keeps at least: the largest minimum of the autoscalers that target it (HPA default 1, KEDA
 * default 0), else `spec.replicas` (default 1). Undefined when template text or an overlay's patch decides.
 */
export function effectiveReplicas(workload: Located, around: Surroundings): EffectiveReplicas | undefined {
  if (around.hasUnknownAutoscaler(workload)) return undefined;
  const scalers = around.autoscalersOf(workload);
  if (scalers.length > 0) {
    const minimums = scalers.map((scaler) => {
      const { resource } = scaler;
      const keda = resource.groupKind.startsWith('keda.sh/');
      const field = keda ? 'minReplicaCount' : 'minReplicas';
      const minimum = resource.value.at('spec', field);
      if (around.patched(scaler, minimum)) return undefined;
      return minimum.missing ? (keda ? 0 : 1) : minimum.number();
    });
    if (minimums.includes(undefined)) return undefined;
    return { count: Math.max(...(minimums as number[])), source: 'autoscaler' };
  }
  const replicas = replicasOf(workload.resource);
  if (!replicas || around.patched(workload, replicas)) return undefined;
  if (replicas.missing) return workload.resource.declared ? undefined : { count: 1, source: 'default' };
  const count = replicas.number();
  return count === undefined ? undefined : { count, source: 'replicas' };
}

/**
 * Replicas that a workload can come to: the largest maximum of its autoscalers (KEDA default 100), else what it keeps.
 * Undefined when template text or an overlay's patch decides.
 */
export function greatestReplicas(workload: Located, around: Surroundings): number | undefined {
  const least = effectiveReplicas(workload, around);
  if (least?.source !== 'autoscaler') return least?.count;
  const maximums = around.autoscalersOf(workload).map((scaler) => {
    const { value, groupKind } = scaler.resource;
    const keda = groupKind.startsWith('keda.sh/');
    const maximum = value.at('spec', keda ? 'maxReplicaCount' : 'maxReplicas');
    if (around.patched(scaler, maximum)) return undefined;
    return maximum.missing && keda ? 100 : maximum.number();
  });
  return maximums.includes(undefined) ? undefined : Math.max(least.count, ...(maximums as number[]));
}

/**
 * Replicas that a workload may grow to: the largest maximum of its autoscalers (KEDA default 100), else what it keeps.
 * Undefined when it cannot be told.
 */
export function maxReplicas(workload: Located, around: Surroundings): number | undefined {
  const kept = effectiveReplicas(workload, around)?.count;
  const scalers = around.autoscalersOf(workload);
  if (kept === undefined || scalers.length === 0) return kept;
  const maximums = scalers.map((scaler) => {
    const keda = scaler.resource.groupKind.startsWith('keda.sh/');
    const maximum = scaler.resource.value.at('spec', keda ? 'maxReplicaCount' : 'maxReplicas');
    if (around.patched(scaler, maximum)) return undefined;
    return keda && maximum.missing ? 100 : maximum.number();
  });
  return maximums.includes(undefined) ? undefined : Math.max(kept, ...(maximums as number[]));
}
