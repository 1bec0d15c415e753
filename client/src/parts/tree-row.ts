/** A row of the tree as data, and what rows are written with. */
import type { UnitSigns } from '../../../core/src/elapsed.ts';
import type { Message, ObjectRef } from '../../../core/src/live/view.ts';

/** One row. */
export interface Row {
  /** Stable, so that the editor keeps what is folded and selected. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Name of a theme icon and of a theme colour for it. */
  readonly icon?: string;
  readonly color?: string;
  readonly tooltip?: Tooltip;
  /** What a screen reader says. */
  readonly spoken: string;
  /** `contextValue` of the row, which decides its actions. */
  readonly context?: string;
  readonly command?: { readonly id: string; readonly title: string; readonly args: readonly unknown[] };
  /** Absent: a leaf. */
  readonly children?: readonly Row[];
  readonly open?: boolean;
  /** Its description holds a running timer. */
  readonly runs?: boolean;
}

export interface Tooltip {
  readonly title: string;
  readonly lines: readonly string[];
  readonly evidence?: readonly { readonly field: string; readonly value: string }[];
}

/** What rows are written with: the editor's language and the cluster's time. */
export interface Writing {
  readonly t: (text: string, ...values: readonly (string | number)[]) => string;
  readonly say: (message: Message) => string;
  readonly units: UnitSigns;
  /** Cluster time, epoch milliseconds; it stands still while the picture is stale. */
  readonly now: number;
  /** Time for what runs on regardless, such as the next attempt to connect. */
  readonly clock: number;
  readonly stale: boolean;
}

/** Rows drawn per group; the dashboard shows more. */
const cap = 200;

/** Rows of the first items; a row more says how many others there are, and leads to the dashboard. */
export function capped<Item>(
  id: string,
  items: readonly Item[],
  draw: (item: Item) => Row,
  { t }: Pick<Writing, 't'>,
): readonly Row[] {
  const rows = items.slice(0, cap).map(draw);
  if (items.length <= cap) return rows;
  const label = t('{0} more in the dashboard', items.length - cap);
  const command = { id: 'selfheal.openDashboard', title: label, args: [] };
  return [...rows, { id: `more:${id}`, label, icon: 'ellipsis', spoken: label, command }];
}

/** What a group shows beside its rows. */
export interface GroupLook {
  readonly icon: string;
  readonly color: string | undefined;
  readonly open: boolean;
  readonly description?: string;
}

/** A group of rows; it folds open only where there is something in it. */
export function group(id: string, label: string, children: readonly Row[], count: number, look: GroupLook): Row {
  const description = look.description ?? String(count);
  return {
    // The editor keeps a group as it was first drawn: an empty one, which cannot be open, is another row.
    id: children.length > 0 ? `group:${id}` : `group:${id}:empty`,
    label,
    description,
    icon: look.icon,
    ...(look.color !== undefined && { color: look.color }),
    spoken: `${label}: ${description}`,
    context: `group-${id}`,
    open: look.open,
    ...(children.length > 0 && { children }),
  };
}

/** `namespace/name`, or the name of what has no namespace. */
export const placeOf = (ref: ObjectRef): string =>
  ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
