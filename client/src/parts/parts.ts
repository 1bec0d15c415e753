/** What the parts and the commands of the loaded extension share. */
import type * as vscode from 'vscode';
import type { Dashboard } from './dashboard.ts';
import type { Health } from './health.ts';
import type { Server } from './server.ts';
import type { LiveTexts } from './texts.ts';

export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: Server;
  readonly texts: LiveTexts;
  readonly health: Health;
  readonly dashboard: Dashboard;
}
