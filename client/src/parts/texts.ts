/** Texts of live messages: those of the server, those of the dashboard's language, and the few this side makes. */
import * as vscode from 'vscode';
import { englishUnits, type UnitSigns } from '../../../core/src/elapsed.ts';
import { text, type Texts } from '../../../core/src/messages.ts';
import type { Message } from '../../../core/src/live/view.ts';
import { method } from '../../../core/src/protocol.ts';
import type { Server } from './server.ts';

/** Texts by message id in the editor's language. */
export interface LiveTexts extends vscode.Disposable {
  readonly all: () => Texts;
  readonly say: (message: Message) => string;
  readonly units: () => UnitSigns;
  readonly onChange: vscode.Event<void>;
  /** Resolves when the dashboard's own texts are there. */
  readonly ready: Promise<void>;
}

/** Asks the server once it runs; until then live messages show their ids, of which there are none yet. */
export function createTexts(context: vscode.ExtensionContext, server: Server, log: vscode.LogOutputChannel): LiveTexts {
  const changed = new vscode.EventEmitter<void>();
  let dashboard: Texts = {};
  let live: Texts = {};
  const own: Texts = {
    'client.server-stopped': vscode.l10n.t('The language server ended, and with it the connection.'),
    'client.connect-again': vscode.l10n.t('Connect again; the log says why it ended.'),
    'client.no-contexts': vscode.l10n.t('The kubeconfig names no context to connect to.'),
  };
  const all = (): Texts => ({ ...dashboard, ...live, ...own });
  const ready = readDashboardTexts(context, log).then((found) => {
    dashboard = found;
    changed.fire();
  });
  const listener = server.onStarted(async () => {
    try {
      live = await server.request<Texts>(method.texts);
      changed.fire();
    } catch (error) {
      log.warn(`The server gave no texts: ${String(error)}`);
    }
  });
  return {
    all,
    say: (message) => text(all(), message),
    units: () => {
      const sign = (unit: keyof UnitSigns): string => dashboard[`unit.${unit}`] ?? englishUnits[unit];
      return { day: sign('day'), hour: sign('hour'), minute: sign('minute'), second: sign('second') };
    },
    onChange: changed.event,
    ready,
    dispose: () => vscode.Disposable.from(listener, changed).dispose(),
  };
}

/** The dashboard's texts in the editor's language; English ones are part of the dashboard itself. */
async function readDashboardTexts(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Texts> {
  const language = vscode.env.language.toLowerCase();
  if (language !== 'zh-cn') return {};
  try {
    const file = vscode.Uri.joinPath(context.extensionUri, 'l10n', `dashboard.${language}.json`);
    return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(file))) as Texts;
  } catch (error) {
    log.warn(`The dashboard's texts for ${language} cannot be read: ${String(error)}`);
    return {};
  }
}
