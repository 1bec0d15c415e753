/** Evidence of an incident as plain text, for a ticket or a chat. */
import * as vscode from 'vscode';
import type { Parts } from '../parts/parts.ts';
import { chooseIncident } from './choose-incident.ts';

/** Copies the summary and one line per piece of evidence. */
export async function copyEvidence(parts: Parts, given: string | undefined): Promise<void> {
  const id = await chooseIncident(parts, given);
  const incident = parts.health.view()?.incidents.find((row) => row.id === id);
  if (incident === undefined) return;
  const lines = incident.evidence.map(({ object, field, value, at }) => {
    const when = at === undefined ? '' : `${new Date(at).toISOString()} `;
    return `${when}${object.kind} ${[object.namespace, object.name].filter(Boolean).join('/')} ${field}: ${value}`;
  });
  await vscode.env.clipboard.writeText([parts.texts.say(incident.summary), incident.cause, ...lines].join('\n'));
}
