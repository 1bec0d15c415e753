/** Looks at YAML documents until the first manifest is seen; nothing runs before. */
import * as vscode from 'vscode';
import { isManifest } from '../manifest.ts';

/** Calls `found` once, for the first open document that is a manifest. */
export function watchManifests(found: () => unknown): vscode.Disposable {
  const listeners: vscode.Disposable[] = [];
  const stop = (): void => {
    for (const listener of listeners.splice(0)) listener.dispose();
  };
  let done = false;
  const look = (document: vscode.TextDocument): void => {
    if (done || document.languageId !== 'yaml') return;
    if (document.uri.scheme !== 'file' && document.uri.scheme !== 'untitled') return;
    if (!isManifest(document.uri.path, document.getText())) return;
    done = true;
    stop();
    found();
  };
  listeners.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument((event) => look(event.document)),
  );
  for (const document of vscode.workspace.textDocuments) look(document);
  return new vscode.Disposable(stop);
}
