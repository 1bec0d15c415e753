import type { Requirement } from '../../kube/selector.ts';
import { readLabelSelector, readMapSelector, showRequirement, unmet } from '../../kube/selector.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { PodTemplate } from '../../kube/pod.ts';
import type { Located } from '../../workspace/project.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'selector-template-mismatch',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', '/ReplicationController'],
  needs: 'complete',
  docs: {
    summary: 'The selector of a workload is missing or does not match the labels of its own pod template.',
    why: 'The selector is how a controller finds the pods it has to replace. If it does not match the pods it makes, it would make new ones for ever, so the API server rejects such an object: it is never created, and an update of it never arrives.',
    exemptions:
      'Labels or selectors that template text fills in; keys that the kustomization sets on both. A ReplicationController without a selector takes the labels of its template.',
    links: ['concepts/workloads/controllers/deployment#selector'],
  },
  explains: [],
  aliases: [
    'kube-linter:mismatching-selector',
    'kube-score:deployment-pod-selector-labels-match-template-metadata-labels',
    'kube-score:statefulset-pod-selector-labels-match-template-metadata-labels',
    'kubescape:C-0296',
    'popeye:508',
  ],
  messages: {
    missing: 'This {{kind}} has no selector, so it could not find its own pods. The API server rejects it.',
    mismatch:
      'The selector asks for {{wanted}}, but the pods of this {{kind}} are made without it ({{labels}}). The API server rejects it, since it could never find its own pods.',
    notString:
      'Label "{{key}}" is {{value}}, which YAML reads as a {{type}}; labels are text. The API server rejects this {{kind}}. Quote the value.',
    labelMap:
      'The selector of a ReplicationController is a plain map of labels. The API server cannot read "{{key}}" here and rejects this {{kind}}.',
  },
  titles: {
    template: 'Give the pods the label {{wanted}}',
    replace: 'Change the label of the pods to {{wanted}}',
    selector: 'Select the pods by {{labels}} (a selector cannot be changed once the {{kind}} exists)',
    quote: 'Quote {{value}}',
  },
  visit: {
    pod(pod, context) {
      const { located, report, around } = context;
      const { value: object, kind } = located.resource;
      const plain = kind === 'ReplicationController';
      const at = object.at('spec', 'selector');
      const labels = pod.value.at('metadata', 'labels');
      if (around.patched(located, at) || around.patched(located, labels)) return;
      reportNonText([plain ? at : at.at('matchLabels'), labels], context);
      if (plain && ['matchLabels', 'matchExpressions'].some((key) => reportLabelMap(at.at(key), key, context))) return;
      const selector = plain ? readMapSelector(at) : readLabelSelector(at);
      const shared = around.sharedLabels(located);
      if (!selector.known && !at.missing) return;
      if (at.missing || selector.empty) {
        const defaulted = plain && (!pod.labelsKnown || Object.keys(pod.labels).length > 0);
        if (defaulted || shared.size > 0) return;
        report({ message: 'missing', at, data: { kind }, fixes: selectByLabels(located, pod) });
        return;
      }
      const failing = unmet(selector, pod.labels).filter(({ key }) => !shared.has(key));
      if (failing.length === 0 || !pod.labelsKnown) return;
      const first = at.at(...(plain ? [] : ['matchLabels']), failing[0]?.key ?? '');
      report({
        message: 'mismatch',
        at: first.exists ? first : at,
        data: { kind, wanted: failing.map(showRequirement).join(', '), labels: showLabels(pod.labels) },
        fixes: [...labelFixes(failing, pod), ...selectByLabels(located, pod)],
      });
    },
  },
});

type Messages = 'missing' | 'mismatch' | 'notString' | 'labelMap';

/** Unquoted `true`, `on` or `1` in a map of labels fails to decode. */
function reportNonText(maps: readonly Value[], { report, located }: UnitContext<Messages>): void {
  for (const { key, value } of maps.flatMap((map) => map.entries())) {
    const read = value.number() ?? value.boolean();
    if (read === undefined) continue;
    const text = value.rawText() ?? String(read);
    report({
      message: 'notString',
      at: value,
      data: { kind: located.resource.kind, key, value: text, type: typeof read },
      fixes: [
        {
          class: 'safe',
          title: 'quote',
          data: { value: text },
          operations: [{ op: 'set', path: value.path, value: text }],
        },
      ],
    });
  }
}

function reportLabelMap(value: Value, key: string, { report, located }: UnitContext<Messages>): boolean {
  if (!value.isMap && !value.isSeq) return false;
  report({ message: 'labelMap', at: value, data: { kind: located.resource.kind, key } });
  return true;
}

/** Labels that are absent can be copied; changing one that says something else is a decision. */
function labelFixes(failing: readonly Requirement[], pod: PodTemplate): Fix[] {
  if (!failing.every(({ operator, values }) => operator === 'In' && values.length === 1)) return [];
  const absent = failing.every(({ key }) => !Object.hasOwn(pod.labels, key));
  return [
    {
      class: absent ? 'safe' : 'review',
      title: absent ? 'template' : 'replace',
      data: { wanted: failing.map(showRequirement).join(', ') },
      operations: failing.map(({ key, values }) => ({
        op: 'set',
        path: [...pod.value.path, 'metadata', 'labels', key],
        value: values[0] ?? '',
      })),
    },
  ];
}

/** Labels that stay the same from release to release, by convention. */
const identity = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
  'app',
  'k8s-app',
  'name',
  'component',
];

function selectByLabels({ resource }: Located, pod: PodTemplate): Fix[] {
  if (!pod.labelsKnown || Object.keys(pod.labels).length === 0) return [];
  const stable = identity.filter((key) => Object.hasOwn(pod.labels, key));
  const keys = stable.length > 0 ? stable : Object.keys(pod.labels);
  const labels = Object.fromEntries(keys.map((key) => [key, pod.labels[key] ?? '']));
  const value = resource.kind === 'ReplicationController' ? labels : { matchLabels: labels };
  return [
    {
      class: 'review',
      title: 'selector',
      data: { labels: showLabels(labels), kind: resource.kind },
      operations: [{ op: 'set', path: [...resource.value.path, 'spec', 'selector'], value }],
    },
  ];
}

const showLabels = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || '-';
