/** For commands called from the palette, where no incident is given. */
import * as vscode from 'vscode';
import type { Parts } from '../parts/parts.ts';

/** The given incident, or one the user picks; undefined when there is none or the user left. */
export async function chooseIncident(parts: Parts, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined) return given;
  const incidents = parts.health.view()?.incidents ?? [];
  if (incidents.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no incident.'));
    return undefined;
  }
  const items = incidents.map((incident) => ({
    label: parts.texts.say(incident.summary),
    description: [incident.workload.namespace, incident.workload.name, incident.subject.name]
      .filter((name, index, names) => name !== undefined && names.indexOf(name) === index)
      .join('/'),
    id: incident.id,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Choose an incident') });
  return picked?.id;
}
