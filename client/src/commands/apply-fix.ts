/** Applies a computed fix to the manifest that allowed an incident; it stays unsaved, for a person to look at. */
import * as vscode from 'vscode';
import { method, type ApplyRemedyResult, type Remedy } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';
import { chooseIncident } from './choose-incident.ts';
import { findRemedy, showLocation } from './open-manifest.ts';

/** Shows the place, then changes it; a far-reaching change is shown and asked about first. `index` picks one of several fixes; without it the user does. */
export async function applyFix(parts: Parts, given: string | undefined, index: unknown): Promise<void> {
  const incident = await chooseIncident(parts, given);
  if (incident === undefined) return;
  const remedy = await findRemedy(parts, incident);
  const fix = typeof index === 'number' ? index : await pickFix(remedy);
  if (fix === undefined) return;
  if (remedy.fixes[fix] === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no fix for this incident in the workspace.'));
    return;
  }
  if (remedy.location !== undefined) await showLocation(remedy.location);
  const result = await parts.server.request<ApplyRemedyResult>(method.applyRemedy, { incident, fix });
  if (result.problem !== undefined) {
    const reason = parts.texts.say(result.problem);
    void vscode.window.showWarningMessage(vscode.l10n.t('The fix was not applied. {0}', reason));
  } else if (!result.applied) {
    // Whoever was shown it beforehand and did not want it knows.
    vscode.window.setStatusBarMessage(vscode.l10n.t('The fix was not applied. {0}', ''), 5000);
  }
  await parts.dashboard.renewRemedy(incident);
}

async function pickFix(remedy: Remedy): Promise<number | undefined> {
  if (remedy.fixes.length <= 1) return 0;
  const items = remedy.fixes.map((fix, index) => ({ label: fix.title, description: fix.kind, index }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Choose a fix') });
  return picked?.index;
}
