import { defineRule } from '../../lint/rule.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';

export default defineRule({
  id: 'statefulset-partition-stuck',
  capability: 'rollouts-and-disruptions',
  tier: 2,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/StatefulSet'],
  needs: 'any',
  docs: {
    summary: 'The partition of a StatefulSet keeps every pod from being updated.',
    why: 'A rolling update with a partition touches only pods whose number is not below it. With as many replicas as the partition, or fewer, that is none: a change of the pod template is accepted and never reaches any pod, and even a pod that is lost comes back in the old version.',
    exemptions: 'Partitions or replicas that template text, a patch or an unknown autoscaler decides.',
    links: ['concepts/workloads/controllers/statefulset#partitions'],
  },
  explains: [],
  aliases: [],
  messages: {
    stuck:
      'With partition {{partition}} only pods with the number {{partition}} and above are updated, and "{{name}}" has only {{replicas}} replica(s): a change of its template reaches no pod at all.',
    negative: 'A partition cannot be less than 0. The API server rejects {{partition}}, so the change never arrives.',
  },
  titles: { all: 'Update every pod: partition 0 (rolls the StatefulSet out)' },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      const at = value.at('spec', 'updateStrategy', 'rollingUpdate', 'partition');
      const partition = at.number();
      const type = value.at('spec', 'updateStrategy', 'type');
      if (partition === undefined || partition === 0 || around.patched(located, at)) return;
      if (!type.missing && type.text() !== 'RollingUpdate') return;
      const fixes = [{ class: 'review', title: 'all', operations: [{ op: 'set', path: at.path, value: 0 }] }] as const;
      if (partition < 0) {
        report({ message: 'negative', at, data: { partition }, severity: 'error', fixes });
        return;
      }
      const replicas = effectiveReplicas(located, around)?.count;
      if (!replicas || partition < replicas) return;
      report({ message: 'stuck', at, data: { partition, name: name ?? '…', replicas }, fixes });
    },
  },
});
