import { defineRule } from '../../lint/rule.ts';
import { claimTemplates, volumesOf } from '../../kube/volumes.ts';

export default defineRule({
  id: 'slow-volume-ownership',
  capability: 'storage-recovery',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'The owner of every file of a volume is changed at each start of a pod.',
    why: 'With an fsGroup the kubelet walks through the whole volume before the containers start and gives every file to that group. On a volume with millions of files that takes many minutes, at every restart on another node, and the pod does nothing but wait in ContainerCreating. With fsGroupChangePolicy OnRootMismatch it looks at the top folder first and is done.',
    exemptions:
      'Pods without a claim. What a driver does by itself (fsGroupPolicy of a CSIDriver) is not to be seen in manifests.',
    links: [
      'tasks/configure-pod-container/security-context#configure-volume-permission-and-ownership-change-policy-for-pods',
    ],
  },
  explains: ['volume-mount/failed'],
  aliases: [],
  messages: {
    always:
      'At each start of a pod of {{kind}} "{{name}}" the group of every file on its volume is set to {{group}} anew: on a large volume the pod waits for minutes before its containers start.',
    rejected:
      'fsGroupChangePolicy has to be OnRootMismatch or Always; "{{policy}}" is refused by the API server, so no pod of {{kind}} "{{name}}" starts.',
  },
  titles: {
    mismatch: 'Change owners only when the top folder has another: OnRootMismatch',
    mismatchBare:
      'Change owners only when the top folder has another: OnRootMismatch (a Pod that exists has to be created anew)',
  },
  visit: {
    pod(pod, { report, located, around }) {
      const { kind, name, value, custom } = located.resource;
      const security = pod.spec.at('securityContext');
      const group = security.at('fsGroup').number();
      const at = security.at('fsGroupChangePolicy');
      const policy = at.missing ? 'Always' : at.text();
      if (
        custom ||
        group === undefined ||
        policy === undefined ||
        policy === 'OnRootMismatch' ||
        around.patched(located, at)
      )
        return;
      const bare = kind === 'Pod';
      // Leaving it out is an oversight, `Always` may be a decision.
      const fix = {
        class: at.missing && !bare ? ('safe' as const) : ('review' as const),
        title: bare ? 'mismatchBare' : 'mismatch',
        operations: [{ op: 'set' as const, path: at.path, value: 'OnRootMismatch', after: 'fsGroup' }],
      };
      const data = { kind, name: name ?? '…', group, policy };
      if (policy !== 'Always') {
        report({ message: 'rejected', at, data, severity: 'error', fixes: [{ ...fix, class: 'review' }] });
        return;
      }
      const claims = volumesOf(pod).some(({ source }) => source === 'persistentVolumeClaim' || source === 'ephemeral');
      if (claims || claimTemplates(value).length > 0)
        report({ message: 'always', at: at.missing ? security.at('fsGroup') : at, data, fixes: [fix] });
    },
  },
});
