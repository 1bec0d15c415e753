import { defineRule } from '../../lint/rule.ts';
import { budgetSelector, budgetsOf } from '../../workspace/budgets.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { belongTogether } from '../../workspace/together.ts';

export default defineRule({
  id: 'pdb-overlap',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['policy/PodDisruptionBudget'],
  needs: 'complete',
  docs: {
    summary: 'Two disruption budgets speak of the same pods, so none of these can be evicted.',
    why: 'The eviction API handles at most one budget per pod. For a pod that two budgets select it answers with an error (500) whatever they allow, so a drain of its node never ends. A budget with the selector {} overlaps every other one of its namespace.',
    exemptions:
      'Selectors that template text fills in, the same budget in several overlays, budgets in other folders without a common namespace.',
    links: [
      'tasks/run-application/configure-pdb#arbitrary-controllers-and-selectors',
      'concepts/scheduling-eviction/api-eviction#how-api-initiated-eviction-works',
    ],
  },
  explains: ['eviction-blocked/budget'],
  aliases: ['popeye:209'],
  messages: {
    overlap:
      'The pods of {{kind}} "{{workload}}" are selected by this budget and by "{{other}}". The eviction API refuses pods with two budgets (error 500), so draining a node with one of them never ends.',
    other: 'This budget selects the same pods.',
    workload: 'These pods have two budgets.',
  },
  visit: {
    resource(located, { report, around }) {
      const at = located.resource.value.at('spec', 'selector');
      const selector = budgetSelector(located);
      if (!selector?.known || around.patched(located, at)) return;
      for (const workload of around.selected(located, selector)) {
        const other = earlierBudget(located, workload, around);
        if (!other) continue;
        const { kind, name, pod } = workload.resource;
        report({
          message: 'overlap',
          at,
          data: { kind, workload: name ?? '…', other: other.resource.name ?? '…' },
          related: [
            { located: other, at: other.resource.value.at('spec', 'selector'), message: 'other' },
            {
              located: workload,
              at: pod?.value.at('metadata', 'labels') ?? workload.resource.value,
              message: 'workload',
            },
          ],
        });
        return;
      }
    },
  },
});

/** A budget of the workload that stands before this one: of two that overlap, the later is the one too many. */
function earlierBudget(budget: Located, workload: Located, around: Surroundings): Located | undefined {
  if (
    !belongTogether(budget, workload, around) ||
    around.patched(workload, workload.resource.pod?.value.at('metadata', 'labels') ?? workload.resource.value)
  )
    return undefined;
  const budgets = budgetsOf(workload, around);
  const own = budgets.findIndex(({ resource }) => resource === budget.resource);
  return budgets.slice(0, Math.max(0, own)).find((other) => {
    const { name, value } = other.resource;
    if (name === undefined || name === budget.resource.name || !budgetSelector(other)?.known) return false;
    return belongTogether(budget, other, around) && !around.patched(other, value.at('spec', 'selector'));
  });
}
