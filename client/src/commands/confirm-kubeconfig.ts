/** A kubeconfig inside the workspace is code: whoever wrote the workspace names the program that logs in. */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { KubeContext } from '../../../core/src/protocol.ts';
import type { Parts } from '../parts/parts.ts';

/** Key of the content hashes the user agreed to. */
const agreedKey = 'selfheal.kubeconfig.agreed';

/** Asks once per content of a kubeconfig that lies in the workspace; true when nothing is to be asked or the user agreed. */
export async function confirmFiles(
  parts: Pick<Parts, 'context'>,
  files: readonly string[],
  context: KubeContext | undefined,
): Promise<boolean> {
  const inside = await insideWorkspace(files);
  if (inside.length === 0) return true;
  const hash = await hashOf(inside);
  const state = parts.context.globalState;
  const agreed = state.get<readonly string[]>(agreedKey, []);
  if (agreed.includes(hash)) return true;
  const yes = vscode.l10n.t('Connect');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Use a kubeconfig from inside this workspace?'),
    {
      modal: true,
      detail: [
        ...inside,
        '',
        vscode.l10n.t('Server: {0}', context?.server ?? '?'),
        context?.exec === undefined
          ? vscode.l10n.t('It runs no login command.')
          : vscode.l10n.t('It runs this command to log in: {0}', context.exec),
      ].join('\n'),
    },
    yes,
  );
  if (answer !== yes) return false;
  await state.update(agreedKey, [...agreed.slice(-99), hash]);
  return true;
}

async function insideWorkspace(files: readonly string[]): Promise<readonly string[]> {
  const real = (file: string): Promise<string> => realpath(file).catch(() => path.resolve(file));
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
  const roots = await Promise.all(folders.map((folder) => real(folder.uri.fsPath)));
  const paths = await Promise.all(files.map(real));
  return paths.filter((file) =>
    roots.some((root) => {
      const relative = path.relative(root, file);
      return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
    }),
  );
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(await readFile(file).catch(() => ''));
  return hash.digest('hex');
}
