import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'cronjob-concurrency',
  capability: 'replica-replacement',
  tier: 2,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['batch/CronJob'],
  needs: 'complete',
  docs: {
    summary: 'Runs of a CronJob may pile up.',
    why: 'With concurrencyPolicy Allow, the default, the next run starts although the last one has not ended. A run that hangs is then joined by another at every scheduled time, until the node or the quota is full. Forbid waits, Replace ends the old run.',
    links: ['concepts/workloads/controllers/cron-jobs#concurrency-policy'],
  },
  explains: ['cronjob-missed/schedule'],
  aliases: ['datree:CRONJOB_MISSING_CONCURRENCYPOLICY_KEY', 'clusterlint:cronjob-concurrency'],
  messages: {
    absent:
      'CronJob "{{name}}" has no concurrencyPolicy, so it starts a run while the last one still goes on: runs that hang pile up.',
    allow: 'CronJob "{{name}}" starts a run while the last one still goes on (Allow): runs that hang pile up.',
    rejected:
      'concurrencyPolicy is Allow, Forbid or Replace, not "{{value}}". The API server rejects CronJob "{{name}}", so it never runs.',
  },
  titles: {
    Forbid: 'Leave out a run while the last one goes on: Forbid',
    Replace: 'End the last run when the next one is due: Replace',
  },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      const at = value.at('spec', 'concurrencyPolicy');
      if (at.templated || !value.at('spec').isMap || around.patched(located, at)) return;
      const text = at.rawText() ?? '';
      if (text === 'Forbid' || text === 'Replace') return;
      const fixes = ['Forbid', 'Replace'].map((policy): Fix => ({
        class: 'review',
        title: policy,
        operations: [{ op: 'set', path: at.path, value: policy, after: 'schedule' }],
      }));
      const data = { name: name ?? '…', value: text };
      if (at.missing) report({ message: 'absent', at: value.at('spec', 'schedule'), data, fixes });
      else if (text === 'Allow') report({ message: 'allow', at, data, fixes });
      else
        report({
          message: 'rejected',
          at,
          data,
          severity: 'error',
          fixes: fixes.filter(({ title }) => title.toLowerCase() === text.toLowerCase()),
        });
    },
  },
});
