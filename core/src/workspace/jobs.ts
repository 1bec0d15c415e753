import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';

/** Kinds whose pods run to completion. */
export const jobKinds: readonly string[] = ['batch/Job', 'batch/CronJob'];

/** The JobSpec: a Job's own, or the one of the Jobs that a CronJob makes. */
export const jobSpec = ({ resource }: Located): Value =>
  resource.kind === 'CronJob' ? resource.value.at('spec', 'jobTemplate', 'spec') : resource.value.at('spec');
