/** The rest of the extension, loaded on first use. */
import * as vscode from 'vscode';
import type * as language from '../language.ts';
import type { TreeShell } from './tree-shell.ts';

/** Access to what `client.cjs` holds. */
export interface Backend {
  /** Loads the bundle if need be and acts on it. Failures are shown: this is called for something the user did. */
  readonly use: <Result>(act: (client: language.Client) => Result | Promise<Result>) => Promise<Result | undefined>;
  /** The client, if anything has loaded it. */
  readonly loaded: () => language.Client | undefined;
}

/** Nothing is loaded before the first use. */
export function createBackend(context: vscode.ExtensionContext, tree: TreeShell): Backend {
  let client: language.Client | undefined;
  const load = (): language.Client => {
    if (client === undefined) {
      // A computed path keeps the bundler from pulling this bundle into the first one.
      const path = context.asAbsolutePath('dist/client.cjs');
      const module = require(path) as typeof language;
      client = module.createClient(context, tree);
      context.subscriptions.push(client);
    }
    return client;
  };
  return {
    use: async (act) => {
      try {
        return await act(load());
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        client?.log.error(reason);
        void vscode.window.showErrorMessage(vscode.l10n.t('Selfheal: {0}', reason));
        return undefined;
      }
    },
    loaded: () => client,
  };
}
