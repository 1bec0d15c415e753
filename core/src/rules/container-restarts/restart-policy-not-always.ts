import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'restart-policy-not-always',
  capability: 'container-restarts',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: [
    'apps/Deployment',
    'apps/ReplicaSet',
    'apps/DaemonSet',
    'apps/StatefulSet',
    'extensions/Deployment',
    'extensions/ReplicaSet',
    'extensions/DaemonSet',
    '/ReplicationController',
  ],
  needs: 'any',
  docs: {
    summary: 'The pod template of a workload that keeps pods running sets a restart policy other than Always.',
    why: 'Always is the only policy that these kinds accept. The API server rejects anything else, so neither the workload nor its update exists, and nothing runs that could heal.',
    links: ['concepts/workloads/pods/pod-lifecycle/#restart-policy'],
  },
  explains: [],
  aliases: ['datree:WORKLOAD_INCORRECT_RESTARTPOLICY_VALUE_ALWAYS', 'marvin:M-410', 'kube-linter:restart-policy'],
  messages: {
    rejected:
      'A {{kind}} only accepts restartPolicy Always. The API server rejects "{{policy}}", so this {{kind}} is never created or updated.',
  },
  titles: { always: 'Set restartPolicy to Always', remove: 'Remove restartPolicy (Always is the default)' },
  visit: {
    pod({ spec }, { report, located }) {
      const policy = spec.at('restartPolicy');
      const text = policy.rawText();
      if (policy.missing || policy.templated || text === 'Always') return;
      report({
        message: 'rejected',
        at: policy,
        data: { kind: located.resource.kind, policy: text ?? '…' },
        fixes: [
          { class: 'safe', title: 'always', operations: [{ op: 'set', path: policy.path, value: 'Always' }] },
          { class: 'review', title: 'remove', operations: [{ op: 'remove', path: policy.path }] },
        ],
      });
    },
  },
});
