import type { Finding, Templates } from '../lint/findings.ts';
import { findingText, fixTitle, relatedText } from '../lint/findings.ts';
import { fixEdits, plainEdits } from '../lint/fixes.ts';
import type { Fix, FixClass, Severity } from '../lint/rule.ts';
import type { LineIndex, Range } from '../text/text.ts';
import { fingerprint, placeOf } from './fingerprint.ts';

/** A span as people count it: lines and columns from 1, columns in UTF-16 units, the end exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Replacement of a span; an insertion has an empty one. */
export interface ReportedEdit extends Span {
  readonly newText: string;
}

/** A change that would end a finding. */
export interface ReportedFix {
  readonly class: FixClass;
  readonly title: string;
  /** File it changes. */
  readonly path: string;
  /** Proposed texts stand in the places to fill in. */
  readonly edits: readonly ReportedEdit[];
}

/** Another place that explains a finding. */
export interface ReportedPlace extends Span {
  readonly path: string;
  readonly text: string;
}

/** A finding as reports show it. */
export interface ReportedFinding extends Span {
  readonly rule: string;
  /** Message id within the rule. */
  readonly message: string;
  readonly text: string;
  readonly severity: Severity;
  /** Place in the document, as `spec.template.spec.containers[web].image`. */
  readonly at: string;
  readonly object: { readonly kind: string; readonly namespace?: string; readonly name?: string } | undefined;
  /** Identity that does not depend on lines; findings of one file may share it, see `occurrence`. */
  readonly fingerprint: string;
  /** Which one it is of those with its fingerprint in its file, from 1. */
  readonly occurrence: number;
  /** Class of the best fix there is. */
  readonly fix: FixClass | undefined;
  readonly fixes: readonly ReportedFix[];
  /** First of the best class that can be made. */
  bestFix(): ReportedFix | undefined;
  readonly related: readonly ReportedPlace[];
}

/** The findings of one file. */
export interface FileReport {
  /** As the user named it, or relative to the working directory; with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly findings: readonly ReportedFinding[];
}

/** Where the files of a report stand. */
export interface Files {
  /** Path that the report shows for a file. */
  path(uri: string): string;
  /** Lines of a file of the project. */
  lines(uri: string): LineIndex;
}

const classes = ['safe', 'review', 'template'] as const;

/** Turns the findings of a file into what reports show. */
export function reportFile(
  uri: string,
  text: string,
  findings: readonly Finding[],
  files: Files,
  templates: Templates,
): FileReport {
  const path = files.path(uri);
  const seen = new Map<string, number>();
  return {
    path,
    text,
    // Of files without findings nobody asks where their lines begin.
    get lines() {
      return files.lines(uri);
    },
    findings: findings.map((finding): ReportedFinding => {
      const print = fingerprint(finding, path);
      const occurrence = (seen.get(print) ?? 0) + 1;
      seen.set(print, occurrence);
      return {
        rule: finding.rule,
        message: finding.message,
        text: findingText(finding, templates),
        severity: finding.severity,
        ...spanOf(files.lines(uri), finding.range, finding.document.start),
        at: placeOf(finding.document.manifest.root, finding.range),
        object: finding.subject,
        fingerprint: print,
        occurrence,
        fix: classes.find((wanted) => finding.fixes.some((fix) => fix.class === wanted)),
        // Lowering fixes to edits costs more than finding them: only what a format shows is lowered.
        get fixes() {
          return finding.fixes.flatMap((fix) => reportFix(uri, finding, fix, files, templates) ?? []);
        },
        bestFix() {
          for (const fix of finding.fixes) {
            const made = fix.class === this.fix ? reportFix(uri, finding, fix, files, templates) : undefined;
            if (made) return made;
          }
          return undefined;
        },
        related: finding.related.map((place) => ({
          path: files.path(place.uri),
          ...spanOf(files.lines(place.uri), place.range, place.document.start),
          text: relatedText(finding, place, templates),
        })),
      };
    }),
  };
}

function reportFix(
  uri: string,
  finding: Finding,
  fix: Fix,
  files: Files,
  templates: Templates,
): ReportedFix | undefined {
  const lowered = fixEdits(finding, fix);
  if (!lowered) return undefined;
  const target = lowered.uri ?? uri;
  const lines = files.lines(target);
  return {
    class: fix.class,
    title: fixTitle(finding.rule, fix, templates),
    path: files.path(target),
    edits: plainEdits(lowered.edits).map(({ range, newText }) => ({ ...spanOf(lines, range, 0), newText })),
  };
}

function spanOf(lines: LineIndex, range: Range, offset: number): Span {
  const start = lines.position(range.start + offset);
  const end = lines.position(range.end + offset);
  return { line: start.line + 1, column: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}

/** How many findings of each level there are. */
export function countLevels(files: readonly FileReport[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { findings } of files) for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** How many findings have a fix, by the class of the best one. */
export function countFixes(files: readonly FileReport[]): Readonly<Record<FixClass, number>> {
  const counts = { safe: 0, review: 0, template: 0 };
  for (const { findings } of files) for (const { fix } of findings) if (fix) counts[fix]++;
  return counts;
}
