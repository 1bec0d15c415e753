import type { CorpusFinding } from './findings.ts';

/** How often a message is given, and where first. */
interface Shape {
  readonly count: number;
  readonly example: string;
}

/** What lint finds in the corpus: by rule, then by `message level`. */
export type Summary = Readonly<
  Record<string, { readonly count: number; readonly shapes: Readonly<Record<string, Shape>> }>
>;

/** Counts findings by rule, and by message and level. */
export function summarize(findings: readonly CorpusFinding[]): Summary {
  const counted = new Map<string, Map<string, Shape>>();
  for (const { rule, message, severity, file, line, text } of findings) {
    const shapes = counted.get(rule) ?? new Map<string, Shape>();
    counted.set(rule, shapes);
    const known = shapes.get(`${message} ${severity}`);
    const example = known?.example ?? `${file}:${line} ${text}`;
    shapes.set(`${message} ${severity}`, { count: (known?.count ?? 0) + 1, example });
  }
  const sorted = <Item>(map: ReadonlyMap<string, Item>): [string, Item][] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted(counted).map(([rule, shapes]) => [
      rule,
      {
        count: [...shapes.values()].reduce((sum, { count }) => sum + count, 0),
        shapes: Object.fromEntries(sorted(shapes)),
      },
    ]),
  );
}
