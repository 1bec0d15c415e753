/** Which rights are lacking, and the manifests that grant them. */
import * as vscode from 'vscode';
import { method, type RightsReport } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';
import { explainTrust } from './connect.ts';

/** Asks the API server of the connected context, else of the current one, and shows the answer as a manifest. */
export async function showRights({ server, health, texts }: Parts): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await explainTrust();
    return;
  }
  const { kubeconfig, context } = health.lastConnect ?? {};
  const setting = vscode.workspace.getConfiguration('selfheal.cluster').get<string>('kubeconfig') || undefined;
  const file = kubeconfig ?? setting;
  const report = await server.request<RightsReport>(method.rights, {
    ...(file !== undefined && { kubeconfig: file }),
    ...(context !== undefined && { context }),
  });
  if (report.problem !== undefined) {
    void vscode.window.showWarningMessage(
      [report.problem, report.remedy]
        .flatMap((message) => (message === undefined ? [] : [texts.say(message)]))
        .join(' '),
    );
    return;
  }
  if (report.missing.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing is missing: your user may read everything that is shown of {0}.', report.context),
    );
    return;
  }
  const user = report.user ?? vscode.l10n.t('unknown user');
  const lines = [
    vscode.l10n.t('{0} may not read everything in {1}. What is missing:', user, report.context),
    '',
    ...report.missing.map(
      ({ resource, verbs, consequence }) => `${resource} (${verbs.join(', ')}): ${texts.say(consequence)}`,
    ),
    '',
    vscode.l10n.t('An administrator grants it with: kubectl apply -f FILE. Nothing of it writes or reads Secrets.'),
  ];
  const content = `${lines.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${report.yaml}`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content }));
}
