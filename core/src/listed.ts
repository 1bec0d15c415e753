/** Which incidents stand in lists by themselves, and which are told with the one they are part of. */

interface Listable {
  readonly id: string;
  readonly state: string;
  readonly parent?: string | undefined;
  readonly needs?: unknown;
}

/** Whether an incident is over. */
export const isOver = ({ state }: Pick<Listable, 'state'>): boolean =>
  state === 'recovered' || state === 'superseded' || state === 'planned';

/**
 * Whether an incident stands by itself: one that is part of another does where that one would hide it, because it goes
 * on while the other is over, or needs a person while the other does not.
 */
export function isListed(incident: Listable, parent: Listable | undefined): boolean {
  if (parent === undefined) return true;
  if (isOver(incident)) return false;
  return isOver(parent) || (incident.needs !== undefined && parent.needs === undefined);
}

/** The incidents that stand by themselves, in their order. */
export function listedOf<Row extends Listable>(rows: readonly Row[]): readonly Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return rows.filter((row) => isListed(row, row.parent === undefined ? undefined : byId.get(row.parent)));
}
