import { readAmount } from '../../kube/amount.ts';
import { comparable } from '../../kube/selector.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { budgetSelector } from '../../workspace/budgets.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { belongTogether } from '../../workspace/together.ts';
import type { Operation } from '../../yaml/edit.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'pdb-unsupported-pods',
  capability: 'rollouts-and-disruptions',
  tier: 2,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['policy/PodDisruptionBudget'],
  needs: 'complete',
  docs: {
    summary: 'A disruption budget needs to know how many pods there should be, and nobody can say so.',
    why: 'For maxUnavailable and for percentages the controller asks the owner of the pods how many there should be. A DaemonSet, a Job and a pod without owner cannot answer. The budget then stays at 0 allowed disruptions, and every eviction of its pods is refused (429). A whole number in minAvailable works for all pods.',
    exemptions:
      'Bare Pods beside pods with an owner that can be asked, which are left out of the count; owners of unknown kinds; budgets whose selector template text fills in.',
    links: ['tasks/run-application/configure-pdb#arbitrary-controllers-and-selectors'],
  },
  explains: ['eviction-blocked/budget'],
  aliases: [],
  messages: {
    owner:
      '{{field}} {{value}} needs to know how many pods there should be, and {{kind}} "{{name}}" cannot be asked: every eviction of a pod of this budget is refused.',
    bare: '{{field}} {{value}} needs to know how many pods there should be, but bare Pods such as "{{name}}" have no owner to be asked: every eviction of a pod of this budget is refused.',
    workload: 'These pods are selected.',
  },
  titles: { number: 'Ask for a number of pods: minAvailable 1' },
  visit: {
    resource(located, { report, around }) {
      const found = asksForTotal(located, around);
      const selector = budgetSelector(located);
      if (
        !found ||
        !selector ||
        !comparable(selector) ||
        around.patched(located, located.resource.value.at('spec', 'selector'))
      )
        return;
      const workloads = around
        .selected(located, selector)
        .filter((workload) => belongTogether(located, workload, around));
      const mute = workloads.find(({ resource }) => unasked.has(resource.groupKind));
      const bare =
        workloads.length > 0 && workloads.every(isBare) && !mayHaveOthers(located, around) ? workloads[0] : undefined;
      const workload = mute ?? bare;
      if (!workload) return;
      const { kind, name, pod } = workload.resource;
      report({
        message: mute ? 'owner' : 'bare',
        at: found.at,
        data: { field: found.field, value: found.value, kind, name: name ?? '…' },
        related: [
          {
            located: workload,
            at: pod?.value.at('metadata', 'labels') ?? workload.resource.value,
            message: 'workload',
          },
        ],
        fixes: [fix(found.at, found.field)],
      });
    },
  },
});

/** Owners without the scale subresource. */
const unasked: ReadonlySet<string> = new Set(['apps/DaemonSet', 'extensions/DaemonSet', 'batch/Job', 'batch/CronJob']);

const isBare = ({ resource }: Located): boolean =>
  resource.groupKind === '/Pod' && resource.value.at('metadata', 'ownerReferences').missing;

/** Whether pods with labels that template text hides may be among them, whose owner can be asked. */
const mayHaveOthers = (budget: Located, around: Surroundings): boolean =>
  around.workloads(budget, 'unit').some(({ resource }) => !resource.pod?.labelsKnown);

/** The field that cannot be computed without a total. */
function asksForTotal(
  { resource, ...rest }: Located,
  around: Surroundings,
): { readonly field: string; readonly value: string; readonly at: Value } | undefined {
  for (const field of ['maxUnavailable', 'minAvailable']) {
    const at = resource.value.at('spec', field);
    const written = at.templated ? undefined : at.intOrString();
    if (written === undefined || around.patched({ resource, ...rest }, at)) continue;
    const { type } = readAmount(written);
    if (type === 'percent' || (type === 'count' && field === 'maxUnavailable'))
      return { field, value: String(written), at };
  }
  return undefined;
}

function fix(at: Value, field: string): Fix {
  const rename: Operation[] = field === 'maxUnavailable' ? [{ op: 'rename', path: at.path, key: 'minAvailable' }] : [];
  return { class: 'review', title: 'number', operations: [...rename, { op: 'set', path: at.path, value: 1 }] };
}
