/** What the status bar item offers. */
import * as vscode from 'vscode';
import type { Parts } from '../parts/parts.ts';

/** A short list of ways on, by the state of the connection. */
export async function statusMenu(parts: Parts): Promise<void> {
  const connected = (parts.health.view()?.connection.state ?? 'disconnected') !== 'disconnected';
  const items = [
    { label: `$(dashboard) ${vscode.l10n.t('Open dashboard')}`, command: 'selfheal.openDashboard' },
    { label: `$(plug) ${vscode.l10n.t('Connect to a cluster…')}`, command: 'selfheal.chooseContext' },
    ...(connected
      ? [{ label: `$(debug-disconnect) ${vscode.l10n.t('Disconnect')}`, command: 'selfheal.disconnect' }]
      : []),
    { label: `$(output) ${vscode.l10n.t('Show log')}`, command: 'selfheal.showLog' },
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Selfheal' });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}
