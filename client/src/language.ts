/** Entry of `client.cjs`: everything that is needed once a manifest is open or a command is called. */
import * as vscode from 'vscode';
import type { HealthView } from '../../core/src/live/view.ts';
import { applyFix } from './commands/apply-fix.ts';
import { chooseKubeconfig, connect, disconnect } from './commands/connect.ts';
import { createConfiguration } from './commands/create-configuration.ts';
import { copyEvidence } from './commands/copy-evidence.ts';
import { openManifest } from './commands/open-manifest.ts';
import { fixWorkspace } from './commands/fix-workspace.ts';
import { incidentOf } from './commands/incident-argument.ts';
import { exportRecording, openRecording } from './commands/recording.ts';
import { restartServer } from './commands/restart-server.ts';
import { showRights } from './commands/rights.ts';
import { statusMenu } from './commands/status-menu.ts';
import { attachTree } from './parts/tree.ts';
import { createDashboard } from './parts/dashboard.ts';
import { createHealth } from './parts/health.ts';
import { createServer } from './parts/server.ts';
import { createStatus } from './parts/status.ts';
import { createTexts } from './parts/texts.ts';
import type { CommandId } from './parts/commands.ts';
import type { Parts } from './parts/parts.ts';
import type { TreeShell } from './parts/tree-shell.ts';

/** The loaded extension. */
export interface Client extends vscode.Disposable {
  readonly log: vscode.LogOutputChannel;
  /** Starts the language server for the open manifests. */
  readonly lint: () => Promise<void>;
  readonly run: (command: CommandId, args: readonly unknown[]) => Promise<unknown>;
  readonly restoreDashboard: (panel: vscode.WebviewPanel) => void;
  readonly serverRunning: () => boolean;
  readonly view: () => HealthView | undefined;
  /** Ends the server and waits for it. */
  readonly stop: () => Promise<void>;
}

/** Puts the parts together; the server starts when the first of them needs it. */
export function createClient(context: vscode.ExtensionContext, shell: TreeShell): Client {
  const log = vscode.window.createOutputChannel('Selfheal', { log: true });
  const server = createServer(context, log);
  const texts = createTexts(context, server, log);
  const health = createHealth(server, log);
  const dashboard = createDashboard(context, { server, texts, health, log });
  const parts: Parts = { context, log, server, texts, health, dashboard };
  const tree = attachTree(shell, parts);
  const status = createStatus(parts);
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(async () => {
    dashboard.refresh();
    if (server.running()) await server.restart();
  });
  return {
    log,
    lint: async () => {
      await server.start();
    },
    run: (command, args) => commands[command](parts, args),
    restoreDashboard: (panel) => dashboard.restore(panel),
    serverRunning: () => server.running(),
    view: () => health.view(),
    stop: () => server.stop(),
    dispose: () => vscode.Disposable.from(trusted, status, tree, dashboard, health, texts, server, log).dispose(),
  };
}

/** What each command does. */
const commands: Readonly<Record<CommandId, (parts: Parts, args: readonly unknown[]) => Promise<unknown>>> = {
  connect: (parts, args) => connect(parts, args[0], 'ask'),
  retry: (parts) => connect(parts, parts.health.lastConnect, 'ask'),
  chooseContext: (parts) => connect(parts, undefined, 'choose'),
  chooseKubeconfig: (parts) => chooseKubeconfig(parts),
  disconnect: (parts) => disconnect(parts),
  openDashboard: async (parts, args) => parts.dashboard.open(incidentOf(args[0])),
  openManifest: (parts, args) => openManifest(parts, incidentOf(args[0])),
  applyFix: (parts, args) => applyFix(parts, incidentOf(args[0]), args[1]),
  copyEvidence: (parts, args) => copyEvidence(parts, incidentOf(args[0])),
  statusMenu: (parts) => statusMenu(parts),
  showLog: async (parts) => parts.log.show(true),
  restartServer: (parts) => restartServer(parts),
  createConfiguration: (parts) => createConfiguration(parts),
  fixWorkspace: (parts) => fixWorkspace(parts),
  exportRecording: (parts) => exportRecording(parts),
  openRecording: (parts, args) => openRecording(parts, args[0]),
  showRights: (parts) => showRights(parts),
};
