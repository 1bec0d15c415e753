import { defineCause } from '../cause.ts';

/** The CronJob controller passed over a time at which a run was due (`pkg/controller/cronjob`). */
export const cronJobMissed = defineCause({
  about: 'schedule',
  ids: ['cronjob-missed/schedule', 'cronjob-missed/too-many', 'cronjob-missed/invalid-schedule'],
  match({ name, reason, text }) {
    const data = { name, detail: text.slice(0, 200) };
    if (reason === 'TooManyMissedTimes')
      return { cause: 'cronjob-missed/too-many', rootCause: 'configuration', confidence: 0.9, data };
    if (reason === 'UnparseableSchedule' || reason === 'InvalidSchedule' || reason === 'UnknownTimeZone')
      return { cause: 'cronjob-missed/invalid-schedule', rootCause: 'configuration', confidence: 0.95, data };
    return { cause: 'cronjob-missed/schedule', rootCause: 'configuration', confidence: 0.6, data };
  },
});
