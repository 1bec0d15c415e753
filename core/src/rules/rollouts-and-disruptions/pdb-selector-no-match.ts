import { matches, readLabelSelector, showRequirement } from '../../kube/selector.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Closest } from '../../workspace/closest-pods.ts';
import { asksForKnown, closestOf, labelsToFit, nearMissOf, withoutAdded } from '../../workspace/closest-pods.ts';
import { evidenceOf, levelFor } from '../../workspace/evidence.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'pdb-selector-no-match',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['policy/PodDisruptionBudget'],
  needs: 'complete',
  docs: {
    summary: 'No workload makes pods with the labels that a disruption budget selects.',
    why: 'A budget protects the pods its selector finds. Where none has these labels it protects nothing, and a drain may evict every pod that it was written for. Its status says so, but nobody is told.',
    exemptions:
      'Labels in known.selectors, which operators give their pods; labels that controllers add to pods; selectors that template text fills in; kustomizations that build on files from elsewhere. A hint where the folder shows no workload in the namespace of the budget at all.',
    links: ['tasks/run-application/configure-pdb'],
  },
  explains: ['pod-evicted/eviction-api'],
  aliases: ['popeye:900'],
  messages: {
    lacks:
      'No pod matches this selector, so the budget protects nothing. {{kind}} "{{workload}}" comes close: its pods lack the label {{wanted}}.',
    differs:
      'No pod matches this selector, so the budget protects nothing. {{kind}} "{{workload}}" comes close: its pods have {{actual}} instead of {{wanted}}.',
    none: 'No workload here makes pods with {{wanted}}, so this budget protects nothing: a drain may evict every pod that it was written for.',
    unseen:
      'No workload of this namespace is to be seen here; if none elsewhere makes pods with {{wanted}}, this budget protects nothing.',
    candidate: 'These labels come closest.',
  },
  titles: { closest: 'Protect the pods of {{kind}} "{{workload}}"' },
  visit: {
    resource(located, { report, around, known }) {
      const at = located.resource.value.at('spec', 'selector');
      const written = readLabelSelector(at);
      const selector = withoutAdded(written);
      if (at.missing || !written.known || selector.requirements.length === 0) return;
      if (asksForKnown(selector, known)) return;
      if (around.patched(located, at) || around.made(located).some(({ remote }) => remote)) return;
      const closest = closestOf(located, selector, around);
      if (closest === 'found') return;
      const data = { wanted: selector.requirements.map(showRequirement).join(', ') };
      const fixes = closest ? fixTo(closest, at) : [];
      if (closest?.near) {
        report({ at, fixes, ...nearMissOf(closest) });
        return;
      }
      const evidence = evidenceOf(located, around, 'workload', false);
      report({ message: evidence === 'unseen' ? 'unseen' : 'none', at, data, fixes, ...levelFor(evidence) });
    },
  },
});

/** Only where every expression beside the labels holds for the pods that were meant, too. */
function fixTo(closest: Closest, at: Value): Fix[] {
  const { kind, name, pod } = closest.workload.resource;
  const expressions = readLabelSelector(at).requirements.filter(
    ({ key, operator, values }) => operator !== 'In' || values.length !== 1 || !at.at('matchLabels').has(key),
  );
  const operations = labelsToFit(closest, [...at.path, 'matchLabels']);
  const fits = matches({ requirements: expressions, known: true, empty: false }, pod?.labels ?? {});
  return operations && fits
    ? [{ class: 'review', title: 'closest', data: { kind, workload: name ?? '…' }, operations }]
    : [];
}
