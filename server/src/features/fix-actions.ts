import type { ClientCapabilities, TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { Finding } from '../../../core/src/lint/findings.ts';
import { findingText, fixTitle } from '../../../core/src/lint/findings.ts';
import type { FileEdits } from '../../../core/src/lint/fixes.ts';
import { fixEdits, plainEdits } from '../../../core/src/lint/fixes.ts';
import type { Fix } from '../../../core/src/lint/rule.ts';
import { asSnippet } from '../../../core/src/yaml/plain.ts';
import { toTextEdits } from '../lsp.ts';
import type { Session } from '../session.ts';

/** A fix lowered for a client, with its title in the user's language. */
export interface PreparedFix {
  readonly title: string;
  readonly fix: Fix;
  readonly edit: WorkspaceEdit;
}

/** What a client can do with an edit. */
export interface EditSupport {
  /** Fills in tab stops; elsewhere the proposed text stands in their place. */
  readonly snippets: boolean;
  /** Shows an edit and asks before it is made. */
  readonly preview: boolean;
}

/** Reads what a client said it can do. */
export function editSupport({ workspace }: ClientCapabilities): EditSupport {
  const support = workspace?.workspaceEdit;
  return {
    snippets: support?.snippetEditSupport === true,
    preview: support?.documentChanges === true && support.changeAnnotationSupport !== undefined,
  };
}

/** Lowers a finding's fix to a workspace edit; undefined when its place cannot be edited. */
export function prepareFix(
  session: Session,
  uri: string,
  finding: Finding,
  fix: Fix,
  support: EditSupport,
): PreparedFix | undefined {
  const lowered = fixEdits(finding, fix);
  if (!lowered) return undefined;
  const target = lowered.uri ?? uri;
  const index = session.indexOf(target);
  const title = fixTitle(finding.rule, fix, session.templates);
  const documentChanges = (edits: readonly unknown[]): TextDocumentEdit[] => [
    { textDocument: { uri: target, version: null }, edits: edits as TextEdit[] },
  ];
  if (support.snippets && fix.class === 'template') {
    // The protocol's snippet edits; clients that can take them said so.
    const edits = toTextEdits(index, lowered.edits).map(({ range, newText }) => ({
      range,
      snippet: { kind: 'snippet', value: asSnippet(newText) },
    }));
    return { title, fix, edit: { documentChanges: documentChanges(edits) } };
  }
  const edits = toTextEdits(index, plainEdits(lowered.edits));
  if (!support.preview || !isFarReaching(fix, lowered)) return { title, fix, edit: { changes: { [target]: edits } } };
  const changeAnnotations = {
    [finding.rule]: { label: title, needsConfirmation: true, description: findingText(finding, session.templates) },
  };
  return {
    title,
    fix,
    edit: {
      changeAnnotations,
      documentChanges: documentChanges(edits.map((edit) => ({ ...edit, annotationId: finding.rule }))),
    },
  };
}

/** Whether a change is more than a glance takes in: new documents, several places, another file. Safe fixes are never asked about. */
const isFarReaching = ({ class: kind, operations }: Fix, { uri, edits }: FileEdits): boolean =>
  kind === 'review' && (edits.length > 1 || uri !== undefined || operations.some(({ op }) => op === 'document'));
