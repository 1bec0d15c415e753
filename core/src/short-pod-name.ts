/** What tells one pod of a workload from the others, as short as can be. */
import type { ObjectRef } from './live/view.ts';

/**
 * The name of the pod that an incident befell, shortened where a controller made it up: `…x2k4q` for a pod of a
 * Deployment, the whole name for `db-0`. Undefined where the subject is no pod, or is the workload itself.
 */
export function shortPodName(subject: ObjectRef, workload: ObjectRef): string | undefined {
  if (subject.kind !== 'Pod' || workload.kind === 'Pod') return undefined;
  const own = subject.name.startsWith(`${workload.name}-`) ? subject.name.slice(workload.name.length + 1) : '';
  const last = own.lastIndexOf('-');
  return last < 0 ? subject.name : `…${own.slice(last + 1)}`;
}
