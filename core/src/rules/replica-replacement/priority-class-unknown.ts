import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isAbsent } from '../../workspace/named.ts';

/** Every cluster has these two. */
const builtIn = ['system-cluster-critical', 'system-node-critical'];

export default defineRule({
  id: 'priority-class-unknown',
  capability: 'replica-replacement',
  tier: 2,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'Pods name a priority class that is not among the known ones.',
    why: 'A pod whose PriorityClass does not exist is refused when it is created. The workload itself is accepted and stays without pods, with an event on its ReplicaSet or Job.',
    exemptions:
      'The two classes of every cluster, system-cluster-critical and system-node-critical; names in known.objects; workspaces without any PriorityClass.',
    links: ['concepts/scheduling-eviction/pod-priority-preemption#pod-priority'],
  },
  explains: ['pod-evicted/preemption', 'failed-create/priority'],
  aliases: ['kube-linter:priority-class-name', 'polaris:priorityClassNotSet'],
  messages: {
    near: 'There is no PriorityClass "{{class}}" here, but "{{other}}". Kubernetes refuses every pod whose class does not exist, so {{kind}} "{{name}}" stays without pods.',
    unknown:
      'PriorityClass "{{class}}" is not among those here. Unless it exists in the cluster, Kubernetes refuses every pod of {{kind}} "{{name}}".',
  },
  titles: { near: 'Use priority class "{{class}}"' },
  visit: {
    pod(pod, { report, located, around, known }) {
      const at = pod.spec.at('priorityClassName');
      const name = at.text();
      if (name === undefined || name === '' || builtIn.includes(name) || around.patched(located, at)) return;
      const absent = isAbsent(name, 'scheduling.k8s.io/PriorityClass', located, around, known);
      if (!absent?.seen) return;
      const data = {
        class: name,
        other: absent.near ?? '',
        kind: located.resource.kind,
        name: located.resource.name ?? '…',
      };
      const fixes: Fix[] =
        absent.near === undefined
          ? []
          : [
              {
                class: 'review',
                title: 'near',
                data: { class: absent.near },
                operations: [{ op: 'set', path: at.path, value: absent.near }],
              },
            ];
      if (absent.near === undefined) report({ message: 'unknown', at, data });
      else report({ message: 'near', at, data, severity: 'warning', fixes });
    },
  },
});
