import type { KubernetesVersion } from '../kube/version.ts';
import { atLeast } from '../kube/version.ts';
import type { Operation } from '../yaml/edit.ts';
import { budgetsOf } from './budgets.ts';
import { ownSelector } from './own-selector.ts';
import type { Located } from './project.ts';
import { isSpread, proposeSpread } from './spread.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Operation that adds a disruption budget for a workload behind its document; undefined when one speaks of its pods
 * already, its selector cannot be copied, or no document can be added there.
 */
export function proposeBudget(
  workload: Located,
  around: Surroundings,
  version: KubernetesVersion,
): Operation | undefined {
  const { resource, document } = workload;
  const selector = ownSelector(resource);
  const root = document.manifest.root;
  if (budgetsOf(workload, around).length > 0 || resource.name === undefined || selector === undefined) return undefined;
  // A new document only fits behind a document of its own in block style.
  if (resource.value.path.length > 0 || root?.kind !== 'map' || root.flow) return undefined;
  const metadata = { name: resource.name, ...(resource.namespace !== undefined && { namespace: resource.namespace }) };
  const policy = atLeast(version, '1.27') ? { unhealthyPodEvictionPolicy: 'AlwaysAllow' } : {};
  const spec = { maxUnavailable: 1, selector, ...policy };
  return { op: 'document', value: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec } };
}

/** Operations that spread a workload's pods; empty when they are spread already, may be, or it cannot be done. */
export function spreadOf(workload: Located, around: Surroundings, version: KubernetesVersion): readonly Operation[] {
  const spec = workload.resource.pod?.spec;
  const asked = ['topologySpreadConstraints', 'affinity'].some(
    (field) => spec && around.patched(workload, spec.at(field)),
  );
  return isSpread(workload) === false && !asked ? proposeSpread(workload, atLeast(version, '1.27')) : [];
}

/**
 * What makes a workload's replicas count when a node is drained, as one change: different nodes, and a budget that lets
 * one pod go at a time. Empty unless both are missing and both can be written: one alone has a fix of its own.
 */
export function surviveDrain(
  workload: Located,
  around: Surroundings,
  version: KubernetesVersion,
): readonly Operation[] {
  const spread = spreadOf(workload, around, version);
  const budget = spread.length > 0 ? proposeBudget(workload, around, version) : undefined;
  return budget ? [...spread, budget] : [];
}
