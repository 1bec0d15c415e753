/** One finding for each cause, where several rules see it. */
import type { SourceDocument } from '../workspace/project.ts';
import type { Finding } from './findings.ts';

/** Where two rules see the same cause, the more telling one speaks: the second is dropped at that object. */
const silencedBy: Readonly<Record<string, readonly string[]>> = {
  'replicas-not-spread': ['single-replica'],
  'pdb-missing': ['single-replica'],
  'single-replica': ['hpa-overridden-by-replicas'],
  'memory-request-missing': ['best-effort-pod'],
  'cpu-request-missing': ['best-effort-pod'],
  'job-disruption-counts-as-failure': ['job-no-retry'],
};

/** Findings without those whose cause a more telling one names. */
export function oneFindingPerCause(findings: readonly Finding[]): readonly Finding[] {
  const causes = new Map<SourceDocument, Set<string>>();
  const keyOf = (rule: string, { subject }: Finding): string =>
    JSON.stringify([rule, subject?.kind, subject?.namespace, subject?.name]);
  for (const finding of findings) {
    if (!stronger.has(finding.rule)) continue;
    const seen = causes.get(finding.document) ?? new Set();
    causes.set(finding.document, seen.add(keyOf(finding.rule, finding)));
  }
  if (causes.size === 0) return findings;
  return findings.filter((finding) => {
    const seen = causes.get(finding.document);
    return !seen || !silencedBy[finding.rule]?.some((rule) => seen.has(keyOf(rule, finding)));
  });
}

const stronger: ReadonlySet<string> = new Set(Object.values(silencedBy).flat());
