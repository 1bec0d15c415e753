import type { PodTemplate } from '../../kube/pod.ts';
import { nodeTerms } from '../../kube/scheduling.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import { mountedClaims } from '../../workspace/claims.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { withEmptied } from '../../yaml/emptied.ts';
import type { Path, Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'pinned-to-node',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'The pods of a workload may run on one named node only.',
    why: 'When that node fails or is drained, no other node may take over: the replacement waits until the node comes back, or until somebody edits the manifest. With nodeName the scheduler is not even asked, so taints, cordons and free resources do not count.',
    exemptions:
      'DaemonSets; pods of the mirror or of a cluster dump (with status, uid or ownerReferences); claims on local volumes, which are tied to their node anyway; Helm hooks, namespaces in known.namespaces. An info for pods with a hostPath volume.',
    links: [
      'concepts/scheduling-eviction/assign-pod-node#nodename',
      'concepts/scheduling-eviction/assign-pod-node#built-in-node-labels',
    ],
  },
  explains: [
    'pod-lost/node',
    'pod-rejected/resources',
    'pod-rejected/node',
    'unschedulable/affinity',
    'unschedulable/cordoned',
    'node-not-ready/kubelet-stopped',
    'node-not-ready/kubelet-reports',
  ],
  aliases: ['clusterlint:node-name-pod-selector'],
  messages: {
    name: 'nodeName binds the pods of {{kind}} "{{workload}}" to node "{{node}}", past the scheduler: when that node fails or is drained, nothing takes over.',
    label:
      'The pods of {{kind}} "{{workload}}" may run on node "{{node}}" only: when that node fails or is drained, the replacement waits until it comes back.',
  },
  titles: { remove: 'Let them run on any node (rolls the pods out)' },
  visit: {
    pod(pod, { located, report, around, known }) {
      const { kind, name, value } = located.resource;
      if (kind === 'DaemonSet' || isAvailabilityExempt(located, around, known) || isCopy(value)) return;
      const pin = pinOf(pod);
      if (!pin || around.patched(located, pin.at) || isBoundByVolume(located, around)) return;
      const hostPath = pod.spec
        .at('volumes')
        .items()
        .some((volume) => !volume.at('hostPath').missing);
      // Nothing of this can be changed in a bare Pod.
      const fixes: Fix[] =
        kind === 'Pod' || !pin.remove
          ? []
          : [{ class: 'review', title: 'remove', operations: [{ op: 'remove', path: pin.remove }] }];
      report({
        message: pin.message,
        at: pin.at,
        data: { kind, workload: name ?? '…', node: pin.node },
        ...(hostPath && { severity: 'info' as const }),
        fixes,
      });
    },
  },
});

/** Written by a cluster, not by a person: its node was decided already. */
const isCopy = (object: Value): boolean =>
  [
    ['status'],
    ['metadata', 'uid'],
    ['metadata', 'ownerReferences'],
    ['metadata', 'annotations', 'kubernetes.io/config.mirror'],
  ].some((path) => !object.at(...path).missing);

interface Pin {
  readonly message: 'name' | 'label';
  readonly at: Value;
  readonly node: string;
  /** What to take away; undefined where more than that stands there. */
  readonly remove: Path | undefined;
}

const hostname = 'kubernetes.io/hostname';

function pinOf({ spec }: PodTemplate): Pin | undefined {
  const name = spec.at('nodeName');
  const named = name.text();
  if (named !== undefined && named !== '') return { message: 'name', at: name, node: named, remove: name.path };
  const selector = spec.at('nodeSelector');
  const label = selector.at(hostname);
  const selected = label.text();
  if (selected !== undefined)
    return { message: 'label', at: label, node: selected, remove: withEmptied(spec, label.path) };
  return affinityPin(spec);
}

/** Each term is enough by itself, so all of them have to name the same node. */
function affinityPin(spec: Value): Pin | undefined {
  const required = spec.at('affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const terms = nodeTerms(required);
  const pins = terms.map(pinOfTerm);
  const [first, ...others] = pins;
  if (
    !first ||
    required.open ||
    required.at('nodeSelectorTerms').open ||
    others.some((pin) => pin?.node !== first.node)
  )
    return undefined;
  const single =
    terms.length === 1 &&
    (terms[0]?.at('matchExpressions').items().length ?? 0) + (terms[0]?.at('matchFields').items().length ?? 0) === 1;
  return {
    message: 'label',
    at: first.at,
    node: first.node,
    remove: single ? withEmptied(spec, required.path) : undefined,
  };
}

function pinOfTerm(term: Value): { readonly at: Value; readonly node: string } | undefined {
  const entries = [
    ...term
      .at('matchExpressions')
      .items()
      .filter((item) => item.at('key').text() === hostname),
    ...term
      .at('matchFields')
      .items()
      .filter((item) => item.at('key').text() === 'metadata.name'),
  ];
  for (const entry of entries) {
    const values = entry.at('values').items();
    const node = values.length === 1 ? values[0]?.text() : undefined;
    if (entry.at('operator').text() === 'In' && node !== undefined && !entry.at('values').open)
      return { at: entry.at('values'), node };
  }
  return undefined;
}

/** A claim on a volume of one node, or perhaps one; StorageClasses without provisioner are for these. */
function isBoundByVolume(located: Located, around: Surroundings): boolean {
  const templates = located.resource.value.at('spec', 'volumeClaimTemplates').items();
  const claims = mountedClaims(located, around).flatMap(({ claim }) => claim?.resource.value ?? []);
  return [...claims, ...templates].some((claim) => {
    const [volumeAt, classAt] = [claim.at('spec', 'volumeName'), claim.at('spec', 'storageClassName')];
    if ([volumeAt, classAt].some((at) => at.templated && !at.missing)) return true;
    const [volume, storageClass] = [volumeAt.text(), classAt.text()];
    const local =
      volume !== undefined &&
      around
        .clusterWide('/PersistentVolume')
        .some(({ resource }) => resource.name === volume && resource.value.at('spec', 'local').exists);
    return local || (storageClass !== undefined && isLocalClass(storageClass, around));
  });
}

const isLocalClass = (name: string, around: Surroundings): boolean =>
  /(?:^|-)local(?:-|$)/.test(name) ||
  around
    .clusterWide('storage.k8s.io/StorageClass')
    .some(
      ({ resource }) =>
        resource.name === name && resource.value.at('provisioner').text() === 'kubernetes.io/no-provisioner',
    );
