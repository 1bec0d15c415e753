import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isHelmHook } from '../../workspace/exempt.ts';
import { jobKinds, jobSpec } from '../../workspace/jobs.ts';
import type { Plain } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'job-disruption-counts-as-failure',
  capability: 'replica-replacement',
  tier: 2,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: jobKinds,
  needs: 'complete',
  docs: {
    summary: 'Drained nodes and preemptions use up the few retries of a Job.',
    why: 'Every pod that is lost counts against backoffLimit, also one that was evicted from its node. With few retries a Job fails because of maintenance. A pod failure policy that ignores the condition DisruptionTarget replaces such pods without counting them.',
    exemptions:
      'Helm hooks; pods with restartPolicy OnFailure, since a pod failure policy needs Never; more than two retries or the default of six.',
    links: ['concepts/workloads/controllers/job#pod-failure-policy', 'tasks/job/pod-failure-policy'],
  },
  explains: ['job-failed/backoff-limit'],
  aliases: [],
  messages: {
    counted:
      '{{kind}} "{{name}}" may be retried {{limit}} time(s), and every pod that is lost to a drained node or a preemption counts as one: maintenance alone can make it fail.',
  },
  titles: {
    Job: 'Replace disrupted pods without counting them (podFailurePolicy; it cannot be changed once the Job exists)',
    CronJob: 'Replace disrupted pods without counting them (podFailurePolicy)',
  },
  visit: {
    pod(pod, { report, located, around }) {
      const spec = jobSpec(located);
      const limit = spec.at('backoffLimit');
      const policy = spec.at('podFailurePolicy');
      const retries = limit.number();
      if (retries === undefined || retries < 0 || retries > 2 || pod.spec.at('restartPolicy').text() !== 'Never')
        return;
      if (policy.open || policy.at('rules').open || policy.at('rules').items().some(ignoresDisruption)) return;
      if (isHelmHook(located) || around.patched(located, limit) || around.patched(located, policy)) return;
      const { kind, name } = located.resource;
      report({
        message: 'counted',
        at: limit,
        data: { kind, name: name ?? '…', limit: retries },
        fixes: fixes(policy, kind),
      });
    },
  },
});

const condition = 'DisruptionTarget';

function ignoresDisruption(rule: Value): boolean {
  const conditions = rule.at('onPodConditions');
  return (
    rule.open ||
    rule.at('action').templated ||
    (rule.at('action').text() === 'Ignore' &&
      (conditions.open ||
        conditions.items().some((item) => item.at('type').templated || item.at('type').text() === condition)))
  );
}

/** The first rule that fits decides, so the new one comes first. Status is written since older servers default it in Jobs only. */
function fixes(policy: Value, title: string): Fix[] {
  const rule = { action: 'Ignore', onPodConditions: [{ type: condition, status: 'True' }] };
  const others = policy.at('rules').missing ? [] : policy.at('rules').json();
  if (!Array.isArray(others)) return [];
  const path = [...policy.path, 'rules'];
  return [
    { class: 'review', title, operations: [{ op: 'set', path, value: [rule, ...(others as readonly Plain[])] }] },
  ];
}
