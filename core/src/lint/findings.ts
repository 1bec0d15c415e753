import type { Range } from '../text/text.ts';
import { format } from '../messages.ts';
import type { Data, Fix, Severity } from './rule.ts';
import type { SourceDocument } from '../workspace/project.ts';

/** Another place that explains a finding. */
export interface RelatedPlace {
  readonly uri: string;
  readonly document: SourceDocument;
  /** Relative to that document. */
  readonly range: Range;
  readonly message: string;
  readonly data: Data;
  /** Whose message it is, if not that of the finding's rule. */
  readonly rule?: string;
}

/** A finding before it becomes a diagnostic, a line of a report or a SARIF result. */
export interface Finding {
  /** Rule id. */
  readonly rule: string;
  /** Message id within the rule; with the rule it names the template, `rule/message`. */
  readonly message: string;
  readonly data: Data;
  readonly severity: Severity;
  readonly document: SourceDocument;
  /** Relative to the document's start. */
  readonly range: Range;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  /** What it was placed from: the same as long as its document says the same, wherever that moves. */
  readonly local?: object;
  /** Object it speaks of, `Kind namespace/name` parts; absent for findings about a file. */
  readonly subject?: { readonly kind: string; readonly namespace?: string; readonly name?: string };
}

/** Templates by `rule/message` and `rule/title:id`; a translation may lack some, then English is shown. */
export type Templates = ReadonlyMap<string, string>;

/** Text of a finding in the language of the templates. */
export const findingText = (finding: Pick<Finding, 'rule' | 'message' | 'data'>, templates: Templates): string =>
  format(templates.get(`${finding.rule}/${finding.message}`) ?? `${finding.rule}/${finding.message}`, finding.data);

/** What another place of a finding says. */
export const relatedText = (
  finding: Pick<Finding, 'rule'>,
  { rule = finding.rule, message, data }: RelatedPlace,
  templates: Templates,
): string => findingText({ rule, message, data }, templates);

/** Title of a fix in the language of the templates. */
export const fixTitle = (rule: string, fix: Fix, templates: Templates): string =>
  format(templates.get(`${rule}/title:${fix.title}`) ?? fix.title, fix.data ?? {});

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };

/** Negative when `a` is graver than `b`. */
export const compareSeverity = (a: Severity, b: Severity): number => order[a] - order[b];

/** The order of every report: by place, then rule, then message. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    a.document.start - b.document.start ||
    a.range.start - b.range.start ||
    a.range.end - b.range.end ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
