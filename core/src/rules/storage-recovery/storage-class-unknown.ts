import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isDnsSubdomain } from '../../kube/names.ts';
import { classOf, isCommonClass } from '../../kube/storage.ts';
import { claimTemplates } from '../../kube/volumes.ts';
import { nearest } from '../../text/nearest.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'storage-class-unknown',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/PersistentVolumeClaim', 'apps/StatefulSet'],
  needs: 'complete',
  docs: {
    summary: 'A claim names a storage class that does not exist.',
    why: 'Nobody provisions a volume for a claim of an unknown class: the claim stays Pending, and every pod that mounts it with it. No event says that the class is misspelt.',
    exemptions:
      'Classes in known.storageClasses, and classes of PersistentVolumes that are written by hand, which need no StorageClass. A hint where no class is to be seen at all, and for classes that clouds bring along (gp3, standard, managed-csi and the like).',
    links: ['concepts/storage/storage-classes', 'concepts/storage/persistent-volumes#class-1'],
  },
  explains: ['unschedulable/volume', 'volume-pending/class-missing'],
  aliases: ['gatekeeper:K8sStorageClass'],
  messages: {
    unknown:
      'Claim "{{claim}}" asks for storage class "{{class}}", but only {{known}} is known here: the claim and its pods would stay Pending.',
    similar:
      'Claim "{{claim}}" asks for storage class "{{class}}", which is not known here; "{{similar}}" is. The claim and its pods would stay Pending.',
    unseen:
      'Storage class "{{class}}" is not to be seen here; if the cluster has none of this name, claim "{{claim}}" and its pods stay Pending.',
    rejected:
      'A storage class cannot be called "{{class}}": names are lower case letters, digits, "-" and ".". The API server refuses claim "{{claim}}", so its pods never start.',
  },
  titles: {
    use: 'Use storage class {{choice}} (a claim that exists cannot be changed)',
  },
  visit: {
    resource(located, context) {
      const { value, kind } = located.resource;
      const claims =
        kind === 'PersistentVolumeClaim' ? [value] : claimTemplates(value).map((template) => template.value);
      for (const claim of claims) judge(claim, context);
    },
  },
});

function judge(
  claim: Value,
  { report, located, around, known }: UnitContext<'unknown' | 'similar' | 'unseen' | 'rejected'>,
): void {
  const at = classOf(claim);
  const name = at.text();
  if (name === undefined || name === '' || around.patched(located, at)) return;
  const declared = around.clusterWide('storage.k8s.io/StorageClass');
  const classes = [...new Set([...known.storageClasses, ...declared.flatMap(({ resource }) => resource.name ?? [])])];
  if (classes.includes(name)) return;
  const similar = nearest(name, classes);
  const data = {
    claim: claim.at('metadata', 'name').text() ?? '…',
    class: name,
    similar: similar ?? '…',
    known: classes.slice(0, 4).join(', '),
  };
  const offered = similar === undefined ? classes.slice(0, 3) : [similar];
  const fixes = offered.map((choice): Fix => ({
    class: 'review',
    title: 'use',
    data: { choice },
    operations: [{ op: 'set', path: at.path, value: choice }],
  }));
  if (!isDnsSubdomain(name)) {
    report({ message: 'rejected', at, data, severity: 'error', fixes });
    return;
  }
  // A class whose name template text hides may be this one; volumes made by hand only have to carry the same name.
  if (declared.some(({ resource }) => resource.name === undefined)) return;
  if (around.clusterWide('/PersistentVolume').some(({ resource }) => isOfClass(resource.value, name))) return;
  if (similar !== undefined && !isCommonClass(name)) report({ message: 'similar', at, data, fixes });
  else if (classes.length > 0 && !isCommonClass(name)) report({ message: 'unknown', at, data, fixes });
  else report({ message: 'unseen', at, data, severity: 'hint', fixes });
}

const isOfClass = (volume: Value, name: string): boolean =>
  classOf(volume).templated || classOf(volume).text() === name;
