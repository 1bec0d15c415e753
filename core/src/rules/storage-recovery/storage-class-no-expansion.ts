import { defineRule } from '../../lint/rule.ts';
import { cannotExpand } from '../../kube/storage.ts';

export default defineRule({
  id: 'storage-class-no-expansion',
  capability: 'storage-recovery',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: ['storage.k8s.io/StorageClass'],
  needs: 'complete',
  docs: {
    summary: 'Volumes of a class cannot grow.',
    why: 'A database on a full disk stops, and restarts do not help. With allowVolumeExpansion a larger size in the claim is enough; without it the data has to move to a new volume, by hand, while the service is down.',
    exemptions:
      'Provisioners whose volumes have no size that could grow, such as kubernetes.io/no-provisioner and rancher.io/local-path.',
    links: ['concepts/storage/storage-classes#allow-volume-expansion'],
  },
  explains: [],
  aliases: [],
  messages: {
    fixed:
      'Volumes of StorageClass "{{name}}" cannot grow: when one is full, its data has to move to a new one by hand. Set allowVolumeExpansion if {{provisioner}} supports it.',
  },
  titles: { allow: 'Let volumes grow: allowVolumeExpansion true (the driver has to support it)' },
  visit: {
    resource({ resource }, { report }) {
      const { value, name } = resource;
      const at = value.at('allowVolumeExpansion');
      const provisioner = value.at('provisioner').text();
      if (at.templated || at.boolean() === true || provisioner === undefined || cannotExpand(provisioner)) return;
      report({
        message: 'fixed',
        at: at.missing ? value.at('provisioner') : at,
        data: { name: name ?? '…', provisioner },
        fixes: [{ class: 'review', title: 'allow', operations: [{ op: 'set', path: at.path, value: true }] }],
      });
    },
  },
});
