import { findingText } from '../lint/findings.ts';
import type { Finding, Templates } from '../lint/findings.ts';
import type { Severity } from '../lint/rule.ts';
import type { LineIndex } from '../text/text.ts';

/** A finding with its place as people count it: lines and columns from 1. */
export interface ReportedFinding {
  readonly rule: string;
  readonly message: string;
  readonly text: string;
  readonly severity: Severity;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Class of the best fix there is. */
  readonly fix: 'safe' | 'review' | 'template' | undefined;
  readonly object: { readonly kind: string; readonly namespace?: string; readonly name?: string } | undefined;
}

/** The findings of one file. */
export interface FileReport {
  /** As the user named it, or relative to the working directory. */
  readonly path: string;
  readonly findings: readonly ReportedFinding[];
}

const classes = ['safe', 'review', 'template'] as const;

/** Turns findings into what reports show. */
export function reportFile(path: string, findings: readonly Finding[], index: LineIndex, templates: Templates): FileReport {
  return {
    path,
    findings: findings.map((finding) => {
      const start = index.position(finding.range.start + finding.document.start);
      const end = index.position(finding.range.end + finding.document.start);
      return {
        rule: finding.rule,
        message: finding.message,
        text: findingText(finding, templates),
        severity: finding.severity,
        line: start.line + 1,
        column: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
        fix: classes.find((wanted) => finding.fixes.some((fix) => fix.class === wanted)),
        object: finding.subject,
      };
    }),
  };
}

/** How many findings of each level there are. */
export function countLevels(files: readonly FileReport[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { findings } of files) for (const { severity } of findings) counts[severity]++;
  return counts;
}
