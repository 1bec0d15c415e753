import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'job-restart-policy-invalid',
  capability: 'container-restarts',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['batch/Job', 'batch/CronJob'],
  needs: 'complete',
  docs: {
    summary: 'The pod template of a Job or CronJob leaves restartPolicy at Always.',
    why: 'A Job is done when its pods are; pods that are always restarted never are. The API server therefore rejects a Job with restartPolicy Always, which is also the default when none is written.',
    links: ['concepts/workloads/controllers/job#pod-template'],
  },
  explains: [],
  aliases: ['kube-score:cronjob-restartpolicy', 'kube-linter:restart-policy'],
  messages: {
    always:
      'The pods of a {{kind}} cannot have restartPolicy Always. The API server rejects this {{kind}}, so it never runs.',
    absent:
      'The pods of this {{kind}} have no restartPolicy, and the default, Always, is not allowed for them. The API server rejects this {{kind}}, so it never runs.',
  },
  titles: {
    OnFailure: 'Set restartPolicy to OnFailure (a failed container is started again in its pod)',
    Never: 'Set restartPolicy to Never (a failed pod is replaced, as the failure policy of this Job needs)',
  },
  visit: {
    pod({ spec, value }, { report, located, around }) {
      const policy = spec.at('restartPolicy');
      if (!policy.missing && policy.rawText() !== 'Always') return;
      if (spec.missing || spec.unknown || around.patched(located, policy)) return;
      // Both features work on pods that failed, and those only exist without restarts inside the pod.
      const job = located.resource.value.at(...value.path.slice(0, -1));
      const wanted = ['podFailurePolicy', 'backoffLimitPerIndex'].some(
        (field) => job.has(field) && !job.at(field).missing,
      )
        ? 'Never'
        : 'OnFailure';
      report({
        message: policy.missing ? 'absent' : 'always',
        at: policy,
        data: { kind: located.resource.kind },
        fixes: [{ class: 'safe', title: wanted, operations: [{ op: 'set', path: policy.path, value: wanted }] }],
      });
    },
  },
});
