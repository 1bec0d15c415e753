import { defineRule } from '../../lint/rule.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';

export default defineRule({
  id: 'ordered-ready-stuck',
  capability: 'rollouts-and-disruptions',
  tier: 3,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/StatefulSet'],
  needs: 'complete',
  docs: {
    summary: 'A bad revision of a StatefulSet has to be repaired by hand, even after it was reverted.',
    why: 'With podManagementPolicy OrderedReady, the default, the controller waits for each pod to become ready before it goes on. A revision that never gets ready stops it there, and going back to the good template does not help: the broken pod is not replaced until somebody deletes it.',
    exemptions: 'Fewer than 2 replicas, podManagementPolicy Parallel, Helm hooks, namespaces in known.namespaces.',
    links: ['concepts/workloads/controllers/statefulset#forced-rollback'],
  },
  explains: ['statefulset-blocked/predecessor'],
  aliases: [],
  messages: {
    waits:
      'StatefulSet "{{name}}" replaces its {{replicas}} pods in order, each after the one before is ready. A version that never gets ready stops that, and reverting it does not help: the broken pod has to be deleted by hand.',
  },
  titles: { parallel: 'Set podManagementPolicy to Parallel (it cannot be changed once the StatefulSet exists)' },
  visit: {
    resource(located, { report, around, known }) {
      const { value, name } = located.resource;
      const at = value.at('spec', 'podManagementPolicy');
      if (at.unknown || (!at.missing && at.text() !== 'OrderedReady')) return;
      const replicas = effectiveReplicas(located, around)?.count ?? 0;
      if (replicas < 2 || around.patched(located, at) || isAvailabilityExempt(located, around, known)) return;
      report({
        message: 'waits',
        at,
        data: { name: name ?? '…', replicas },
        fixes: [{ class: 'review', title: 'parallel', operations: [{ op: 'set', path: at.path, value: 'Parallel' }] }],
      });
    },
  },
});
