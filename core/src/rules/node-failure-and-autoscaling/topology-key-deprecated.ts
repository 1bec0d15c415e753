import { workloadKinds } from '../../kube/kinds.ts';
import type { NodeLabel } from '../../kube/scheduling.ts';
import { expressionLabels, nodeLabels, nodeTerms, textLabel } from '../../kube/scheduling.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Resource } from '../../workspace/manifest.ts';

export default defineRule({
  id: 'topology-key-deprecated',
  capability: 'node-failure-and-autoscaling',
  tier: 2,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: [...workloadKinds, '/PersistentVolume', 'storage.k8s.io/StorageClass'],
  needs: 'any',
  docs: {
    summary: 'A rule for nodes names a label that has been replaced.',
    why: 'Zones, regions, architectures, operating systems and instance types of nodes have had new labels since Kubernetes 1.17. Nodes still carry the old ones because the kubelet and cloud providers copy them, and the API server warns at most places that name them. On the day a provider stops copying, nothing matches any more, and replacement pods find no node.',
    exemptions: 'Keys that template text fills in.',
    links: ['reference/labels-annotations-taints/'],
  },
  explains: ['unschedulable/affinity', 'unschedulable/spread'],
  aliases: [],
  messages: {
    old: 'The label "{{label}}" has been replaced by "{{replacement}}". Once nodes stop carrying it, nothing matches any more and replacement pods find no node.',
  },
  titles: {
    replace: 'Name "{{replacement}}"',
    immutable: 'Name "{{replacement}}" (cannot be changed once the {{kind}} exists)',
    remove: 'Remove "{{label}}": "{{replacement}}" says the same',
  },
  visit: {
    resource({ resource }, { report }) {
      for (const place of placesOf(resource)) {
        const replacement = replacements[place.label];
        if (replacement === undefined) continue;
        const { label, at } = place;
        report({ message: 'old', at, data: { label, replacement }, fixes: fix(place, replacement, resource) });
      }
    },
  },
});

/** Labels of nodes by the one that replaced them (k8s.io/api well_known_labels.go). */
const replacements: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

function placesOf({ kind, pod, value }: Resource): NodeLabel[] {
  if (pod) return nodeLabels(pod.spec);
  if (kind === 'PersistentVolume')
    return nodeTerms(value.at('spec', 'nodeAffinity', 'required')).flatMap(expressionLabels);
  return value
    .at('allowedTopologies')
    .items()
    .flatMap((term) =>
      term
        .at('matchLabelExpressions')
        .items()
        .flatMap((item) => textLabel(item.at('key'))),
    );
}

function fix({ form, at, label }: NodeLabel, replacement: string, { kind, value }: Resource): Fix[] {
  // In a Job and a bare Pod the placement is fixed.
  const fixed = kind === 'Job' || kind === 'Pod';
  const [cls, title] = fixed ? (['review', 'immutable'] as const) : (['safe', 'replace'] as const);
  const data = { replacement, kind, label };
  if (form === 'text')
    return [{ class: cls, title, data, operations: [{ op: 'set', path: at.path, value: replacement }] }];
  const parent = value.at(...at.path.slice(value.path.length, -1));
  if (!parent.has(replacement))
    return [{ class: cls, title, data, operations: [{ op: 'rename', path: at.path, key: replacement }] }];
  return parent.at(replacement).text() === at.text()
    ? [{ class: fixed ? 'review' : 'safe', title: 'remove', data, operations: [{ op: 'remove', path: at.path }] }]
    : [];
}
