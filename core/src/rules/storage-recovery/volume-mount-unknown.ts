import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { showName } from '../../kube/pod.ts';
import { atLeast } from '../../kube/version.ts';
import { claimTemplates, mountsOf, volumesOf } from '../../kube/volumes.ts';
import { nearest } from '../../text/nearest.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'volume-mount-unknown',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A container mounts a volume that its pod does not have.',
    why: 'Every mount names a volume of the pod, or a claim template of the StatefulSet. If there is none of that name, the API server rejects the object. A StatefulSet is accepted before Kubernetes 1.34, but every pod of it is refused: an event says so, nothing else.',
    exemptions:
      'Pods whose list of volumes template text or a patch of the kustomization completes; custom kinds, which may bring volumes of their own.',
    links: ['concepts/storage/volumes#background'],
  },
  explains: ['failed-create/invalid'],
  aliases: ['kubevious:container-volume-mount-ref'],
  messages: {
    rejected:
      'Container "{{container}}" mounts volume "{{volume}}", which this pod does not have. The API server rejects this {{kind}}, so it is never created or updated.',
    refused:
      'Container "{{container}}" mounts volume "{{volume}}", which this pod does not have. The API server takes this {{kind}} and then refuses every pod of it, so none ever runs.',
  },
  titles: {
    rename: 'Mount volume "{{similar}}"',
    emptyDir: 'Add volume "{{volume}}" as an empty folder (emptyDir, lost with the pod)',
    claim: 'Add volume "{{volume}}" from a PersistentVolumeClaim',
  },
  visit: {
    container(container, { report, located, around, version }) {
      const { value, kind, custom } = located.resource;
      const { pod } = container;
      const volumes = pod.spec.at('volumes');
      const templates = value.at('spec', 'volumeClaimTemplates');
      const mounts = mountsOf(container);
      // Without a selector it is a part of something: as a whole it could not exist.
      if (value.at('apiVersion').text()?.startsWith('apps/') && value.at('spec', 'selector').missing) return;
      if (custom || mounts.length === 0 || volumes.open || templates.open) return;
      const names = [...volumesOf(pod), ...claimTemplates(value)].map(({ name }) => name);
      if (names.includes(undefined)) return;
      const late = kind === 'StatefulSet' && !atLeast(version, '1.34');
      for (const { volume, value: mount } of mounts) {
        const at = mount.at('name');
        if (volume === undefined || names.includes(volume)) continue;
        if (around.patched(located, volumes) || around.patched(located, templates) || around.patched(located, at))
          continue;
        const similar = nearest(volume, names as string[]) ?? (names.length === 1 ? names[0] : undefined);
        const data = { container: showName(container), volume, kind, similar: similar ?? '…' };
        const fixes: Fix[] =
          similar === undefined
            ? []
            : [{ class: 'review', title: 'rename', data, operations: [{ op: 'set', path: at.path, value: similar }] }];
        const claim = { name: volume, persistentVolumeClaim: { claimName: tabStop(1, volume) } };
        fixes.push({
          class: 'template',
          title: 'claim',
          data,
          operations: [{ op: 'append', path: volumes.path, value: claim }],
        });
        if (mount.path.at(-2) === 'volumeMounts')
          fixes.push({
            class: 'review',
            title: 'emptyDir',
            data,
            operations: [{ op: 'append', path: volumes.path, value: { name: volume, emptyDir: {} } }],
          });
        report({ message: late ? 'refused' : 'rejected', at, data, fixes });
      }
    },
  },
});
