import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'cronjob-deadline-too-short',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['batch/CronJob'],
  needs: 'any',
  docs: {
    summary: 'Runs of a CronJob are skipped when the controller is a few seconds late.',
    why: 'A run that does not start within startingDeadlineSeconds is left out without a trace. On a calm cluster the controller is on time to the second; when it restarts, changes its leader or has much to do, it is not. With 0 no run is ever in time.',
    exemptions: 'Ten seconds and more.',
    links: ['concepts/workloads/controllers/cron-jobs#starting-deadline'],
  },
  explains: ['cronjob-missed/schedule'],
  aliases: [],
  messages: {
    short:
      'CronJob "{{name}}" leaves out a run that would start more than {{seconds}} s late: a restart of the controller, or a busy one, is enough to lose it without a trace.',
    never:
      'startingDeadlineSeconds 0 means that every run is already too late: CronJob "{{name}}" never starts anything, and no event says so.',
    rejected:
      'startingDeadlineSeconds cannot be {{seconds}}. The API server rejects CronJob "{{name}}", so it never runs.',
  },
  titles: { minute: 'Let a run start up to {{seconds}} s late' },
  visit: {
    resource(located, { report, around }) {
      const at = located.resource.value.at('spec', 'startingDeadlineSeconds');
      const seconds = at.number();
      if (seconds === undefined || !(seconds < 10) || around.patched(located, at)) return;
      const message = seconds < 0 ? 'rejected' : seconds === 0 ? 'never' : 'short';
      report({
        message,
        at,
        data: { name: located.resource.name ?? '…', seconds },
        ...(message !== 'short' && { severity: 'error' as const }),
        fixes: [
          {
            class: 'safe',
            title: 'minute',
            data: { seconds: 60 },
            operations: [{ op: 'set', path: at.path, value: 60 }],
          },
        ],
      });
    },
  },
});
