/** Every command of the extension, registered at once; what they do is loaded when one is called. */
import * as vscode from 'vscode';
import type { Backend } from './backend.ts';

/** Ids of the commands, without their prefix; each has one file in `commands/`. */
export const commandIds = [
  'connect',
  'retry',
  'chooseContext',
  'chooseKubeconfig',
  'disconnect',
  'openDashboard',
  'openManifest',
  'applyFix',
  'copyEvidence',
  'statusMenu',
  'showLog',
  'restartServer',
  'createConfiguration',
  'fixWorkspace',
  'exportRecording',
  'openRecording',
  'showRights',
] as const;
export type CommandId = (typeof commandIds)[number];

/** One registration per id. */
export function registerCommands(backend: Backend): vscode.Disposable {
  return vscode.Disposable.from(
    ...commandIds.map((id) =>
      vscode.commands.registerCommand(`selfheal.${id}`, (...args: unknown[]) =>
        backend.use((client) => client.run(id, args)),
      ),
    ),
  );
}
