/** Applies the safe fixes of the whole workspace, as one edit that can be undone as one. */
import * as vscode from 'vscode';
import { method, type FixWorkspaceResult } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';

/** Says what it came to in the status bar: a person asked for it, so silence would look like a failure. */
export async function fixWorkspace({ server }: Parts): Promise<void> {
  const { files, applied } = await server.request<FixWorkspaceResult>(method.fixWorkspace);
  const text = applied
    ? vscode.l10n.t('Selfheal fixed {0} file(s). Review and save them.', files)
    : vscode.l10n.t('Selfheal found nothing that has a safe fix.');
  vscode.window.setStatusBarMessage(text, 8000);
}
