/** The status bar item and the language status: the state at a glance, without asking for attention. */
import * as vscode from 'vscode';
import type { HealthView } from '../../../core/src/live/view.ts';
import type { Parts } from './parts.ts';

/** Both items; the first appears once the extension has something to do. */
export function createStatus(parts: Parts): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('selfheal.health', vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Selfheal: cluster health');
  item.command = 'selfheal.statusMenu';
  const draw = (): void => {
    const { icon, words } = statusWords(parts.health.view());
    item.text = [`$(${icon})`, words.join(' · ')].join(' ');
    item.accessibilityInformation = { label: `Selfheal: ${words.join(', ')}` };
    const needs = parts.health.view()?.totals.needsHuman ?? 0;
    const live = parts.health.view()?.connection.state === 'live';
    item.backgroundColor = needs > 0 && live ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.tooltip = vscode.l10n.t('Selfheal: what Kubernetes heals. Click for the ways on.');
    item.show();
  };
  draw();
  return vscode.Disposable.from(item, parts.health.onUpdate(draw), languageStatus(parts));
}

/** Words of the status bar item. */
function statusWords(view: HealthView | undefined): { readonly icon: string; readonly words: readonly string[] } {
  const state = view?.connection.state ?? 'disconnected';
  const context = view?.connection.context ?? vscode.l10n.t('Cluster');
  if (view === undefined || state === 'disconnected') {
    return { icon: 'debug-disconnect', words: [vscode.l10n.t('No cluster')] };
  }
  switch (state) {
    case 'live': {
      const words = [
        view.totals.healing > 0 ? vscode.l10n.t('{0} healing', view.totals.healing) : '',
        view.totals.needsHuman > 0 ? needsWords(view.totals.needsHuman) : '',
      ].filter(Boolean);
      return { icon: 'pulse', words: [context, ...(words.length === 0 ? [vscode.l10n.t('all well')] : words)] };
    }
    case 'connecting':
      return { icon: 'plug', words: [context, vscode.l10n.t('connecting…')] };
    case 'authenticating':
      return { icon: 'key', words: [context, vscode.l10n.t('logging in…')] };
    case 'stale':
      return { icon: 'watch', words: [context, vscode.l10n.t('stale')] };
    case 'forbidden':
      return { icon: 'lock', words: [context, vscode.l10n.t('no access')] };
    case 'unauthorised':
      return { icon: 'lock', words: [context, vscode.l10n.t('not logged in')] };
    case 'unreachable':
      return { icon: 'warning', words: [context, vscode.l10n.t('unreachable')] };
    case 'recording':
      return { icon: 'history', words: [context, vscode.l10n.t('recording')] };
    case 'failed':
      return { icon: 'warning', words: [context, vscode.l10n.t('failed')] };
    default:
      return { icon: 'pulse', words: [context] };
  }
}

/** How many incidents need a person. */
export function needsWords(count: number): string {
  return count === 1 ? vscode.l10n.t('1 needs you') : vscode.l10n.t('{0} need you', count);
}

/** What the linter is doing, beside the language of the file. */
function languageStatus(parts: Parts): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('selfheal.lint', { language: 'yaml' });
  item.name = 'Selfheal';
  item.text = 'Selfheal';
  const running = (): void => {
    item.severity = vscode.LanguageStatusSeverity.Information;
    item.command = { command: 'selfheal.showLog', title: vscode.l10n.t('Show log') };
  };
  running();
  return vscode.Disposable.from(
    item,
    parts.server.onStarted(() => {
      running();
      item.text = 'Selfheal';
    }),
    parts.server.onStatus((status) => {
      item.text = vscode.l10n.t('{0} rules · Kubernetes {1}', status.rules, status.kubernetes);
      const details = [status.configuration ?? vscode.l10n.t('no selfheal.yaml')];
      if (status.missingTools)
        details.push(vscode.l10n.t('not rendered, not found: {0}', status.missingTools.join(', ')));
      item.detail = details.join(' · ');
    }),
    parts.server.onStopped(() => {
      item.severity = vscode.LanguageStatusSeverity.Error;
      item.text = vscode.l10n.t('Selfheal is not running');
      item.command = { command: 'selfheal.restartServer', title: vscode.l10n.t('Restart') };
    }),
  );
}
