/** Writes a first selfheal.yaml from what the workspace holds; one that exists is only opened. */
import * as vscode from 'vscode';
import { method } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';

/** Asks which folder where there are several. */
export async function createConfiguration({ server, log }: Parts): Promise<void> {
  const folder = await chooseFolder();
  if (folder === undefined) {
    log.warn('A selfheal.yaml belongs to a folder: open one first.');
    return;
  }
  const uri = vscode.Uri.joinPath(folder.uri, 'selfheal.yaml');
  if (!(await exists(uri))) {
    const text = await server.request<string>(method.firstConfiguration);
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(uri, { ignoreIfExists: true, contents: new TextEncoder().encode(text) });
    await vscode.workspace.applyEdit(edit);
  }
  await vscode.window.showTextDocument(uri);
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length > 1 ? vscode.window.showWorkspaceFolderPick() : folders[0];
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
