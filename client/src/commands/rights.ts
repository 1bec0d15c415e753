/** Which rights are lacking, and the manifests that grant them. */
import * as vscode from 'vscode';
import { method, type RightsReport } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';
import type { LiveTexts } from '../parts/texts.ts';
import { explainTrust } from './connect.ts';

/** Asks the API server of the connected context, else of the current one, and shows the answer as a document: manifests where something is missing. */
export async function showRights({ server, health, texts }: Parts): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await explainTrust();
    return;
  }
  const { kubeconfig, context } = health.lastConnect ?? {};
  const setting = vscode.workspace.getConfiguration('selfheal.cluster').get<string>('kubeconfig') || undefined;
  const file = kubeconfig ?? setting;
  const where = context ?? vscode.l10n.t('the current context');
  // A cluster that is far away takes its time: at once it is said that it is asked.
  const report = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Asking {0} what your user may read…', where),
    },
    () =>
      server.request<RightsReport>(method.rights, {
        ...(file !== undefined && { kubeconfig: file }),
        ...(context !== undefined && { context }),
      }),
  );
  if (report.problem !== undefined) {
    void vscode.window.showWarningMessage(
      [report.problem, report.remedy]
        .flatMap((message) => (message === undefined ? [] : [texts.say(message)]))
        .join(' '),
    );
    return;
  }
  const content = report.missing.length === 0 ? nothingMissing(report) : missingRights(report, texts.say);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content }));
}

const comment = (lines: readonly string[]): string => `${lines.map((line) => `# ${line}`.trimEnd()).join('\n')}\n`;
const userOf = (report: RightsReport): string => report.user ?? vscode.l10n.t('unknown user');

function nothingMissing(report: RightsReport): string {
  return comment([
    vscode.l10n.t('Nothing is missing in {0}: {1} may read everything that is shown.', report.context, userOf(report)),
  ]);
}

function missingRights(report: RightsReport, say: LiveTexts['say']): string {
  const lines = [
    vscode.l10n.t('{0} may not read everything in {1}. What is missing:', userOf(report), report.context),
    '',
    ...report.missing.map(
      ({ resource, verbs, consequence }) => `${resource} (${verbs.join(', ')}): ${say(consequence)}`,
    ),
    '',
    vscode.l10n.t('An administrator grants it with: kubectl apply -f FILE. Nothing of it writes or reads Secrets.'),
  ];
  return comment(lines) + report.yaml;
}
