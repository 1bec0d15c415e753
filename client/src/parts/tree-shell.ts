/** The view in the side bar, before anything is loaded: empty, so that the editor shows its welcome text. */
import * as vscode from 'vscode';

/** A tree whose content arrives later. */
export interface TreeShell extends vscode.Disposable {
  readonly view: vscode.TreeView<string>;
  readonly attach: (provider: vscode.TreeDataProvider<string>) => void;
}

/** Registers the view. */
export function createTreeShell(): TreeShell {
  let inner: vscode.TreeDataProvider<string> | undefined;
  const changed = new vscode.EventEmitter<string | undefined>();
  const listeners: vscode.Disposable[] = [];
  const view = vscode.window.createTreeView<string>('selfheal.health', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) => inner?.getChildren(node) ?? [],
      getTreeItem: (node) => inner?.getTreeItem(node) ?? new vscode.TreeItem(''),
      getParent: (node) => inner?.getParent?.(node),
      resolveTreeItem: (item, node, token) => inner?.resolveTreeItem?.(item, node, token) ?? item,
    },
  });
  return {
    view,
    attach: (provider) => {
      inner = provider;
      const listener = provider.onDidChangeTreeData?.((node) =>
        changed.fire(typeof node === 'string' ? node : undefined),
      );
      if (listener !== undefined) listeners.push(listener);
      changed.fire(undefined);
    },
    dispose: () => {
      view.dispose();
      changed.dispose();
      for (const listener of listeners) listener.dispose();
    },
  };
}
