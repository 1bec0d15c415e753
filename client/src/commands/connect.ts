/** Connecting to a cluster, on the user's word alone. */
import * as vscode from 'vscode';
import {
  method,
  type ConnectParams,
  type ConnectResult,
  type ContextList,
  type HistoryParams,
  type KubeContext,
} from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';
import { confirmFiles } from './confirm-kubeconfig.ts';

/**
 * Connects. `argument` may name a kubeconfig and a context; a named kubeconfig without a context means its current one.
 * `ask` shows the contexts where there is a choice, `choose` always. Failures become a state of the view, never a message.
 */
export async function connect(parts: Parts, argument: unknown, how: 'ask' | 'choose'): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await explainTrust();
    return;
  }
  const given = connectParams(argument);
  const settings = vscode.workspace.getConfiguration('selfheal.cluster');
  const kubeconfig = given.kubeconfig ?? (settings.get<string>('kubeconfig') || undefined);
  const list = await parts.server.request<ContextList>(method.contexts, kubeconfig === undefined ? {} : { kubeconfig });
  if (list.contexts.length === 0) {
    parts.health.lastConnect = { ...(kubeconfig !== undefined && { kubeconfig }) };
    parts.health.say({ state: 'failed', problem: list.problem ?? { id: 'client.no-contexts' }, kinds: [] });
    return;
  }
  const preferred = settings.get<string>('context') || undefined;
  const direct = how === 'ask' && (given.kubeconfig !== undefined || given.context !== undefined);
  const context = direct ? (given.context ?? currentOf(list)) : await pickContext(parts, list, preferred, how);
  if (context === undefined) return;
  const chosen = list.contexts.find((candidate) => candidate.name === context);
  if (!(await confirmFiles(parts, list.files, chosen))) return;
  const history = historyParams(parts);
  const params: ConnectParams = {
    context,
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(history !== undefined && { history }),
  };
  parts.health.lastConnect = params;
  const result = await parts.server.request<ConnectResult>(method.connect, params);
  if (!result.started) {
    parts.health.say({ state: 'failed', context, kinds: [], ...(result.problem && { problem: result.problem }) });
  }
}

/** Disconnects and forgets nothing that is shown. */
export async function disconnect(parts: Parts): Promise<void> {
  if (parts.server.running()) await parts.server.request<null>(method.disconnect);
  // The server may have had no connection to end, as when a kubeconfig could not be read.
  if ((parts.health.view()?.connection.state ?? 'disconnected') !== 'disconnected') {
    parts.health.say({ state: 'disconnected' });
  }
}

/** Lets the user choose a file, then one of its contexts. */
export async function chooseKubeconfig(parts: Parts): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await explainTrust();
    return;
  }
  const files = await vscode.window.showOpenDialog({
    canSelectMany: false,
    title: vscode.l10n.t('Choose a kubeconfig'),
    openLabel: vscode.l10n.t('Use this kubeconfig'),
  });
  const file = files?.[0];
  if (file !== undefined) await connect(parts, { kubeconfig: file.fsPath }, 'choose');
}

/** Where to keep what is seen, unless the user does not want that. */
function historyParams({ context }: Parts): HistoryParams | undefined {
  const settings = vscode.workspace.getConfiguration('selfheal.history');
  const days = settings.get<number>('days') ?? 7;
  if (settings.get<boolean>('enabled') === false || !(days > 0)) return undefined;
  return { folder: vscode.Uri.joinPath(context.globalStorageUri, 'history').fsPath, days };
}

/** Arguments come from anywhere: only strings count. */
function connectParams(argument: unknown): ConnectParams {
  if (typeof argument !== 'object' || argument === null) return {};
  const { kubeconfig, context } = argument as Record<string, unknown>;
  return {
    ...(typeof kubeconfig === 'string' && kubeconfig !== '' && { kubeconfig }),
    ...(typeof context === 'string' && context !== '' && { context }),
  };
}

const currentOf = (list: ContextList): string | undefined =>
  (list.contexts.find((context) => context.current) ?? list.contexts[0])?.name;

async function pickContext(
  parts: Parts,
  list: ContextList,
  preferred: string | undefined,
  how: 'ask' | 'choose',
): Promise<string | undefined> {
  const only = list.contexts.length === 1 ? list.contexts[0] : undefined;
  if (how === 'ask' && only !== undefined) return only.name;
  const rank = (context: KubeContext): number => (context.name === preferred ? 0 : context.current ? 1 : 2);
  const items = [...list.contexts]
    .sort((a, b) => rank(a) - rank(b))
    .map((context) => ({
      label: context.name,
      description: [
        context.current ? vscode.l10n.t('current') : '',
        context.namespace === undefined ? '' : vscode.l10n.t('namespace {0}', context.namespace),
      ]
        .filter(Boolean)
        .join(' · '),
      detail: [context.server ?? context.cluster, context.exec === undefined ? '' : `$(key) ${context.exec}`]
        .filter(Boolean)
        .join('   '),
      file: false,
    }));
  const other = {
    label: `$(folder-opened) ${vscode.l10n.t('Choose a kubeconfig')}…`,
    description: '',
    detail: '',
    file: true,
  };
  const picked = await vscode.window.showQuickPick([...items, other], {
    title: vscode.l10n.t('Connect to a cluster'),
    placeHolder: vscode.l10n.t('Access is read-only; Secrets are never read'),
    matchOnDetail: true,
  });
  if (picked?.file === true) {
    await chooseKubeconfig(parts);
    return undefined;
  }
  return picked?.label;
}

/** Says why no cluster is contacted, and offers the way to change that. */
export async function explainTrust(): Promise<void> {
  const manage = vscode.l10n.t('Manage workspace trust');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('This workspace is not trusted: manifests are checked, but no cluster is contacted.'),
    manage,
  );
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
