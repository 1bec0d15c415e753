/** From an incident to the line of a manifest that allowed it, where the manifests are at hand. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rulesFor } from '../../../core/src/live/remedies.ts';
import type { HealthView, IncidentRow } from '../../../core/src/live/view.ts';
import { originOf } from '../../../server/src/features/remedy.ts';
import { Session } from '../../../server/src/session.ts';
import type { Shell } from '../shell.ts';
import { UsageError } from '../shell.ts';
import { shownPath } from '../targets.ts';
import type { Place } from './writing.ts';

/** Reads the manifests of folders; without any, only the rule is known. */
export async function placesIn(
  folders: readonly string[],
  shell: Shell,
): Promise<(incident: IncidentRow, view: HealthView) => Place> {
  const ruleOf = ({ cause }: IncidentRow): Place => {
    const [rule] = rulesFor(cause);
    return rule === undefined ? {} : { rule };
  };
  if (folders.length === 0) return ruleOf;
  const paths = folders.map((folder) => resolve(shell.cwd, folder));
  for (const path of paths)
    if (!existsSync(path)) throw new UsageError(shell.say('cli/no-path', { path, folder: shell.cwd }));
  const session = new Session(
    { templates: shell.templates, pageOf: () => undefined },
    (level, text) => {
      if (level === 'error') shell.error(`${text}\n`);
    },
    () => undefined,
  );
  await session.setFolders(
    paths.map((path) => pathToFileURL(path).href),
    new Map(),
  );
  return (incident, view) => {
    const origin = originOf(session, view, incident);
    if (origin === undefined) return ruleOf(incident);
    const { line } = session.indexOf(origin.uri).position(origin.range.start);
    const file = shownPath(fileURLToPath(origin.uri), shell.cwd);
    const { rule } = origin.finding === undefined ? ruleOf(incident) : origin.finding;
    return { file, line: line + 1, ...(rule !== undefined && { rule }) };
  };
}
