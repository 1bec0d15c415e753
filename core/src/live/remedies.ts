import { rulesByCause } from './rules-by-cause.ts';

/** Every cause id the engine may report. */
export const causeIds: readonly string[] = Object.keys(rulesByCause);

/** Rules whose finding would have prevented a cause, the most telling first; empty for causes that no rule knows. */
export const rulesFor = (cause: string): readonly string[] =>
  (Object.hasOwn(rulesByCause, cause) ? rulesByCause[cause] : undefined) ?? [];
