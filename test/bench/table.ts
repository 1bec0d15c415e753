/** Rows of results, and how they are written down. */

/** One measurement beside what bounds it. */
export interface Row {
  /** Unique, e.g. `keystroke/push/100/p95`. */
  readonly id: string;
  readonly what: string;
  readonly unit: 'ms' | 'MB' | 'kB' | '1/s' | '';
  readonly ours: number;
  /** The least that anyone would have to do, measured in the same rounds. */
  readonly floor?: number | undefined;
  /** What the floor does. */
  readonly floorIs?: string;
  /** yaml-language-server in the same rounds. */
  readonly peer?: number | undefined;
  /** Largest value allowed, as a multiple of the floor or the peer, or as it is. */
  readonly budget?: { readonly of: 'floor' | 'peer' | 'value'; readonly atMost: number };
}

/** The number that a budget bounds; undefined where its divisor was not measured. */
export function boundedValue({ ours, floor, peer, budget }: Row): number | undefined {
  if (budget?.of === 'floor') return floor === undefined ? undefined : ours / floor;
  if (budget?.of === 'peer') return peer === undefined ? undefined : ours / peer;
  return budget && ours;
}

export function isOverBudget(row: Row): boolean {
  const value = boundedValue(row);
  return value !== undefined && row.budget !== undefined && value > row.budget.atMost;
}

/** Three digits that matter: no more are known. */
export function shown(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Math.abs(value) >= 100) return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return value.toPrecision(Math.abs(value) >= 1 ? 3 : 2);
}

const ratio = (value: number, divisor: number | undefined): string =>
  divisor === undefined ? '–' : `${shown(value / divisor)} ×`;

function budgetText(row: Row): string {
  if (!row.budget) return '–';
  const { of, atMost } = row.budget;
  const limit = of === 'value' ? `≤ ${atMost} ${row.unit}`.trim() : `≤ ${atMost} × ${of === 'peer' ? 'yls' : 'floor'}`;
  if (boundedValue(row) === undefined) return limit;
  return `${limit} ${isOverBudget(row) ? '**over**' : 'ok'}`;
}

/** All rows as one table in Markdown. */
export function markdown(rows: readonly Row[]): string {
  const head = ['Measured', 'Unit', 'Selfheal', 'Floor', 'What the floor does', 'yls', '÷ floor', '÷ yls', 'Budget'];
  const body = rows.map((row) => [
    row.what,
    row.unit,
    shown(row.ours),
    shown(row.floor),
    row.floorIs ?? '–',
    shown(row.peer),
    ratio(row.ours, row.floor),
    ratio(row.ours, row.peer),
    budgetText(row),
  ]);
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...body.map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
