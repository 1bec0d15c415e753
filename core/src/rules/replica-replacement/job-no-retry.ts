import { defineRule } from '../../lint/rule.ts';
import { isHelmHook } from '../../workspace/exempt.ts';
import { jobKinds, jobSpec } from '../../workspace/jobs.ts';

export default defineRule({
  id: 'job-no-retry',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: jobKinds,
  needs: 'complete',
  docs: {
    summary: 'A Job is given up at its first failure.',
    why: 'Pods are lost for reasons that have nothing to do with their program: a drained node, an eviction, a node out of memory. The Job controller replaces such a pod, unless backoffLimit is 0: then the first loss fails the whole Job.',
    exemptions:
      'Helm hooks; Jobs with a podFailurePolicy or backoffLimitPerIndex, which say themselves what may be repeated.',
    links: ['concepts/workloads/controllers/job#pod-backoff-failure-policy'],
  },
  explains: ['job-failed/backoff-limit', 'job-failed/indexes'],
  aliases: [],
  messages: {
    job: 'Job "{{name}}" may not fail once (backoffLimit 0): if its node is drained or its pod evicted while it runs, the Job fails for good although its program did nothing wrong.',
    cronJob:
      'A run of CronJob "{{name}}" may not fail once (backoffLimit 0): if its node is drained or its pod evicted, this run is lost, and the next comes only at its scheduled time.',
  },
  titles: { retry: 'Allow {{limit}} retries (only if the work may be repeated)' },
  visit: {
    resource(located, { report, around }) {
      const spec = jobSpec(located);
      const limit = spec.at('backoffLimit');
      if (limit.number() !== 0 || isHelmHook(located) || around.patched(located, limit)) return;
      if (!spec.at('podFailurePolicy').missing || !spec.at('backoffLimitPerIndex').missing) return;
      const { kind, name } = located.resource;
      report({
        message: kind === 'CronJob' ? 'cronJob' : 'job',
        at: limit,
        data: { name: name ?? '…' },
        fixes: [
          {
            class: 'review',
            title: 'retry',
            data: { limit: 3 },
            operations: [{ op: 'set', path: limit.path, value: 3 }],
          },
        ],
      });
    },
  },
});
