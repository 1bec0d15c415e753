import type { PodTemplate } from '../../kube/pod.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { withEmptied } from '../../yaml/emptied.ts';

const evict = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const volumesToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

export default defineRule({
  id: 'scale-down-blocked',
  capability: 'node-failure-and-autoscaling',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A pod keeps the node autoscaler from removing or replacing its node.',
    why: 'Node autoscalers move pods away from nodes that are little used, and Karpenter also from nodes that are out of date. A pod that forbids that, or that nobody would make again, keeps its whole node: it is paid for, and it is not updated.',
    exemptions:
      'DaemonSets; bare Pods that allow it by annotation or belong to another object. Local storage counts only with the option localStorage, since newer autoscalers can be told to ignore it.',
    links: ['concepts/cluster-administration/node-autoscaling'],
  },
  explains: [],
  aliases: ['kyverno:add-safe-to-evict'],
  options: {
    localStorage: {
      default: false,
      description:
        'Also report pods with emptyDir or hostPath volumes, which the Cluster Autoscaler does not move by default.',
    },
  },
  messages: {
    forbidden:
      'This annotation forbids the node autoscaler to move pods of {{kind}} "{{name}}": each of their nodes stays as it is, however little it is used.',
    bare: 'Nobody would make this Pod again, so the Cluster Autoscaler does not move it: its node stays, however little it is used.',
    storage:
      'Volume "{{volume}}" is on the disk of the node, so the Cluster Autoscaler does not move pods of {{kind}} "{{name}}": their nodes stay, however little they are used.',
  },
  titles: {
    remove: 'Allow the pods to be moved: remove the annotation',
    allow: 'Allow the Pod to be moved (it is not made again)',
    volumes: 'Allow the pods to be moved without what is in {{volumes}}',
  },
  visit: {
    pod(pod, context) {
      const { located, report } = context;
      const { kind, name, value } = located.resource;
      const annotations = pod.value.at('metadata', 'annotations');
      if (
        kind === 'DaemonSet' ||
        annotations.open ||
        pod.value.open ||
        !value.at('metadata', 'ownerReferences').missing
      )
        return;
      const data = { kind, name: name ?? '…' };
      const forbidding = Object.entries({
        [evict]: 'false',
        'karpenter.sh/do-not-disrupt': 'true',
        'karpenter.sh/do-not-evict': 'true',
      });
      for (const [key, text] of forbidding) {
        const at = annotations.at(key);
        if (at.text() === text)
          report({
            message: 'forbidden',
            at,
            data,
            fixes: [
              {
                class: 'review',
                title: 'remove',
                operations: [{ op: 'remove', path: withEmptied(pod.value, at.path) }],
              },
            ],
          });
      }
      if (!annotations.at(evict).missing) return;
      if (kind === 'Pod' && !pod.value.at('metadata').missing) {
        report({
          message: 'bare',
          at: value.at('kind'),
          fixes: [
            {
              class: 'review',
              title: 'allow',
              operations: [{ op: 'set', path: annotations.at(evict).path, value: 'true' }],
            },
          ],
        });
      } else judgeStorage(pod, context);
    },
  },
});

/** Volumes on the node's disk; in memory is not on disk. */
function judgeStorage({ spec, value }: PodTemplate, { option, report, located }: Context<'storage'>): void {
  const annotation = value.at('metadata', 'annotations', volumesToEvict);
  if (!option<boolean>('localStorage') || annotation.templated) return;
  const allowed = new Set((annotation.text() ?? '').split(','));
  const local = spec
    .at('volumes')
    .items()
    .filter((volume) => {
      const empty = volume.at('emptyDir');
      return (
        !volume.at('hostPath').missing ||
        (volume.has('emptyDir') &&
          !empty.unknown &&
          empty.at('medium').text() !== 'Memory' &&
          !empty.at('medium').templated)
      );
    });
  const names = local.flatMap((volume) => volume.at('name').text() ?? []);
  const first = local.find((volume) => !allowed.has(volume.at('name').text() ?? ''));
  if (!first) return;
  const { kind, name } = located.resource;
  const fixes: Fix[] = [
    {
      class: 'review',
      title: 'volumes',
      data: { volumes: names.join(', ') },
      operations: [{ op: 'set', path: annotation.path, value: names.join(',') }],
    },
  ];
  report({
    message: 'storage',
    at: first,
    data: { volume: first.at('name').text() ?? '…', kind, name: name ?? '…' },
    fixes: first.at('name').text() === undefined ? [] : fixes,
  });
}
