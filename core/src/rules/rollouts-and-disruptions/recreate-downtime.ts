import { readRollout } from '../../kube/rollout.ts';
import { defineRule } from '../../lint/rule.ts';
import { bindsToOnePod } from '../../workspace/exclusive.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';
import { serviceFor } from '../../workspace/traffic.ts';

export default defineRule({
  id: 'recreate-downtime',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment'],
  needs: 'any',
  docs: {
    summary: 'Every update stops all pods before it starts new ones.',
    why: 'With strategy Recreate a Deployment stops every old pod, waits until they are gone, and only then starts the new ones. Nobody answers in the meantime: at least the shutdown of the old pods plus the start of the new ones, and for as long as it takes to notice when the new version does not start.',
    exemptions:
      'Pods that cannot stand side by side: they use a host port, or a volume for one node or one pod. Deployments with one replica that no Service selects, or only one for metrics; Deployments stopped with 0 replicas, Helm hooks, namespaces in known.namespaces.',
    links: ['concepts/workloads/controllers/deployment#recreate-deployment'],
  },
  explains: ['rollout-failed/not-ready', 'service-down/no-ready-endpoints'],
  aliases: ['kube-linter:no-rolling-update-strategy', 'kube-score:deployment-strategy', 'kubescape:C-0305'],
  messages: {
    served:
      'Every update of "{{name}}" stops all of its pods before it starts new ones, and Service "{{service}}" depends on them: no request is answered until a new pod is ready.',
    alone:
      'Every update of "{{name}}" stops all {{replicas}} replicas before it starts new ones: nobody does their work until a new pod is ready.',
    both: 'Strategy Recreate knows no rollingUpdate. The API server rejects this Deployment, so the change never arrives.',
  },
  titles: {
    rolling: 'Replace the pods one after another: RollingUpdate (old and new run side by side for a while)',
    remove: 'Remove rollingUpdate',
  },
  visit: {
    resource(located, { report, around, known }) {
      const { value, groupKind, name } = located.resource;
      const rollout = readRollout(groupKind, value);
      if (rollout?.type !== 'recreate' || around.patched(located, rollout.strategy)) return;
      const { settings, strategy } = rollout;
      if (settings.exists) {
        const operations = [{ op: 'remove', path: settings.path }] as const;
        report({
          message: 'both',
          at: settings,
          severity: 'error',
          fixes: [{ class: 'safe', title: 'remove', operations }],
        });
      }
      if (isAvailabilityExempt(located, around, known) || bindsToOnePod(located, around)) return;
      const replicas = effectiveReplicas(located, around)?.count;
      const service = serviceFor(located, around);
      if (!replicas || (!service && replicas < 2)) return;
      report({
        message: service ? 'served' : 'alone',
        at: strategy.at('type'),
        data: { name: name ?? '…', service: service?.resource.name ?? '…', replicas },
        fixes: [
          {
            class: 'review',
            title: 'rolling',
            operations: [{ op: 'set', path: strategy.at('type').path, value: 'RollingUpdate' }],
          },
        ],
      });
    },
  },
});
