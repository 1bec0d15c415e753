import { defineRule } from '../../lint/rule.ts';
import { isHelmHook } from '../../workspace/exempt.ts';
import { jobKinds, jobSpec } from '../../workspace/jobs.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'job-no-deadline',
  capability: 'replica-replacement',
  tier: 3,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: jobKinds,
  needs: 'complete',
  docs: {
    summary: 'Nothing ends a Job that hangs.',
    why: 'A pod that fails is replaced, a pod that hangs is not: it runs until someone notices. A deadline ends it, and a liveness probe restarts its container.',
    exemptions:
      'Helm hooks, Jobs with activeDeadlineSeconds of their own or of their pods, and Jobs with a container that has a liveness probe.',
    links: ['concepts/workloads/controllers/job#job-termination-and-cleanup'],
  },
  explains: [],
  aliases: [],
  messages: {
    absent:
      '{{kind}} "{{name}}" has no deadline (activeDeadlineSeconds) and no liveness probe: a run that hangs is never ended or replaced.',
  },
  titles: { deadline: 'End the run after a time' },
  visit: {
    pod(pod, { report, located, around }) {
      const spec = jobSpec(located);
      const deadline = spec.at('activeDeadlineSeconds');
      if (!deadline.missing || !pod.spec.at('activeDeadlineSeconds').missing || isHelmHook(located)) return;
      if (spec.missing || pod.spec.missing || pod.spec.at('containers').open) return;
      if (pod.containers.some(({ value }) => !value.at('livenessProbe').missing) || around.patched(located, deadline))
        return;
      const { kind, name } = located.resource;
      report({
        message: 'absent',
        at: spec,
        data: { kind, name: name ?? '…' },
        fixes: [
          {
            class: 'template',
            title: 'deadline',
            operations: [{ op: 'set', path: deadline.path, value: tabStop(1, 3600) }],
          },
        ],
      });
    },
  },
});
