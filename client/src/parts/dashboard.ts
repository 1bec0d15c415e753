/** The dashboard's panel and its end of the conversation. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { parseFromDashboard } from '../../../core/src/dashboard-messages.ts';
import type { FromDashboard, Remedy, ToDashboard } from '../../../core/src/protocol.ts';
import { findRemedy } from '../commands/open-manifest.ts';
import { dashboardHtml } from './dashboard-html.ts';
import type { Parts } from './parts.ts';
import { dashboardType } from './restore-dashboards.ts';

/** The one dashboard of a window. */
export interface Dashboard extends vscode.Disposable {
  /** Shows the panel, and one incident in it if given. */
  readonly open: (incident?: string) => Promise<void>;
  readonly restore: (panel: vscode.WebviewPanel) => void;
  /** Looks the remedy of an incident up again, after the manifest changed. */
  readonly renewRemedy: (incident: string) => Promise<void>;
  /** Tells the panel again what does not change with the health: texts and trust. */
  readonly refresh: () => void;
}

/** A remedy is looked up again when nothing was typed for this long, in milliseconds. */
const renewAfter = 400;

/** No panel is made before `open` or `restore`. */
export function createDashboard(
  context: vscode.ExtensionContext,
  parts: Omit<Parts, 'context' | 'dashboard'>,
): Dashboard {
  const { health, texts, server, log } = parts;
  const folder = vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview');
  let panel: vscode.WebviewPanel | undefined;
  let ready = false;
  let reveal: string | undefined;
  /** The incident whose remedy the panel shows. */
  let shown: string | undefined;
  let renewal: NodeJS.Timeout | undefined;

  const post = (message: ToDashboard): void => {
    if (panel === undefined || !ready || !panel.visible) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this goes to the panel, which has no origin
    void panel.webview.postMessage(message);
  };
  const init = (): void =>
    post({
      type: 'init',
      strings: texts.all(),
      locale: vscode.env.language,
      restricted: !vscode.workspace.isTrusted,
    });
  const sendReveal = (): void => {
    if (reveal === undefined || !ready) return;
    post({ type: 'reveal', incident: reveal });
    reveal = undefined;
  };
  const renewRemedy = async (incident: string): Promise<void> => {
    const remedy = await findRemedy({ server }, incident).catch((error: unknown): Remedy => {
      log.warn(`No remedy for ${incident}: ${String(error)}`);
      return { incident, fixes: [] };
    });
    const uri = remedy.location?.uri;
    const unsaved = vscode.workspace.textDocuments.some(
      (document) => document.isDirty && document.uri.toString() === uri,
    );
    post({ type: 'remedy', remedy: { ...remedy, unsaved } });
  };
  /** Manifests change under what is shown: lines move, findings go, files are saved. */
  const renewSoon = (document: vscode.TextDocument, wait: number): void => {
    if (document.languageId !== 'yaml' || shown === undefined || panel?.visible !== true) return;
    clearTimeout(renewal);
    renewal = setTimeout(() => {
      if (shown !== undefined) void renewRemedy(shown);
    }, wait);
  };
  const receive = async (message: FromDashboard): Promise<void> => {
    switch (message.type) {
      case 'ready':
        ready = true;
        await texts.ready;
        init();
        post({ type: 'health', update: health.snapshot() });
        sendReveal();
        return;
      case 'resync':
        post({ type: 'health', update: health.snapshot() });
        return;
      case 'connect': {
        const again = !['disconnected', 'recording'].includes(health.view()?.connection.state ?? 'disconnected');
        await vscode.commands.executeCommand(again ? 'selfheal.retry' : 'selfheal.connect');
        return;
      }
      case 'disconnect':
      case 'showLog':
        await vscode.commands.executeCommand(`selfheal.${message.type}`);
        return;
      case 'trust':
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
      case 'remedy':
        shown = message.incident;
        await renewRemedy(message.incident);
        return;
      case 'openManifest':
        await vscode.commands.executeCommand('selfheal.openManifest', message.incident);
        return;
      case 'applyFix':
        await vscode.commands.executeCommand('selfheal.applyFix', message.incident, message.fix);
        return;
      default:
    }
  };
  const adopt = (made: vscode.WebviewPanel): void => {
    panel?.dispose();
    panel = made;
    ready = false;
    const { webview } = made;
    webview.options = {
      enableScripts: true,
      enableForms: false,
      enableCommandUris: false,
      localResourceRoots: [folder],
    };
    made.iconPath = new vscode.ThemeIcon('pulse');
    webview.onDidReceiveMessage((value: unknown) => {
      const message = parseFromDashboard(value);
      if (message === undefined) log.warn('A message of the dashboard was not understood and was dropped.');
      else void receive(message);
    });
    // A hidden panel is unloaded; when it is loaded again it says so with `ready`.
    made.onDidChangeViewState(() => {
      if (!made.visible) ready = false;
    });
    made.onDidDispose(() => {
      if (panel === made) panel = undefined;
    });
    webview.html = dashboardHtml({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'dashboard.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'dashboard.css')).toString(),
      nonce: randomBytes(18).toString('base64url'),
      title: vscode.l10n.t('Cluster Health'),
      language: vscode.env.language,
    });
  };
  const listeners = [
    health.onUpdate((update) => post({ type: 'health', update })),
    texts.onChange(init),
    vscode.workspace.onDidChangeTextDocument(({ document }) => renewSoon(document, renewAfter)),
    vscode.workspace.onDidSaveTextDocument((document) => renewSoon(document, 0)),
    new vscode.Disposable(() => clearTimeout(renewal)),
  ];
  return {
    open: async (incident) => {
      reveal = incident;
      if (panel === undefined) {
        adopt(
          vscode.window.createWebviewPanel(dashboardType, vscode.l10n.t('Cluster Health'), vscode.ViewColumn.Active),
        );
      } else {
        panel.reveal();
        sendReveal();
      }
      await Promise.resolve();
    },
    restore: adopt,
    renewRemedy,
    refresh: init,
    dispose: () => vscode.Disposable.from(...listeners, { dispose: () => panel?.dispose() }).dispose(),
  };
}
