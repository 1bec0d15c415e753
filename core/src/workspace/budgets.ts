import type { Selector } from '../kube/selector.ts';
import { matches, readLabelSelector } from '../kube/selector.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Pods a PodDisruptionBudget speaks of; undefined when it selects none: in policy/v1 an absent selector does, and
 * `{}` selects all of the namespace; in v1beta1 both select none.
 */
export function budgetSelector({ resource }: Pick<Located, 'resource'>): Selector | undefined {
  const value = resource.value.at('spec', 'selector');
  if (value.missing) return undefined;
  const selector = readLabelSelector(value);
  return selector.empty && resource.apiVersion !== 'policy/v1' ? undefined : selector;
}

/** Budgets of the workspace that speak of a workload's pods, or may do so once templates are filled in. */
export function budgetsOf(workload: Located, around: Surroundings): Located[] {
  const labels = workload.resource.pod?.labels ?? {};
  return around.budgetsFor(workload).filter((budget) => {
    const selector = budgetSelector(budget);
    return selector !== undefined && (!selector.known || matches(selector, labels));
  });
}
