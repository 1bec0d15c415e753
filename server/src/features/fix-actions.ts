import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { Finding } from '../../../core/src/lint/findings.ts';
import { fixTitle } from '../../../core/src/lint/findings.ts';
import { fixEdits, plainEdits } from '../../../core/src/lint/fixes.ts';
import type { Fix } from '../../../core/src/lint/rule.ts';
import { asSnippet } from '../../../core/src/yaml/edit.ts';
import { toTextEdits } from '../lsp.ts';
import type { Session } from '../session.ts';

/** A fix lowered for a client, with its title in the user's language. */
export interface PreparedFix {
  readonly title: string;
  readonly fix: Fix;
  readonly edit: WorkspaceEdit;
}

/**
 * Lowers a finding's fix to a workspace edit; undefined when its place cannot be edited.
 * @param snippets whether the client fills in tab stops; elsewhere the proposed text stands in their place
 */
export function prepareFix(
  session: Session,
  uri: string,
  finding: Finding,
  fix: Fix,
  snippets: boolean,
): PreparedFix | undefined {
  const lowered = fixEdits(finding, fix);
  if (!lowered) return undefined;
  const target = lowered.uri ?? uri;
  const index = session.indexOf(target);
  const title = fixTitle(finding.rule, fix, session.templates);
  if (!snippets || fix.class !== 'template')
    return { title, fix, edit: { changes: { [target]: toTextEdits(index, plainEdits(lowered.edits)) } } };
  const edits = toTextEdits(index, lowered.edits).map(({ range, newText }) => ({
    range,
    snippet: { kind: 'snippet' as const, value: asSnippet(newText) },
  }));
  // The protocol's snippet edits; clients that can take them said so.
  const documentChanges = [{ textDocument: { uri: target, version: null }, edits: edits as unknown as TextEdit[] }];
  return { title, fix, edit: { documentChanges } };
}
