import type { Dirent, Stats } from 'node:fs';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { glob, isDynamicPattern } from 'tinyglobby';
import { configName } from '../../server/src/folder.ts';
import type { Shell } from './shell.ts';
import { UsageError } from './shell.ts';

/** What the search tells of while it goes on. */
export interface SearchEvents {
  found(count: number): void;
  /** A folder or file that cannot be looked into. */
  unreadable(path: string, error: unknown): void;
}

const ignoredFolders = ['node_modules', '.git'];
const isManifestName = (name: string): boolean =>
  !name.startsWith('.') && (/\.ya?ml$/.test(name) || name === 'Kustomization');

/** Addresses of the files that the arguments name (files, folders, globs), sorted, each once. */
export async function findTargets(
  paths: readonly string[],
  { cwd, say }: Shell,
  events: SearchEvents,
): Promise<string[]> {
  const found = new Set<string>();
  const add = (path: string): void => {
    found.add(pathToFileURL(path).href);
    events.found(found.size);
  };
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    if (existsSync(absolute)) {
      if (statSync(absolute).isDirectory()) walk(absolute, new Set(), add, events);
      else add(absolute);
    } else if (isDynamicPattern(path)) {
      const pattern = process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
      const matches = await glob([pattern], {
        cwd,
        absolute: true,
        dot: false,
        ignore: ignoredFolders.map((name) => `**/${name}/**`),
      });
      if (matches.length === 0) throw new UsageError(say('cli/no-match', { path }), 'selfheal lint --help');
      for (const match of matches) add(match);
    } else throw new UsageError(say('cli/no-path', { path, folder: cwd }), 'selfheal lint --help');
  }
  return [...found].sort();
}

/** Every manifest below a folder; links are followed, but no folder is entered twice. */
function walk(folder: string, entered: Set<string>, add: (path: string) => void, events: SearchEvents): void {
  let entries: Dirent[];
  try {
    const real = realpathSync(folder);
    if (entered.has(real)) return;
    entered.add(real);
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    events.unreadable(folder, error);
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const type = entry.isSymbolicLink() ? typeBehind(path) : entry;
    if (type?.isDirectory()) {
      if (!entry.name.startsWith('.') && !ignoredFolders.includes(entry.name)) walk(path, entered, add, events);
    } else if (isManifestName(entry.name) && (type?.isFile() ?? true)) {
      // A link that leads nowhere is kept: that it cannot be read is told when it is.
      add(path);
    }
  }
}

function typeBehind(link: string): Stats | undefined {
  try {
    return statSync(link);
  } catch {
    return undefined;
  }
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
  return shown.startsWith('../../..') || shown === '' ? path.replaceAll('\\', '/') : shown;
}
