import type { PodTemplate } from '../../kube/pod.ts';
import type { AffinityTerm } from '../../kube/scheduling.ts';
import { affinityTerms, termFinds } from '../../kube/scheduling.ts';
import type { Requirement } from '../../kube/selector.ts';
import { meets, readLabelSelector, showRequirement, unmet } from '../../kube/selector.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { editDistance } from '../../text/nearest.ts';
import { ownSelector, selectorFits } from '../../workspace/own-selector.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';

export default defineRule({
  id: 'anti-affinity-selector-mismatch',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'The anti-affinity of a workload does not look at its own pods, so it does not keep them apart.',
    why: 'podAntiAffinity keeps pods away from nodes where the pods that its labelSelector finds are running. If it does not find the pods of its own workload, all of them may be put on one node and fail with it. A term without labelSelector finds no pod at all. A term needs a topologyKey, and a preferred one a weight from 1 to 100; others are refused by the API server (for a StatefulSet before Kubernetes 1.34: each of its pods is).',
    exemptions:
      'DaemonSets and bare Pods; labels and namespaces that template text or a patch decides; keys that the kustomization sets on both. An info where the terms are plainly about other workloads (nothing, with one replica), or where a slip concerns only one replica.',
    links: ['concepts/scheduling-eviction/assign-pod-node#inter-pod-affinity-and-anti-affinity'],
  },
  explains: ['pod-lost/node', 'node-not-ready/kubelet-stopped', 'node-not-ready/kubelet-reports'],
  aliases: [
    'kube-linter:no-anti-affinity',
    'kube-score:deployment-has-host-podantiaffinity',
    'kube-score:statefulset-has-host-podantiaffinity',
    'datree:EKS_MISSING_KEY_TOPOLOGYKEY',
  ],
  messages: {
    absent:
      'This term has no labelSelector, so it finds no pod: the pods of {{kind}} "{{name}}" are not kept apart and may all run on one node.',
    mismatch:
      'This term keeps away from pods with {{wanted}}, which the pods of {{kind}} "{{name}}" do not have: they are not kept apart from each other and may all run on one node.',
    elsewhere:
      'This term looks only at pods of other namespaces: the pods of {{kind}} "{{name}}" are not kept apart from each other and may all run on one node.',
    others:
      'The anti-affinity of {{kind}} "{{name}}" is about other pods ({{wanted}}) only: its own pods may all run on one node.',
    key: 'This term has no topologyKey, so it does not say what to keep apart. The API server refuses pods like this, so the {{kind}} never runs.',
    weight:
      'A preferred term needs a weight from 1 to 100. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    copy: 'Keep the pods of this {{kind}} apart: copy its selector',
    hostname: 'Keep them on different nodes: kubernetes.io/hostname',
    zone: 'Keep them in different zones: topology.kubernetes.io/zone',
    weight: 'Set the weight to 100',
  },
  visit: {
    pod(pod, context) {
      const { located, around } = context;
      const terms = affinityTerms(pod.spec, 'podAntiAffinity');
      if (!terms || around.patched(located, pod.spec.at('affinity'))) return;
      for (const term of terms) judgeForm(term, context);
      judgeOwn(terms, pod, context);
    },
  },
});

type Messages = 'absent' | 'mismatch' | 'elsewhere' | 'others' | 'key' | 'weight';

function judgeForm({ required, entry, term }: AffinityTerm, { report, located }: UnitContext<Messages>): void {
  if (!entry.isMap || entry.open) return;
  const data = { kind: located.resource.kind };
  const set = (path: AffinityTerm['term']['path'], title: string, value: string | number): Fix => ({
    class: 'review',
    title,
    operations: [{ op: 'set', path, value }],
  });
  const key = term.at('topologyKey');
  if (term.isMap && !term.open && (key.missing || key.text() === '')) {
    report({
      message: 'key',
      at: key.missing ? term : key,
      data,
      severity: 'error',
      fixes: [
        set(key.path, 'hostname', 'kubernetes.io/hostname'),
        set(key.path, 'zone', 'topology.kubernetes.io/zone'),
      ],
    });
  }
  if (required) return;
  const weight = entry.at('weight');
  const number = weight.missing ? 0 : (weight.number() ?? 1);
  if (number >= 1 && number <= 100) return;
  report({
    message: 'weight',
    at: weight.missing ? entry : weight,
    data,
    severity: 'error',
    fixes: [set(weight.path, 'weight', 100)],
  });
}

function judgeOwn(
  terms: readonly AffinityTerm[],
  pod: PodTemplate,
  { report, located, around }: UnitContext<Messages>,
): void {
  const { kind, name } = located.resource;
  if (
    kind === 'DaemonSet' ||
    kind === 'Pod' ||
    !pod.labelsKnown ||
    around.patched(located, pod.value.at('metadata', 'labels'))
  )
    return;
  const shared = around.sharedLabels(located);
  const namespace = around.namespaceOf(located);
  const labels = withShared(pod.labels, terms, shared);
  const found = terms.map(({ term }) => termFinds(term, labels, namespace));
  const first = terms[0]?.term;
  // What cannot be told, or is no term at all, may be the one that keeps them apart.
  if (!first || found.some((answer) => answer !== false)) return;
  const selectors = terms.map(({ term }) => readLabelSelector(term.at('labelSelector')));
  const requirements = selectors.flatMap((selector) => unmet(selector, labels));
  const absent = first.at('labelSelector').missing;
  const elsewhere = !absent && requirements.length === 0;
  const meant =
    absent ||
    elsewhere ||
    terms.some(({ term }, index) => isMeant(term, selectors[index]?.requirements ?? [], located, labels, around));
  const replicas = effectiveReplicas(located, around)?.count;
  const alone = replicas !== undefined && replicas < 2;
  // One pod that keeps away from others does just that.
  if (!meant && (replicas ?? 1) < 2) return;
  const value = terms.length === 1 && selectorFits(located.resource) ? ownSelector(located.resource) : undefined;
  const copy: Fix = {
    class: meant ? 'safe' : 'review',
    title: 'copy',
    data: { kind },
    operations: [{ op: 'set', path: first.at('labelSelector').path, value: value ?? null }],
  };
  const wanted = [...new Set(requirements.map(showRequirement))].join(', ');
  report({
    message: absent ? 'absent' : elsewhere ? 'elsewhere' : meant ? 'mismatch' : 'others',
    at: absent ? first : first.at(elsewhere ? 'namespaces' : 'labelSelector'),
    data: { kind, name: name ?? '…', wanted },
    ...((alone || !meant) && { severity: 'info' as const }),
    fixes: value === undefined || elsewhere ? [] : [copy],
  });
}

/** Keys that the kustomization sets on selectors and labels alike always match. */
function withShared(
  labels: Readonly<Record<string, string>>,
  terms: readonly AffinityTerm[],
  shared: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  if (shared.size === 0) return labels;
  const wanted = terms.flatMap(({ term }) => readLabelSelector(term.at('labelSelector')).requirements);
  return {
    ...labels,
    ...Object.fromEntries(wanted.filter(({ key }) => shared.has(key)).map(({ key, values }) => [key, values[0] ?? ''])),
  };
}

/** Whether a term was meant for the workload's own pods: it nearly finds them, and finds no others. */
function isMeant(
  term: AffinityTerm['term'],
  requirements: readonly Requirement[],
  located: Located,
  labels: Readonly<Record<string, string>>,
  around: Surroundings,
): boolean {
  if (around.selected(located, readLabelSelector(term.at('labelSelector'))).length > 0) return false;
  const own = [...Object.values(labels), located.resource.name ?? ''].filter((text) => text.length > 2);
  return requirements.some(
    (requirement) =>
      meets(requirement, labels) ||
      requirement.values.some((value) => own.some((text) => editDistance(text, value, 2) <= 2)),
  );
}
