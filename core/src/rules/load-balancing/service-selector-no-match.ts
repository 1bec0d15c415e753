import { readMapSelector, showRequirement } from '../../kube/selector.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Closest } from '../../workspace/closest-pods.ts';
import { asksForKnown, closestOf, labelsToFit, nearMissOf, withoutAdded } from '../../workspace/closest-pods.ts';
import { evidenceOf, levelFor } from '../../workspace/evidence.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'service-selector-no-match',
  capability: 'load-balancing',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Service'],
  needs: 'complete',
  docs: {
    summary: 'No workload makes pods with the labels that a Service selects.',
    why: 'A Service finds its pods by labels and nothing else. Where no pod has all of them it has no endpoints: connections to it are refused although the pods run, and no event says so.',
    exemptions:
      'Services without selector or of type ExternalName; labels in known.selectors, which operators give their pods; labels that controllers add to pods; selectors that template text fills in. A hint where the folder shows no workload in the namespace of the Service at all.',
    links: [
      'concepts/services-networking/service#services-without-selectors',
      'tasks/debug/debug-application/debug-service',
    ],
  },
  explains: ['service-down/selector', 'service-down/no-ready-endpoints'],
  aliases: [
    'kube-linter:dangling-service',
    'kube-score:service-targets-pod',
    'kubescape:C-0293',
    'popeye:1100',
    'kics:3ca03a61-3249-4c16-8427-6f8e47dda729',
    'kubevious:service-selector-ref',
  ],
  messages: {
    lacks:
      'No pod matches this selector, so Service "{{service}}" sends requests nowhere. {{kind}} "{{workload}}" comes close: its pods lack the label {{wanted}}.',
    differs:
      'No pod matches this selector, so Service "{{service}}" sends requests nowhere. {{kind}} "{{workload}}" comes close: its pods have {{actual}} instead of {{wanted}}.',
    none: 'No workload here makes pods with {{wanted}}, so Service "{{service}}" has no endpoints and connections to it are refused.',
    unseen:
      'No workload of this namespace is to be seen here; if none elsewhere makes pods with {{wanted}}, Service "{{service}}" has no endpoints.',
    candidate: 'These labels come closest.',
  },
  titles: { closest: 'Select the pods of {{kind}} "{{workload}}"' },
  visit: {
    resource(located, { report, around, known }) {
      const { value, name } = located.resource;
      const at = value.at('spec', 'selector');
      const selector = withoutAdded(readMapSelector(at));
      if (!selector.known || selector.requirements.length === 0 || value.at('spec', 'type').text() === 'ExternalName')
        return;
      if (value.at('spec', 'type').templated && !value.at('spec', 'type').missing) return;
      if (asksForKnown(selector, known)) return;
      if (around.patched(located, at)) return;
      const closest = closestOf(located, selector, around);
      if (closest === 'found') return;
      const data = { service: name ?? '…', wanted: selector.requirements.map(showRequirement).join(', ') };
      const fixes = closest ? fixTo(closest, at) : [];
      if (closest?.near) {
        const { message, data: details, related } = nearMissOf(closest);
        report({ message, at, data: { ...data, ...details }, related, fixes });
        return;
      }
      const evidence = evidenceOf(located, around, 'workload', false);
      report({ message: evidence === 'unseen' ? 'unseen' : 'none', at, data, fixes, ...levelFor(evidence) });
    },
  },
});

/** Each label that does not fit takes the value of the pods, or goes where they have none. */
function fixTo(closest: Closest, at: Value): Fix[] {
  const { kind, name } = closest.workload.resource;
  const operations = labelsToFit(closest, at.path);
  return operations ? [{ class: 'review', title: 'closest', data: { kind, workload: name ?? '…' }, operations }] : [];
}
