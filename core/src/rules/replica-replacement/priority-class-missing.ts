import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'priority-class-missing',
  capability: 'replica-replacement',
  tier: 3,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'Pods have no priority of their own.',
    why: 'Where nodes are full, pods of higher priority take the place of those of lower priority, and a node short of memory evicts those first. Pods without a class have the default of the cluster, mostly 0, and are among the first to go.',
    links: ['concepts/scheduling-eviction/pod-priority-preemption#pod-priority'],
  },
  explains: ['pod-evicted/preemption', 'unschedulable/resources'],
  aliases: ['polaris:priorityClassNotSet'],
  messages: {
    absent:
      'The pods of {{kind}} "{{name}}" name no priority class: on a full node they are preempted before all pods that have one of higher value.',
  },
  titles: { choose: 'Use priority class {{class}}' },
  visit: {
    pod(pod, { report, located, around }) {
      const at = pod.spec.at('priorityClassName');
      if (!at.missing || !pod.spec.isMap || !pod.spec.at('priority').missing || around.patched(located, at)) return;
      // A class that does not exist would keep every pod from being created, so only known ones are offered.
      const classes = around
        .clusterWide('scheduling.k8s.io/PriorityClass')
        .flatMap(({ resource }) => resource.name ?? []);
      const fixes = [...new Set(classes)].slice(0, 4).map((name): Fix => ({
        class: 'template',
        title: 'choose',
        data: { class: name },
        operations: [{ op: 'set', path: at.path, value: tabStop(1, name) }],
      }));
      const { kind, name } = located.resource;
      report({ message: 'absent', at: pod.spec, data: { kind, name: name ?? '…' }, fixes });
    },
  },
});
