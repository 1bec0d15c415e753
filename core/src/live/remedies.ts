/** From a cause to the rules that would have prevented it: each cause file declares its own. */
import { causes } from './catalogue.ts';

const table = new Map<string, readonly string[]>();
for (const cause of causes) {
  for (const id of cause.ids) {
    table.set(
      id,
      Array.isArray(cause.prevents)
        ? cause.prevents
        : ((cause.prevents as Record<string, readonly string[]>)[id] ?? []),
    );
  }
}

/** Every cause id the engine may report. */
export const causeIds: readonly string[] = [...table.keys()];

/** Rules whose finding would have prevented a cause, the most telling first; empty for causes that no rule knows. */
export function rulesFor(cause: string): readonly string[] {
  return table.get(cause) ?? [];
}
