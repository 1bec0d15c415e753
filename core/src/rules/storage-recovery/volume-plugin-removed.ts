import { defineRule } from '../../lint/rule.ts';
import { workloadKinds } from '../../kube/kinds.ts';
import { atLeast } from '../../kube/version.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'volume-plugin-removed',
  capability: 'storage-recovery',
  tier: 2,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: [...workloadKinds, '/PersistentVolume'],
  needs: 'any',
  docs: {
    summary: 'A volume uses a driver that Kubernetes no longer has.',
    why: 'The drivers of these volumes were part of Kubernetes and have been taken out. The API server still accepts such volumes, at most with a warning, but no node can mount one: the pods stay in ContainerCreating for ever. CSI drivers took their place.',
    exemptions:
      'Drivers that Kubernetes hands over to CSI by itself (awsElasticBlockStore, gcePersistentDisk, azureDisk, cinder, vsphereVolume, portworxVolume). gitRepo is a warning before 1.33, where it is switched off.',
    links: ['concepts/storage/volumes#volume-types', 'concepts/storage/persistent-volumes#types-of-persistent-volumes'],
  },
  explains: [
    'volume-attach-failed/error',
    'volume-mount/failed',
    'volume-pending/provisioning-failed',
    'volume-pending/provisioner',
  ],
  aliases: [],
  messages: {
    removed:
      'Kubernetes {{version}} took out the driver of {{type}} volumes: pods that mount this one stay in ContainerCreating for ever.',
    off: 'gitRepo volumes are switched off since Kubernetes 1.33: pods that mount this one stay in ContainerCreating. Clone in an init container instead.',
    deprecated:
      'gitRepo volumes are deprecated, and switched off from Kubernetes 1.33 on: pods that mount this one will not start after the upgrade. Clone in an init container instead.',
  },
  visit: {
    resource({ resource }, { report, version }) {
      const sources: readonly Value[] =
        resource.kind === 'PersistentVolume'
          ? [resource.value.at('spec')]
          : (resource.pod?.spec.at('volumes').items() ?? []);
      for (const source of sources) {
        for (const { key, value, keyRange } of source.entries()) {
          if (value.missing) continue;
          const gone = Object.hasOwn(removed, key) ? removed[key] : undefined;
          if (gone !== undefined && atLeast(version, gone))
            report({ message: 'removed', at: keyRange, data: { type: key, version: gone } });
          else if (key === 'gitRepo' && atLeast(version, '1.33')) report({ message: 'off', at: keyRange });
          else if (key === 'gitRepo') report({ message: 'deprecated', at: keyRange, severity: 'warning' });
        }
      }
    },
  },
});

/** Version without the driver, by the volume's key (pkg/api/pod/warnings.go and pkg/api/persistentvolume of Kubernetes). */
const removed: Readonly<Record<string, `${number}.${number}`>> = {
  photonPersistentDisk: '1.16',
  scaleIO: '1.22',
  flocker: '1.25',
  quobyte: '1.25',
  storageos: '1.25',
  glusterfs: '1.26',
  cephfs: '1.31',
  rbd: '1.31',
};
