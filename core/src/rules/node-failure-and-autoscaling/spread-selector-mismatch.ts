import type { PodTemplate } from '../../kube/pod.ts';
import { readLabelSelector, showRequirement, unmet } from '../../kube/selector.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { ownSelector, selectorFits } from '../../workspace/own-selector.ts';
import { withEmptied } from '../../yaml/emptied.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'spread-selector-mismatch',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A spread constraint counts pods that are not its own, or none, so it spreads nothing.',
    why: 'A topology spread constraint counts the pods that its labelSelector finds and keeps their numbers even. If it does not find the pods of its own workload, placing one of them changes no number and the scheduler may put all of them on one node. Without labelSelector it finds no pod at all. matchLabelKeys add to the labelSelector and are refused without one, or where both name the same key.',
    exemptions:
      'Labels and selectors that template text fills in or a patch changes; keys that the kustomization sets on both.',
    links: ['concepts/scheduling-eviction/topology-spread-constraints#implicit-conventions'],
  },
  explains: [
    'pod-lost/node',
    'unschedulable/spread',
    'node-not-ready/kubelet-stopped',
    'node-not-ready/kubelet-reports',
  ],
  aliases: ['kube-score:pod-topology-spread-constraints'],
  messages: {
    absent:
      'Without labelSelector this constraint counts no pod, so the pods of {{kind}} "{{name}}" are not spread over {{key}}.',
    mismatch:
      'This constraint counts pods with {{wanted}}, which the pods of {{kind}} "{{name}}" do not have: they are not spread over {{key}}.',
    keysAlone:
      'matchLabelKeys add to a labelSelector, and this constraint has none. The API server refuses pods like this, so the {{kind}} never runs.',
    keyTwice:
      'matchLabelKeys names "{{label}}", which the labelSelector has already. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    copy: 'Count the pods of this {{kind}}: copy its selector',
    drop: 'Remove "{{label}}" from matchLabelKeys',
  },
  visit: {
    pod(pod, context) {
      if (context.around.patched(context.located, pod.value.at('metadata', 'labels'))) return;
      for (const constraint of pod.spec.at('topologySpreadConstraints').items()) judge(constraint, pod, context);
    },
  },
});

type Messages = 'absent' | 'mismatch' | 'keysAlone' | 'keyTwice';

function judge(constraint: Value, pod: PodTemplate, context: UnitContext<Messages>): void {
  const { located, report, around } = context;
  if (!constraint.isMap || constraint.open || around.patched(located, constraint)) return;
  const { kind, name } = located.resource;
  const at = constraint.at('labelSelector');
  const keys = constraint.at('matchLabelKeys');
  const data = { kind, name: name ?? '…', key: constraint.at('topologyKey').text() ?? '…' };
  if (at.missing) {
    const rejected = keys.items().length > 0;
    report({
      message: rejected ? 'keysAlone' : 'absent',
      at: rejected ? keys : constraint,
      data,
      ...(rejected && { severity: 'error' as const }),
      fixes: copy(at, context),
    });
    return;
  }
  const selector = readLabelSelector(at);
  if (!selector.known) return;
  for (const item of keys.items()) {
    const label = item.text();
    if (label === undefined || !selector.requirements.some(({ key }) => key === label)) continue;
    report({
      message: 'keyTwice',
      at: item,
      data: { ...data, label },
      severity: 'error',
      fixes: [
        {
          class: 'safe',
          title: 'drop',
          data: { label },
          operations: [{ op: 'remove', path: withEmptied(constraint, item.path) }],
        },
      ],
    });
  }
  const shared = around.sharedLabels(located);
  const failing = unmet(selector, pod.labels).filter(({ key }) => !shared.has(key));
  if (failing.length === 0 || !pod.labelsKnown) return;
  report({
    message: 'mismatch',
    at,
    data: { ...data, wanted: failing.map(showRequirement).join(', ') },
    fixes: copy(at, context),
  });
}

function copy(at: Value, { located }: UnitContext<Messages>): Fix[] {
  const value = ownSelector(located.resource);
  if (value === undefined || !selectorFits(located.resource)) return [];
  return [
    {
      class: 'safe',
      title: 'copy',
      data: { kind: located.resource.kind },
      operations: [{ op: 'set', path: at.path, value }],
    },
  ];
}
