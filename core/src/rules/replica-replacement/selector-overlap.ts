import type { Selector } from '../../kube/selector.ts';
import { matches, readLabelSelector } from '../../kube/selector.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { belongTogether } from '../../workspace/together.ts';

const kinds = ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet'];

export default defineRule({
  id: 'selector-overlap',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds,
  needs: 'complete',
  docs: {
    summary: 'The selector of a workload also matches the pods of another.',
    why: 'A controller manages only pods that carry its own reference, so two with overlapping selectors do not fight. But an autoscaler of either stops (AmbiguousSelector), Services and disruption budgets with these labels count the pods of both, and what has no owner is adopted: a bare ReplicaSet becomes an old revision of the Deployment and is scaled with it, a bare Pod becomes a replica and may be deleted as surplus.',
    exemptions:
      'Objects that another object owns, labels that template text or a patch may change, objects of other folders without a common namespace.',
    links: ['concepts/workloads/controllers/deployment#selector'],
  },
  explains: ['autoscaler-stuck/selector'],
  aliases: [],
  messages: {
    workload:
      'The selector of {{kind}} "{{name}}" also matches the pods of {{otherKind}} "{{other}}". Both keep to their own pods, but an autoscaler of either stops working, and Services and disruption budgets with these labels take the pods of both.',
    replicaSet:
      '{{kind}} "{{name}}" adopts ReplicaSet "{{other}}", whose labels match, as an old revision of its own, and scales it down.',
    pod: '{{kind}} "{{name}}" adopts Pod "{{other}}", whose labels match, as one of its own, and may delete it as surplus.',
    countsPod:
      'The selector of {{kind}} "{{name}}" also matches Pod "{{other}}", which it does not manage: an autoscaler, Services and disruption budgets with these labels count it, too.',
    other: 'These labels match.',
  },
  titles: {
    select: 'Select by {{label}}, too (a selector cannot be changed once the {{kind}} exists)',
    add: 'Give selector and pods the label {{label}} (a selector cannot be changed once the {{kind}} exists)',
  },
  visit: {
    resource(located, context) {
      const { around, report } = context;
      const { value, kind, name, pod } = located.resource;
      const at = value.at('spec', 'selector');
      const selector = readLabelSelector(at);
      if (!selector.known || selector.empty || !pod?.labelsKnown || isOwned(located)) return;
      if (around.patched(located, at) || around.patched(located, pod.value.at('metadata', 'labels'))) return;
      const other = findOther(located, selector, around);
      if (!other) return;
      const { resource } = other;
      report({
        message: messageFor(located, other, selector),
        at,
        data: { kind, name: name ?? '…', otherKind: resource.kind, other: resource.name ?? '…' },
        related: [
          { located: other, at: resource.pod?.value.at('metadata', 'labels') ?? resource.value, message: 'other' },
        ],
        fixes: fixes(located, other),
      });
    },
  },
});

type Messages = Parameters<UnitContext<'workload' | 'replicaSet' | 'pod' | 'countsPod'>['report']>[0]['message'];

const isOwned = ({ resource }: Located): boolean => !resource.value.at('metadata', 'ownerReferences').missing;

function findOther(located: Located, selector: Selector, around: Surroundings): Located | undefined {
  const { resource } = located;
  return around.selected(located, selector).find((other) => {
    const { groupKind, name, kind, pod } = other.resource;
    if (other.resource === resource || isOwned(other) || !pod?.labelsKnown) return false;
    if (!kinds.includes(groupKind) && groupKind !== '/Pod') return false;
    // The same object once more, from another overlay or a copy of the file.
    if (name === undefined || (kind === resource.kind && name === resource.name)) return false;
    return meet(located, other, around) && !around.patched(other, pod.value.at('metadata', 'labels'));
  });
}

/** Objects that the workspace holds several times are variants for several places, of which only those in one file meet. */
function meet(a: Located, b: Located, around: Surroundings): boolean {
  return a.file === b.file || (belongTogether(a, b, around) && isUnique(a, around) && isUnique(b, around));
}

const isUnique = (located: Located, around: Surroundings): boolean => around.namesakes(located).length === 1;

/** What happens to the other: a Deployment adopts ReplicaSets, its ReplicaSets and DaemonSets adopt Pods; a StatefulSet only Pods of its names. */
function messageFor({ resource }: Located, other: Located, selector: Selector): Messages {
  const { kind, value } = other.resource;
  if (kind === 'Pod') return resource.kind === 'ReplicaSet' || resource.kind === 'DaemonSet' ? 'pod' : 'countsPod';
  const adopts =
    resource.kind === 'Deployment' &&
    kind === 'ReplicaSet' &&
    matches(selector, value.at('metadata', 'labels').labels().labels);
  return adopts ? 'replicaSet' : 'workload';
}

/** A label that the other's pods lack: one that the pods have already, else their name. */
function fixes({ resource }: Located, other: Located): Fix[] {
  const [own, theirs] = [resource.pod?.labels ?? {}, other.resource.pod?.labels ?? {}];
  const { kind, name, value, pod } = resource;
  const existing = Object.entries(own).find(([key, text]) => theirs[key] !== text);
  const [key, text] = existing ?? ['app.kubernetes.io/component', name ?? ''];
  if (!pod || text === '' || theirs[key] === text) return [];
  const label = `${key}=${text}`;
  const selector = { op: 'set', path: [...value.path, 'spec', 'selector', 'matchLabels', key], value: text } as const;
  if (existing) return [{ class: 'review', title: 'select', data: { label, kind }, operations: [selector] }];
  const template = { op: 'set', path: [...pod.value.path, 'metadata', 'labels', key], value: text } as const;
  return [{ class: 'review', title: 'add', data: { label, kind }, operations: [selector, template] }];
}
