import { defineRule } from '../../lint/rule.ts';
import { isHelmHook } from '../../workspace/exempt.ts';
import { jobKinds, jobSpec } from '../../workspace/jobs.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'job-ttl-missing',
  capability: 'replica-replacement',
  tier: 3,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: jobKinds,
  needs: 'complete',
  docs: {
    summary: 'A Job is not removed when it is done, or a CronJob removes its Jobs twice.',
    why: 'Finished Jobs and their pods stay until someone deletes them; they count against quotas of objects and hide what is running. The Jobs of a CronJob are removed by its history limits already: a time to live there takes away failed runs before anyone has seen them.',
    exemptions: 'Helm hooks, and Jobs that another object owns.',
    links: ['concepts/workloads/controllers/ttlafterfinished'],
  },
  explains: [],
  aliases: ['kube-linter:job-ttl-seconds-after-finished', 'kyverno:add-ttl-jobs'],
  messages: {
    job: 'Job "{{name}}" stays for ever when it is done (no ttlSecondsAfterFinished): its pods pile up and count against quotas.',
    cronJob:
      'Finished runs of CronJob "{{name}}" are removed after {{seconds}} s, whatever its history limits say: a failed run may be gone before anyone looks at it.',
  },
  titles: {
    ttl: 'Remove the Job some time after it is done',
    limits: 'Leave it to the history limits: remove ttlSecondsAfterFinished',
  },
  visit: {
    resource(located, { report, around }) {
      const spec = jobSpec(located);
      const ttl = spec.at('ttlSecondsAfterFinished');
      const { kind, name, value } = located.resource;
      if (isHelmHook(located) || !value.at('metadata', 'ownerReferences').missing || around.patched(located, ttl))
        return;
      if (kind === 'CronJob') {
        const seconds = ttl.number();
        if (seconds === undefined) return;
        const fixes = [
          { class: 'safe' as const, title: 'limits', operations: [{ op: 'remove' as const, path: ttl.path }] },
        ];
        report({ message: 'cronJob', at: ttl, data: { name: name ?? '…', seconds }, fixes });
      } else if (ttl.missing && spec.isMap) {
        const fixes = [
          {
            class: 'template' as const,
            title: 'ttl',
            operations: [{ op: 'set' as const, path: ttl.path, value: tabStop(1, 86_400) }],
          },
        ];
        report({ message: 'job', at: spec, data: { name: name ?? '…' }, fixes });
      }
    },
  },
});
