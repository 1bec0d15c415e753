import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Volume } from '../../kube/volumes.ts';
import { isBelow, mountsOf, volumesOf } from '../../kube/volumes.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'host-path-data',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet', '/Pod', 'argoproj.io/Rollout'],
  needs: 'any',
  docs: {
    summary: 'A workload that may run on any node writes to a folder of the node it happens to be on.',
    why: 'A hostPath is another, mostly empty folder on every node. When the pod is replaced on another node it starts without its data, and two pods see two different states. What it wrote stays behind, unseen, until the disk of the node is full.',
    exemptions:
      'DaemonSets, whose pods belong to their nodes; mounts that are read-only; sockets and devices; folders through which the node speaks to pods (/dev, /proc, /sys, /run, /var/run, /var/log, /etc, /lib/modules, /usr, /opt/cni, folders of the kubelet and of container runtimes).',
    links: ['concepts/storage/volumes#hostpath'],
  },
  explains: ['pod-lost/node', 'node-not-ready/kubelet-stopped', 'node-not-ready/kubelet-reports'],
  aliases: ['polaris:hostPathSet', 'clusterlint:hostpath', 'trivy:KSV-0023', 'trivy:KSV023', 'trivy:AVD-KSV-0023'],
  messages: {
    writes:
      'Container "{{container}}" writes to {{path}} of whatever node it runs on: when its pod is replaced on another node, it starts without that data.',
  },
  titles: { claim: 'Mount a PersistentVolumeClaim instead' },
  visit: {
    pod(pod, { report }) {
      for (const volume of volumesOf(pod)) {
        const path = volume.at.at('path');
        const folder = path.text();
        const type = volume.at.at('type');
        if (
          volume.source !== 'hostPath' ||
          folder === undefined ||
          isInterface(folder) ||
          type.templated ||
          (type.text() ?? '') in special
        )
          continue;
        const writer = pod.containers.find((container) =>
          mountsOf(container).some((mount) => mount.volume === volume.name && mount.readOnly === false),
        );
        if (!writer || volume.name === undefined) continue;
        report({
          message: 'writes',
          at: path,
          data: { container: writer.name ?? '…', path: folder },
          fixes: [toClaim(volume)],
        });
      }
    },
  },
});

/** Types of hostPath that are no storage. */
const special: Readonly<Record<string, true>> = { Socket: true, CharDevice: true, BlockDevice: true };

/** Folders through which a node and its pods speak to each other, rather than keep data. */
const interfaces = (
  '/dev /proc /sys /run /var/run /var/log /etc /lib /lib64 /usr /boot /sbin /bin /opt/cni /opt/bin /opt/nvidia ' +
  '/var/lib/kubelet /var/lib/docker /var/lib/containerd /var/lib/containers /var/lib/cni /var/lib/crio /var/lib/rancher /var/lib/k0s ' +
  '/home/kubernetes /var/vcap/data/kubelet /var/data/kubelet'
).split(' ');

const isInterface = (path: string): boolean =>
  path === '/' || path.endsWith('.sock') || interfaces.some((folder) => isBelow(path, folder));

/** The volume keeps its name, so the mounts stay. */
const toClaim = ({ value }: Volume): Fix => {
  const path = [...value.path, 'hostPath'];
  return {
    class: 'template',
    title: 'claim',
    operations: [
      { op: 'rename', path, key: 'persistentVolumeClaim' },
      { op: 'set', path, value: { claimName: tabStop(1, value.at('name').text() ?? 'data') } },
    ],
  };
};
