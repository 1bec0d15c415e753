/** Documents of the suite's workspace, and what the extension says about them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './until.ts';

/** The extension under test. */
export function selfheal(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('selfheal.selfheal');
  assert.ok(extension, 'the extension is known to this VS Code');
  return extension;
}

/** Opens a file of the workspace in the editor. */
export async function open(name: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Rule id of a finding, whether or not it carries a link. */
export function ruleOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** Findings of the extension on a document, by place. */
export function findings(document: vscode.TextDocument): vscode.Diagnostic[] {
  const all = vscode.languages.getDiagnostics(document.uri).filter((each) => each.source === 'selfheal');
  return all.sort((a, b) => a.range.start.compareTo(b.range.start));
}

/** The finding of one rule, as soon as there is one. */
export function findingOf(document: vscode.TextDocument, rule: string): Promise<vscode.Diagnostic> {
  return until(`a finding of ${rule}`, () => findings(document).find((each) => ruleOf(each) === rule));
}

/** Resolves when no finding of this rule is left. */
export async function goneFrom(document: vscode.TextDocument, rule: string): Promise<void> {
  await until(`${rule} to go`, () => findings(document).every((each) => ruleOf(each) !== rule));
}

/** Code actions at a place, with their edits. */
export async function actionsAt(
  document: vscode.TextDocument,
  range: vscode.Range,
  kind?: vscode.CodeActionKind,
): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    kind?.value,
    100,
  );
}

/** Takes back what a test did to a document, in the editor and so for the next test. */
export async function revert(document: vscode.TextDocument): Promise<void> {
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.files.revert');
}
