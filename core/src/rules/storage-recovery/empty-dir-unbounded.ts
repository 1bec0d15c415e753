import { defineRule } from '../../lint/rule.ts';
import { mountsOf, volumesOf } from '../../kube/volumes.ts';
import { defaultFor } from '../../workspace/resources.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'empty-dir-unbounded',
  capability: 'storage-recovery',
  tier: 2,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'An emptyDir may grow until the node has no disk or no memory left.',
    why: 'An emptyDir is a folder on the disk of the node, or in its memory. Without a limit it can fill that up, and then the kubelet evicts pods to make room: not only the one that wrote too much. With a sizeLimit that pod alone is evicted and replaced.',
    exemptions:
      'Volumes that no container can write to; pods with an ephemeral-storage limit (for memory: where all containers that mount it have a memory limit), their own, the pod’s or of a LimitRange.',
    links: ['concepts/storage/volumes#emptydir', 'concepts/scheduling-eviction/node-pressure-eviction'],
  },
  explains: ['pod-evicted/storage', 'pod-evicted/node-pressure', 'node-pressure/disk'],
  aliases: ['kyverno:require-emptydir-requests-limits', 'kube-score:container-ephemeral-storage-request-and-limit'],
  messages: {
    disk: 'Nothing limits what is written to emptyDir "{{volume}}": when it fills the disk of its node, other pods there are evicted, too. A sizeLimit makes it this pod’s own problem.',
    memory:
      'Nothing limits what is written to emptyDir "{{volume}}", which is memory of the node: when it is used up, the node kills whatever it finds.',
  },
  titles: { limit: 'Limit the size of "{{volume}}"' },
  visit: {
    pod(pod, { report, located, around }) {
      if (located.resource.custom) return;
      const limited = (name: string, value: (typeof pod)['spec']): boolean =>
        !value.at('resources', 'limits', name).missing;
      for (const { name: volume, source, at, value } of volumesOf(pod)) {
        if (source !== 'emptyDir' || volume === undefined || !value.has('emptyDir') || at.templated) continue;
        const size = at.at('sizeLimit');
        const medium = at.at('medium');
        if (!size.missing || medium.templated || around.patched(located, size)) continue;
        const writers = pod.containers.filter((container) =>
          mountsOf(container).some((mount) => mount.volume === volume && mount.readOnly === false),
        );
        const memory = medium.text() === 'Memory';
        const resource = memory ? 'memory' : 'ephemeral-storage';
        const bounded = memory
          ? writers.every((container) => limited(resource, container.value))
          : pod.containers.some((container) => limited(resource, container.value));
        if (
          writers.length === 0 ||
          bounded ||
          limited(resource, pod.spec) ||
          defaultFor(located, around, 'limits', resource)
        )
          continue;
        report({
          message: memory ? 'memory' : 'disk',
          at: value.keyRange('emptyDir'),
          data: { volume },
          ...(memory && { severity: 'warning' as const }),
          fixes: [
            {
              class: 'template',
              title: 'limit',
              data: { volume },
              operations: [{ op: 'set', path: size.path, value: tabStop(1, memory ? '64Mi' : '1Gi') }],
            },
          ],
        });
      }
    },
  },
});
