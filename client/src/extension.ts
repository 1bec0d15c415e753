/**
 * Entry of the extension. It is all that is loaded for a YAML file that is no manifest: everything else lies in
 * `client.cjs`, which the backend loads on first use.
 */
import type * as vscode from 'vscode';
import type { HealthView } from '../../core/src/live/view.ts';
import { createBackend, type Backend } from './parts/backend.ts';
import { registerCommands } from './parts/commands.ts';
import { restoreDashboards } from './parts/restore-dashboards.ts';
import { createTreeShell } from './parts/tree-shell.ts';
import { watchManifests } from './parts/watch-manifests.ts';

/** What other extensions and the tests may see. */
export interface Api {
  /** Bundles loaded so far. */
  readonly bundles: () => readonly string[];
  /** Whether a language server process was started. */
  readonly serverRunning: () => boolean;
  /** The health of the connected cluster; undefined before anything was connected. */
  readonly view: () => HealthView | undefined;
}

let backend: Backend | undefined;

/** Puts the parts in place; none of them does anything yet. */
export function activate(context: vscode.ExtensionContext): Api {
  const tree = createTreeShell();
  const lazy = createBackend(context, tree);
  backend = lazy;
  context.subscriptions.push(
    tree,
    registerCommands(lazy),
    restoreDashboards(lazy),
    watchManifests(() => lazy.use((client) => client.lint())),
  );
  return {
    bundles: () => (lazy.loaded() === undefined ? ['extension'] : ['extension', 'client']),
    serverRunning: () => lazy.loaded()?.serverRunning() === true,
    view: () => lazy.loaded()?.view(),
  };
}

/** Lets the server end by itself before the editor goes. */
export async function deactivate(): Promise<void> {
  await backend?.loaded()?.stop();
}
