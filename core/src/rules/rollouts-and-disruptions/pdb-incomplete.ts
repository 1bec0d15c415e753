import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'pdb-incomplete',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['policy/PodDisruptionBudget'],
  needs: 'complete',
  docs: {
    summary: 'A disruption budget does not say which pods it means, or how many of them may go.',
    why: 'A budget needs a selector and exactly one of minAvailable and maxUnavailable. Without either number it allows no eviction at all: each one is refused (429), and a drain never ends. With both, the API server refuses the budget. Without a selector it protects nothing; with the empty selector {} it protects every pod of its namespace at once, so one that is not ready blocks the eviction of all others.',
    exemptions: 'Fields that template text decides. In policy/v1beta1 the selector {} selects nothing.',
    links: ['tasks/run-application/configure-pdb#specifying-a-poddisruptionbudget'],
  },
  explains: ['eviction-blocked/budget'],
  aliases: ['kube-score:poddisruptionbudget-has-policy'],
  messages: {
    neither:
      'This budget has neither minAvailable nor maxUnavailable, so it allows no eviction at all: draining a node with one of its pods never ends.',
    both: 'A budget can have minAvailable or maxUnavailable, not both. The API server rejects it, so it does not exist.',
    unselected: 'Without a selector this budget protects no pod at all.',
    everything:
      'The selector {} takes every pod of the namespace into this one budget, Jobs too: any pods that are not ready use up what the others may lose, and every other budget of the namespace overlaps with it.',
    nothing: 'In policy/v1beta1 the selector {} selects no pod, so this budget protects nothing.',
  },
  titles: {
    one: 'Let one pod go at a time: maxUnavailable',
    keep: 'Keep {{field}} and remove {{other}}',
    select: 'Select pods by a label',
  },
  visit: {
    resource(located, { report, around }) {
      const spec = located.resource.value.at('spec');
      if (around.patched(located, spec)) return;
      const selector = spec.at('selector');
      const select: Fix = {
        class: 'template',
        title: 'select',
        operations: [
          {
            op: 'set',
            path: selector.path,
            value: { matchLabels: { app: tabStop(1, located.resource.name ?? 'name') } },
          },
        ],
      };
      const [minimum, maximum] = [spec.at('minAvailable'), spec.at('maxUnavailable')];
      if (selector.missing) report({ message: 'unselected', at: spec, fixes: [select] });
      else if (isEmpty(selector)) {
        const everything = located.resource.apiVersion === 'policy/v1';
        report({ message: everything ? 'everything' : 'nothing', at: selector, fixes: [select] });
      }
      if (minimum.missing && maximum.missing && !selector.missing) {
        const operations = [{ op: 'set', path: maximum.path, value: tabStop(1, 1) }] as const;
        report({
          message: 'neither',
          at: spec,
          severity: 'error',
          fixes: [{ class: 'template', title: 'one', operations }],
        });
      }
      // In a chart each may stand in a branch of its own.
      if (minimum.exists && maximum.exists && !located.document.manifest.templated) {
        report({
          message: 'both',
          at: maximum,
          severity: 'error',
          fixes: [keep('maxUnavailable', 'minAvailable', minimum), keep('minAvailable', 'maxUnavailable', maximum)],
        });
      }
    },
  },
});

const isEmpty = (selector: Value): boolean =>
  selector.isMap &&
  !selector.open &&
  selector
    .entries()
    .every(
      ({ value }) =>
        !value.open &&
        value.entries().length === 0 &&
        value.items().length === 0 &&
        (value.missing || value.isMap || value.isSeq),
    );

const keep = (field: string, other: string, { path }: Value): Fix => ({
  class: 'review',
  title: 'keep',
  data: { field, other },
  operations: [{ op: 'remove', path }],
});
