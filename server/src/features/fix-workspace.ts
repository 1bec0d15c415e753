import type { Connection, WorkspaceEdit } from 'vscode-languageserver';
import { countRollouts, fixAll } from '../../../core/src/lint/fixes.ts';
import { format } from '../../../core/src/messages.ts';
import type { FixWorkspaceResult } from '../../../core/src/protocol.ts';
import { method } from '../../../core/src/protocol.ts';
import type { TextEdit } from '../../../core/src/text/text.ts';
import { toTextEdits } from '../lsp.ts';
import type { Session } from '../session.ts';
import { text as uiText } from '../ui-text.ts';

/** Edit that applies the safe fixes of a file, and how many workloads it rolls out; undefined where there are none. */
export function fixFile(
  session: Session,
  uri: string,
): { readonly edit: TextEdit; readonly rollouts: number } | undefined {
  const text = session.textOf(uri);
  const folder = session.folderOf(uri);
  if (text === undefined || !folder.enabled) return undefined;
  const rollouts = countRollouts(session.findings(uri));
  const fixed = fixAll(text, (next) => folder.linter.lint(session.project.with(uri, next), uri));
  return fixed === text ? undefined : { edit: changedSpan(text, fixed), rollouts };
}

/** Title of "fix all", which says how many workloads will restart their pods once it is applied to a cluster. */
export function fixAllTitle(session: Session, rollouts: number): string {
  const title = uiText(session, 'action.fix-all');
  return rollouts === 0 ? title : `${title} ${format(uiText(session, 'action.rollouts'), { count: rollouts })}`;
}

/** The smallest single edit that turns one text into another, so that cursors and folds outside it stay. */
function changedSpan(before: string, after: string): TextEdit {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < before.length - start && tail < after.length - start && before.at(-1 - tail) === after.at(-1 - tail))
    tail++;
  return { range: { start, end: before.length - tail }, newText: after.slice(start, after.length - tail) };
}

/** Registers the request that applies the safe fixes of all files as one edit, which the editor can undo as one. */
export function registerFixWorkspace(connection: Connection, session: Session): void {
  connection.onRequest(method.fixWorkspace, async (): Promise<FixWorkspaceResult> => {
    const changes: NonNullable<WorkspaceEdit['changes']> = {};
    let rollouts = 0;
    for (const uri of session.project.files.keys()) {
      const fixed = fixFile(session, uri);
      if (!fixed) continue;
      rollouts += fixed.rollouts;
      changes[uri] = toTextEdits(session.indexOf(uri), [fixed.edit]);
    }
    const files = Object.keys(changes).length;
    if (files === 0) return { files: 0, applied: false };
    const { applied } = await connection.workspace.applyEdit({
      label: fixAllTitle(session, rollouts),
      edit: { changes },
    });
    return { files, applied };
  });
}
