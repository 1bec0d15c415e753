import type { FileReport, ReportedFinding } from './report.ts';

/** Findings with one fingerprint that a file may keep. */
export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  /** Relative to the baseline's folder, with forward slashes. */
  readonly path: string;
  readonly count: number;
}

/** What a baseline did to a report. */
export interface BaselineUse {
  /** Findings that are not reported. */
  readonly hidden: number;
  /** Entries that allow more than there is. */
  readonly stale: readonly BaselineEntry[];
}

/** A baseline that cannot be read: the first field that is wrong. */
export interface BaselineProblem {
  /** As `findings[3].count`; empty for the whole file. */
  readonly field: string;
  readonly expected: 'json' | 'object' | 'version' | 'list' | 'text' | 'count';
}

/** Text of a baseline that holds all findings of a report, in one order for one report. */
export function writeBaseline(files: readonly FileReport[], pathOf: (file: FileReport) => string): string {
  const entries: BaselineEntry[] = [];
  for (const file of files) {
    const counts = new Map<string, BaselineEntry>();
    for (const { fingerprint, rule } of file.findings) {
      const count = (counts.get(fingerprint)?.count ?? 0) + 1;
      counts.set(fingerprint, { fingerprint, rule, path: pathOf(file), count });
    }
    entries.push(...counts.values());
  }
  entries.sort((a, b) => compare(a.path, b.path) || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint));
  return `${JSON.stringify({ version: 1, findings: entries }, undefined, 2)}\n`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Reads a baseline's text. */
export function readBaseline(text: string): readonly BaselineEntry[] | BaselineProblem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { field: '', expected: 'json' };
  }
  if (!isObject(parsed)) return { field: '', expected: 'object' };
  if (parsed['version'] !== 1) return { field: 'version', expected: 'version' };
  if (!Array.isArray(parsed['findings'])) return { field: 'findings', expected: 'list' };
  const entries: BaselineEntry[] = [];
  for (const [index, entry] of (parsed['findings'] as unknown[]).entries()) {
    const at = `findings[${index}]`;
    if (!isObject(entry)) return { field: at, expected: 'object' };
    const { fingerprint, rule, path, count } = entry;
    if (typeof fingerprint !== 'string') return { field: `${at}.fingerprint`, expected: 'text' };
    if (typeof rule !== 'string') return { field: `${at}.rule`, expected: 'text' };
    if (typeof path !== 'string') return { field: `${at}.path`, expected: 'text' };
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1)
      return { field: `${at}.count`, expected: 'count' };
    entries.push({ fingerprint, rule, path, count });
  }
  return entries;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Counts what is left of entries, by key. */
class Allowance {
  private readonly left = new Map<BaselineEntry, number>();
  private readonly byKey = new Map<string, BaselineEntry[]>();

  constructor(entries: readonly BaselineEntry[]) {
    for (const entry of entries) {
      this.left.set(entry, entry.count);
      for (const key of [entry.fingerprint, `${entry.fingerprint} ${entry.path}`]) {
        const list = this.byKey.get(key);
        if (list) list.push(entry);
        else this.byKey.set(key, [entry]);
      }
    }
  }

  take(key: string): boolean {
    const entry = this.byKey.get(key)?.find((candidate) => (this.left.get(candidate) ?? 0) > 0);
    if (!entry) return false;
    this.left.set(entry, (this.left.get(entry) ?? 0) - 1);
    return true;
  }

  rest(): BaselineEntry[] {
    return [...this.left].filter(([, count]) => count > 0).map(([entry]) => entry);
  }
}

/**
 * Takes the findings of a baseline out of a report. Entries are first matched within their own file, then what is left
 * of them wherever the object went, so that a file that moves keeps its baseline.
 */
export function applyBaseline(
  files: readonly FileReport[],
  entries: readonly BaselineEntry[],
  pathOf: (file: FileReport) => string,
): { readonly files: FileReport[]; readonly use: BaselineUse } {
  const allowance = new Allowance(entries);
  const hidden = new Set<ReportedFinding>();
  const each = (keyOf: (finding: ReportedFinding, path: string) => string): void => {
    for (const file of files) {
      const path = pathOf(file);
      for (const finding of file.findings)
        if (!hidden.has(finding) && allowance.take(keyOf(finding, path))) hidden.add(finding);
    }
  };
  each(({ fingerprint }, path) => `${fingerprint} ${path}`);
  each(({ fingerprint }) => fingerprint);
  return {
    files: files.map((file) => ({ ...file, findings: file.findings.filter((finding) => !hidden.has(finding)) })),
    use: { hidden: hidden.size, stale: allowance.rest() },
  };
}
