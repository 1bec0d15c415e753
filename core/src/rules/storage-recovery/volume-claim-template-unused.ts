import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { claimTemplates, mountsOf, mountsUnknown } from '../../kube/volumes.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'volume-claim-template-unused',
  capability: 'storage-recovery',
  tier: 2,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/StatefulSet', 'apps.kruise.io/StatefulSet'],
  needs: 'complete',
  docs: {
    summary: 'A StatefulSet makes a volume for each pod that no container mounts.',
    why: 'The claim is made, the disk is paid for, and the pod waits until it is bound, but what the application writes goes somewhere else and is lost with the pod. The API server does not check it. Mostly the mount was forgotten or is misspelt.',
    exemptions: 'Containers whose mounts template text or a patch completes.',
    links: ['concepts/workloads/controllers/statefulset#volume-claim-templates'],
  },
  explains: [],
  aliases: [],
  messages: {
    unused:
      'No container mounts "{{claim}}": each pod of StatefulSet "{{name}}" waits for this volume, but nothing is ever kept on it.',
  },
  titles: { mount: 'Mount "{{claim}}" in container "{{container}}"' },
  visit: {
    pod(pod, { report, located, around }) {
      const { value, name } = located.resource;
      const { containers } = pod;
      const spec = pod.spec;
      if (
        containers.length === 0 ||
        containers.some(mountsUnknown) ||
        spec.at('containers').open ||
        spec.at('initContainers').open
      )
        return;
      if (containers.some((container) => around.patched(located, container.value.at('volumeMounts')))) return;
      const mounted = new Set(containers.flatMap((container) => mountsOf(container).map(({ volume }) => volume)));
      const first = containers.find(({ role }) => role === 'main');
      for (const { name: claim, value: template } of claimTemplates(value)) {
        if (claim === undefined || mounted.has(claim)) continue;
        const fixes: Fix[] = first
          ? [
              {
                class: 'template',
                title: 'mount',
                data: { claim, container: first.name ?? '…' },
                operations: [
                  {
                    op: 'append',
                    path: [...first.value.path, 'volumeMounts'],
                    value: { name: claim, mountPath: tabStop(1, `/${claim}`) },
                  },
                ],
              },
            ]
          : [];
        report({ message: 'unused', at: template.at('metadata', 'name'), data: { claim, name: name ?? '…' }, fixes });
      }
    },
  },
});
