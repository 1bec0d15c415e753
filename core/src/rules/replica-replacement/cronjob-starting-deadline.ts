import { isCron, parseCron } from '../../kube/cron.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'cronjob-starting-deadline',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['batch/CronJob'],
  needs: 'complete',
  docs: {
    summary: 'A CronJob does not say how late a run may still start.',
    why: 'After an outage of the control plane, or once a suspended CronJob is resumed, the controller starts the run that was missed last, however long ago that was: the nightly work then runs at noon, or beside the next one. A starting deadline says when it is too late.',
    links: [
      'concepts/workloads/controllers/cron-jobs#starting-deadline',
      'concepts/workloads/controllers/cron-jobs#job-creation',
    ],
  },
  explains: ['cronjob-missed/too-many'],
  aliases: [
    'datree:CRONJOB_MISSING_STARTINGDEADLINESECOND_KEY',
    'kics:cronjob_deadline_not_configured',
    'kube-score:cronjob-has-deadline',
  ],
  messages: {
    absent:
      'CronJob "{{name}}" sets no startingDeadlineSeconds: a run that was missed during an outage, or while it was suspended, starts afterwards however late it is.',
  },
  titles: { deadline: 'Start a missed run at most {{seconds}} s late' },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      const at = value.at('spec', 'startingDeadlineSeconds');
      if (!at.missing || !value.at('spec').isMap || around.patched(located, at)) return;
      const cron = parseCron(value.at('spec', 'schedule').text() ?? '');
      const seconds = Math.max(10, Math.min(200, isCron(cron) ? cron.intervalSeconds : 200));
      report({
        message: 'absent',
        at: value.at('spec', 'schedule'),
        data: { name: name ?? '…' },
        fixes: [
          {
            class: 'template',
            title: 'deadline',
            data: { seconds },
            operations: [{ op: 'set', path: at.path, value: tabStop(1, seconds), after: 'schedule' }],
          },
        ],
      });
    },
  },
});
