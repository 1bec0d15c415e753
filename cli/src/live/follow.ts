/** Follows a stream of views: writes the connection when it changes, and every step of an incident. */
import { changesBetween } from '../../../core/src/live/changes.ts';
import type { HealthView, IncidentRow } from '../../../core/src/live/view.ts';
import { writeChanges, writeConnection, type Writing } from './writing.ts';

export interface Follower {
  /** Writes what is new in a view. */
  show(view: HealthView): void;
  /** The picture is complete: from now on its incidents are written, those that are open at once. */
  begin(view: HealthView): void;
}

/** Rows of one namespace; a node belongs to all. */
const inNamespace =
  (namespace: string | undefined) =>
  ({ subject, workload }: IncidentRow): boolean => {
    const own = subject.namespace ?? workload.namespace;
    return namespace === undefined || own === undefined || own === namespace;
  };

/** Creates a follower. @param namespace shows only incidents of this namespace, and of nodes */
export function createFollower(writing: Writing, namespace: string | undefined): Follower {
  const wanted = inNamespace(namespace);
  let last: HealthView | undefined;
  let whole: HealthView['incidents'] | undefined;
  let begun = false;
  let told = '';

  const narrow = (view: HealthView): HealthView => {
    // The same list gives the same list, so that nothing is compared where nothing changed.
    if (whole === view.incidents && last !== undefined) return { ...view, incidents: last.incidents };
    whole = view.incidents;
    return namespace === undefined ? view : { ...view, incidents: view.incidents.filter(wanted) };
  };
  const tellConnection = (view: HealthView): void => {
    const { state, context, problem, warnings } = view.connection;
    const now = JSON.stringify([state, context, problem, warnings?.map(({ id }) => id)]);
    if (now === told) return;
    told = now;
    writeConnection(view.connection, view.totals, view.now, writing);
  };
  const show = (view: HealthView): void => {
    if (begun) tellConnection(view);
    if (!begun || view.incidents === whole) return;
    const next = narrow(view);
    writeChanges(changesBetween(last, next), next, writing);
    last = next;
  };
  return {
    show,
    begin(view) {
      begun = true;
      show(view);
    },
  };
}
