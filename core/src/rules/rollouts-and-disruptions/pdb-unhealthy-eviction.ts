import { atLeast } from '../../kube/version.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';

export default defineRule({
  id: 'pdb-unhealthy-eviction',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['policy/PodDisruptionBudget'],
  needs: 'complete',
  docs: {
    summary: 'While an application is down, its disruption budget keeps its broken pods from being evicted.',
    why: 'Without unhealthyPodEvictionPolicy pods that are not ready may only be evicted while the budget has enough healthy ones (IfHealthyBudget). When an application crashes everywhere, its pods cannot be moved and the nodes they sit on cannot be drained, although nobody would miss them. AlwaysAllow lets pods that are not ready go.',
    exemptions:
      'IfHealthyBudget where it is written; policy/v1beta1; targets before Kubernetes 1.27; Helm hooks, namespaces in known.namespaces.',
    links: ['tasks/run-application/configure-pdb#unhealthy-pod-eviction-policy'],
  },
  explains: ['eviction-blocked/budget'],
  aliases: ['kube-linter:pdb-unhealthy-pod-eviction-policy', 'azure:MutateUnhealthyPodEvictionPolicy'],
  messages: {
    absent:
      'While the application is below this budget, its pods that are not ready cannot be evicted either: a crash loop keeps nodes from being drained.',
    invalid:
      'unhealthyPodEvictionPolicy is AlwaysAllow or IfHealthyBudget. The API server rejects "{{value}}", so this budget does not exist.',
  },
  titles: {
    allow: 'Let pods that are not ready go: AlwaysAllow',
    keep: 'Keep them while the budget is short: IfHealthyBudget',
  },
  visit: {
    resource(located, { report, around, known, version }) {
      const { value, apiVersion } = located.resource;
      const at = value.at('spec', 'unhealthyPodEvictionPolicy');
      if (apiVersion !== 'policy/v1' || !atLeast(version, '1.27') || around.patched(located, at)) return;
      const set = (policy: string, title: string, safe: boolean): Fix => ({
        class: safe ? 'safe' : 'review',
        title,
        operations: [{ op: 'set', path: at.path, value: policy }],
      });
      if (at.missing) {
        if (value.at('spec').missing || isAvailabilityExempt(located, around, known)) return;
        report({ message: 'absent', at: value.at('spec'), fixes: [set('AlwaysAllow', 'allow', true)] });
        return;
      }
      const policy = at.text();
      if (policy === undefined || policy === 'AlwaysAllow' || policy === 'IfHealthyBudget') return;
      report({
        message: 'invalid',
        at,
        data: { value: policy },
        severity: 'error',
        fixes: [set('AlwaysAllow', 'allow', false), set('IfHealthyBudget', 'keep', false)],
      });
    },
  },
});
