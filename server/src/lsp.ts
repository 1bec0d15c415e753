/** From the core's offsets and findings to the protocol's ranges and diagnostics. */
import type { Diagnostic, DiagnosticRelatedInformation, Range, TextEdit } from 'vscode-languageserver';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { Finding } from '../../core/src/lint/findings.ts';
import { findingText, relatedText } from '../../core/src/lint/findings.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type * as core from '../../core/src/text/text.ts';
import type { Session } from './session.ts';

/** Source of the diagnostics that come from the text alone. */
export const source = 'selfheal';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

const ruleIds: ReadonlySet<string> = new Set(rules.map(({ id }) => id));

/** A range of a file's offsets as lines and characters. */
export function toRange(index: core.LineIndex, { start, end }: core.Range): Range {
  return { start: index.position(start), end: index.position(end) };
}

/** Edits of a file's offsets as the protocol's. */
export const toTextEdits = (index: core.LineIndex, edits: readonly core.TextEdit[]): TextEdit[] =>
  edits.map(({ range, newText }) => ({ range: toRange(index, range), newText }));

/** Range of a finding in its file. */
export function findingRange({ range, document }: Pick<Finding, 'range' | 'document'>): core.Range {
  return { start: range.start + document.start, end: range.end + document.start };
}

/** A diagnostic of a document that begins at a line, in the language of some templates. */
interface Made {
  readonly line: number;
  readonly templates: Session['templates'];
  readonly diagnostic: Diagnostic;
}

const made = new WeakMap<object, Made>();

/**
 * A finding as a diagnostic, the same one as before while nothing moved: after a keystroke most findings of a file are
 * what and where they were.
 */
export function toDiagnostic(session: Session, uri: string, finding: Finding): Diagnostic {
  const { local, document, related } = finding;
  if (!local || related.length > 0) return makeDiagnostic(session, uri, finding);
  const { templates } = session;
  const { line } = session.indexOf(uri).position(document.start);
  const known = made.get(local);
  if (known?.line === line && known.templates === templates) return known.diagnostic;
  const diagnostic = makeDiagnostic(session, uri, finding);
  made.set(local, { line, templates, diagnostic });
  return diagnostic;
}

/** A finding as a diagnostic; ranges that span lines are cut to their first, so that a squiggle marks a place, not a page. */
function makeDiagnostic(session: Session, uri: string, finding: Finding): Diagnostic {
  const index = session.indexOf(uri);
  const range = firstLine(toRange(index, findingRange(finding)));
  const page = ruleIds.has(finding.rule) ? session.pageOf(finding.rule) : undefined;
  const related = finding.related.map((place): DiagnosticRelatedInformation => {
    const placeRange = toRange(session.indexOf(place.uri), findingRange(place));
    return {
      location: { uri: place.uri, range: placeRange },
      message: relatedText(finding, place, session.templates),
    };
  });
  return {
    range,
    severity: severities[finding.severity],
    source,
    code: finding.rule,
    message: findingText(finding, session.templates),
    ...(page && { codeDescription: { href: page } }),
    ...(related.length > 0 && { relatedInformation: related }),
    ...(finding.rule === 'suppression-unused' && { tags: [DiagnosticTag.Unnecessary] }),
  };
}

const firstLine = ({ start, end }: Range): Range =>
  end.line === start.line ? { start, end } : { start, end: { line: start.line, character: 2 ** 31 - 1 } };
