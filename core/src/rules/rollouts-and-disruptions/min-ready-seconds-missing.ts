import { readRollout } from '../../kube/rollout.ts';
import { defineRule } from '../../lint/rule.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';

/** Seconds that the fix proposes: longer than a process takes to crash at its first request. */
const proposed = 10;

export default defineRule({
  id: 'min-ready-seconds-missing',
  capability: 'rollouts-and-disruptions',
  tier: 3,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'argoproj.io/Rollout'],
  needs: 'complete',
  docs: {
    summary: 'A rollout goes on as soon as a new pod has been ready for a moment.',
    why: 'Without minReadySeconds a new pod counts as available the moment it becomes ready, and the next old pod is taken away. A version that crashes a few seconds later has replaced everything by then.',
    exemptions:
      'Fewer than 2 replicas, strategies other than RollingUpdate, Helm hooks, namespaces in known.namespaces.',
    links: ['concepts/workloads/controllers/deployment#min-ready-seconds'],
  },
  explains: ['rollout-failed/not-ready'],
  aliases: [],
  messages: {
    none: 'A rollout of {{kind}} "{{name}}" goes on the moment a new pod becomes ready: a version that crashes a few seconds later still replaces every pod.',
  },
  titles: { seconds: 'Let a new pod stay ready for {{seconds}} s first' },
  visit: {
    resource(located, { report, around, known }) {
      const { value, kind, name, groupKind } = located.resource;
      const at = value.at('spec', 'minReadySeconds');
      if (!at.missing && at.number() !== 0) return;
      if (
        readRollout(groupKind, value)?.type !== 'rolling' ||
        around.patched(located, at) ||
        isAvailabilityExempt(located, around, known)
      )
        return;
      if (value.at('spec').missing || (kind !== 'DaemonSet' && (effectiveReplicas(located, around)?.count ?? 0) < 2))
        return;
      const deadline = value.at('spec', 'progressDeadlineSeconds');
      const fits = deadline.missing || (deadline.number() ?? 0) > proposed;
      report({
        message: 'none',
        at,
        data: { kind, name: name ?? '…' },
        fixes: fits
          ? [
              {
                class: 'safe',
                title: 'seconds',
                data: { seconds: proposed },
                operations: [{ op: 'set', path: at.path, value: proposed }],
              },
            ]
          : [],
      });
    },
  },
});
