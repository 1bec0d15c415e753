import { defineRule } from '../../lint/rule.ts';
import { belongTogether } from '../../workspace/together.ts';

export default defineRule({
  id: 'hpa-overridden-by-replicas',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'argoproj.io/Rollout'],
  needs: 'any',
  docs: {
    summary: 'A manifest sets the number of replicas that an autoscaler also sets.',
    why: 'Every time the manifest is applied, the number in it replaces the one that the autoscaler has chosen: under load most pods are stopped at once, and the autoscaler has to start over. Removing the field needs care once: applied on the client side (kubectl apply), the removal itself scales the workload to 1. Remove it from the last-applied annotation first (kubectl apply edit-last-applied), or apply on the server side (--server-side), which leaves the number to whoever set it last.',
    exemptions:
      'Workloads stopped with replicas: 0, numbers that template text or a patch decides, autoscalers in other folders when several workloads have that name. A deployment tool that ignores the difference cannot be seen here: suppress the rule there.',
    links: [
      'concepts/workloads/autoscaling/horizontal-pod-autoscale#migrating-deployments-and-statefulsets-to-horizontal-autoscaling',
    ],
  },
  explains: [],
  aliases: [
    'kube-score:deployment-targeted-by-hpa-does-not-have-replicas-configured',
    'kics:5744cbb8-5946-4b75-a196-ade44449525b',
  ],
  messages: {
    both: '{{scalerKind}} "{{scaler}}" decides how many replicas "{{name}}" has, but every time this manifest is applied they are set back to {{replicas}}: under load the others are stopped at once.',
    scaler: 'This autoscaler sets the number of replicas.',
  },
  titles: {
    remove:
      'Leave the number to the autoscaler: remove replicas (a client-side kubectl apply of this scales to 1 once)',
  },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      const at = value.at('spec', 'replicas');
      const replicas = at.number();
      if (replicas === undefined || replicas === 0 || around.patched(located, at)) return;
      const unique = around.namesakes(located).length === 1;
      const scaler = around
        .autoscalersOf(located)
        .find((candidate) => unique || belongTogether(located, candidate, around));
      if (!scaler) return;
      report({
        message: 'both',
        at,
        data: { scalerKind: scaler.resource.kind, scaler: scaler.resource.name ?? '…', name: name ?? '…', replicas },
        related: [{ located: scaler, at: scaler.resource.value.at('spec', 'scaleTargetRef'), message: 'scaler' }],
        fixes: [{ class: 'review', title: 'remove', operations: [{ op: 'remove', path: at.path }] }],
      });
    },
  },
});
