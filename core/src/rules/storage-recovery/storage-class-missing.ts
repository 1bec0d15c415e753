import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'storage-class-missing',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/PersistentVolumeClaim', 'apps/StatefulSet'],
  needs: 'complete',
  docs: {
    summary: 'A claim does not say which storage class it wants.',
    why: 'Without a class the claim takes the default of the cluster it lands in. A cluster may have none, then the claim and its pods wait for ever; or another one than yesterday, with other disks and another reclaim policy. The empty class "" asks for a volume that someone made by hand.',
    exemptions:
      'Claims with a volumeName; the old annotation volume.beta.kubernetes.io/storage-class; "" together with volumeName or selector.',
    links: ['concepts/storage/persistent-volumes#class-1'],
  },
  explains: ['volume-pending/no-class'],
  aliases: ['kyverno:require-storageclass', 'gatekeeper:K8sStorageClass'],
  messages: {
    absent:
      'Claim "{{claim}}" names no storage class, so it depends on the default of the cluster: where there is none, it waits for ever and its pods never start, and where the default changes, so does its storage.',
    empty:
      'Claim "{{claim}}" has storageClassName "", which switches dynamic provisioning off. Without volumeName or selector it waits for a volume that a person makes by hand, and its pods wait with it.',
  },
  titles: {
    choose: 'Use storage class {{class}}',
    chooseTemplate: 'Use storage class {{class}} (claim templates cannot be changed once the StatefulSet exists)',
    name: 'Name a storage class',
    nameTemplate: 'Name a storage class (claim templates cannot be changed once the StatefulSet exists)',
  },
  visit: {
    resource(located, context) {
      const { value, kind } = located.resource;
      if (kind === 'PersistentVolumeClaim') judge(value, '', context);
      else
        for (const template of value.at('spec', 'volumeClaimTemplates').items()) judge(template, 'Template', context);
    },
  },
});

const annotation = 'volume.beta.kubernetes.io/storage-class';

function judge(
  claim: Value,
  of: '' | 'Template',
  { report, located, around, known }: UnitContext<'absent' | 'empty'>,
): void {
  const spec = claim.at('spec');
  const name = spec.at('storageClassName');
  if (!name.missing && name.string() !== '') return;
  if (spec.missing || !spec.at('volumeName').missing || !claim.at('metadata', 'annotations', annotation).missing)
    return;
  if (!name.missing && !spec.at('selector').missing) return;
  if (around.patched(located, name)) return;
  const classes = [
    ...known.storageClasses,
    ...around.clusterWide('storage.k8s.io/StorageClass').flatMap(({ resource }) => resource.name ?? []),
  ];
  const offered = classes.length > 0 ? [...new Set(classes)].slice(0, 4) : ['class'];
  const fixes = offered.map((choice): Fix => ({
    class: 'template',
    title: (classes.length > 0 ? 'choose' : 'name') + of,
    data: { class: choice },
    operations: [{ op: 'set', path: name.path, value: tabStop(1, choice) }],
  }));
  const data = { claim: claim.at('metadata', 'name').text() ?? '…' };
  if (name.missing) report({ message: 'absent', at: spec, data, fixes });
  else report({ message: 'empty', at: name, data, severity: 'warning', fixes });
}
