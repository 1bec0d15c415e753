/** From an incident to the manifest line that allowed it. */
import * as vscode from 'vscode';
import { isRemedy } from '../../../core/src/dashboard-messages.ts';
import { method, type LspRange, type Remedy } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';
import { chooseIncident } from './choose-incident.ts';

/** Opens the line; where the workspace has no manifest of the workload, the dashboard says so beside the evidence. */
export async function openManifest(parts: Parts, given: string | undefined): Promise<void> {
  const incident = await chooseIncident(parts, given);
  if (incident === undefined) return;
  const remedy = await findRemedy(parts, incident);
  if (remedy.location === undefined) {
    await parts.dashboard.open(incident);
    return;
  }
  await showLocation(remedy.location);
}

/** What in the workspace allowed an incident, as the server knows it. */
export async function findRemedy(parts: Pick<Parts, 'server'>, incident: string): Promise<Remedy> {
  const remedy = await parts.server.request<unknown>(method.remedy, { incident });
  return isRemedy(remedy) ? remedy : { incident, fixes: [] };
}

/** Shows a place in a text editor, beside the dashboard where that is in front. */
export async function showLocation(location: { readonly uri: string; readonly range: LspRange }): Promise<void> {
  const { start, end } = location.range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  const uri = vscode.Uri.parse(location.uri, true);
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const other = vscode.window.tabGroups.all.find(
    (group) => !(group.activeTab?.input instanceof vscode.TabInputWebview),
  );
  await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? other?.viewColumn ?? vscode.ViewColumn.Beside,
    selection,
    preview: false,
  });
}
