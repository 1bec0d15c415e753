/** Recordings: what was seen of a cluster goes into a file, and a file is looked at without any cluster. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { method, type ConnectResult, type ExportResult } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';
import { explainTrust } from './connect.ts';

/** Asks for a file and writes what was recorded of the connected cluster into it. */
export async function exportRecording(parts: Parts): Promise<void> {
  const { server, health, texts } = parts;
  const view = health.view();
  const name = (view?.connection.context ?? 'selfheal').replace(/[^\w.-]+/g, '_');
  const day = new Date(view?.now ?? Date.now()).toISOString().slice(0, 10);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export a recording'),
    defaultUri: vscode.Uri.joinPath(folder, `${name}-${day}.jsonl.gz`),
    filters: { [vscode.l10n.t('Recordings')]: ['gz', 'jsonl'] },
  });
  if (target === undefined) return;
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Writing the recording…') },
    () => server.request<ExportResult>(method.exportRecording, { file: target.fsPath }),
  );
  if (result.problem !== undefined) {
    void vscode.window.showWarningMessage(texts.say(result.problem));
    return;
  }
  const open = vscode.l10n.t('Open');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Recorded: {0}. It holds names and messages of objects of your cluster.', target.fsPath),
    open,
  );
  if (answer === open) await openRecording(parts, target.fsPath);
}

/** Shows a recording in place of a cluster. `argument` may be its path. */
export async function openRecording(parts: Parts, argument: unknown): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await explainTrust();
    return;
  }
  const path = typeof argument === 'string' && argument !== '' ? argument : await choosePath();
  if (path === undefined) return;
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Reading the recording…') },
    () => parts.server.request<ConnectResult>(method.openRecording, { path }),
  );
  if (result.started) await parts.dashboard.open();
  else if (result.problem !== undefined) void vscode.window.showWarningMessage(parts.texts.say(result.problem));
}

async function choosePath(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open a recording'),
    canSelectFiles: true,
    // Only macOS has one dialog for both.
    canSelectFolders: process.platform === 'darwin',
    filters: { [vscode.l10n.t('Recordings')]: ['gz', 'jsonl'] },
  });
  return chosen?.[0]?.fsPath;
}
