import { defineCause } from '../cause.ts';

/** Reasons of the conditions Failed and FailureTarget (`pkg/controller/job`). */
const reasons: Readonly<Record<string, string>> = {
  BackoffLimitExceeded: 'backoff-limit',
  DeadlineExceeded: 'deadline',
  PodFailurePolicy: 'pod-failure-policy',
  FailedIndexes: 'indexes',
  MaxFailedIndexesExceeded: 'indexes',
};

/** The Job gave up: nothing starts it again. */
export const jobFailed = defineCause({
  about: 'job',
  ids: [...new Set(Object.values(reasons)), 'other'].map((reason) => `job-failed/${reason}`),
  match({ job, reason, text }) {
    const found = reasons[reason] ?? 'other';
    return {
      cause: `job-failed/${found}`,
      rootCause: found === 'pod-failure-policy' ? 'configuration' : 'application',
      confidence: 0.7,
      data: { job: job.name, detail: text.slice(0, 200) },
    };
  },
});
