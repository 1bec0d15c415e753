import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { glob, isDynamicPattern } from 'tinyglobby';
import { findYaml } from '../../server/src/files.ts';
import { configName } from '../../server/src/folder.ts';

/** The user named something that cannot be linted: the command ends with 2. */
export class UsageError extends Error {}

/** Addresses of the files that the arguments name (files, folders, globs), sorted, each once. */
export async function findTargets(paths: readonly string[], cwd: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    if (existsSync(absolute)) {
      const uri = pathToFileURL(absolute).href;
      for (const file of statSync(absolute).isDirectory() ? await findYaml(uri) : [uri]) found.add(file);
    } else if (isDynamicPattern(path)) {
      const matches = await glob([path], { cwd, absolute: true, dot: false, ignore: ['**/node_modules/**', '**/.git/**'] });
      if (matches.length === 0) throw new UsageError(`Nothing matches "${path}". Check the pattern, or quote it so that the shell does not expand it.`);
      for (const match of matches) found.add(pathToFileURL(match).href);
    } else throw new UsageError(`There is no file or folder "${path}" in ${cwd}.`);
  }
  return [...found].sort();
}

/** Folder of the nearest selfheal.yaml at or above a path; the working directory where there is none. */
export function configFolder(path: string, cwd: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(join(folder, configName))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

/** Path as a report shows it: relative to the working directory where that is shorter to read. */
export function shownPath(path: string, cwd: string): string {
  const shown = relative(cwd, path).replaceAll('\\', '/');
  return shown.startsWith('../../..') || shown === '' ? path : shown;
}
