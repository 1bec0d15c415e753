/** A dashboard that was open when the window closed comes back; it connects to nothing by itself. */
import * as vscode from 'vscode';
import type { Backend } from './backend.ts';

/** View type of the dashboard's panel. */
export const dashboardType = 'selfheal.dashboard';

/** Hands a panel of the last session to the client. */
export function restoreDashboards(backend: Backend): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(dashboardType, {
    deserializeWebviewPanel: async (panel) => {
      await backend.use((client) => client.restoreDashboard(panel));
    },
  });
}
