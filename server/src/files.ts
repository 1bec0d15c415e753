import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { glob } from 'tinyglobby';

/** What is a YAML file by its name. */
export const yamlGlob = '**/*.{yaml,yml}';

/** What Helm's templates include; read by Helm alone. */
export const helpersGlob = '**/templates/**/*.tpl';

const ignored = ['**/node_modules/**', '**/.git/**'];

/** Files above this size are generated, not written; they are linted when opened, not by the scan. Bytes. */
const maxScanBytes = 2 * 1024 * 1024;

/**
 * One spelling per file, so that what an editor opens and what the scan found is the same key.
 * Addresses that name no file are left as they are.
 */
export function canonical(uri: string): string {
  if (!uri.startsWith('file:')) return uri;
  try {
    return pathToFileURL(fileURLToPath(uri)).href;
  } catch {
    return uri;
  }
}

/** Addresses of the YAML files below a folder, in a fixed order. */
export async function findYaml(folderUri: string): Promise<string[]> {
  const cwd = fileURLToPath(folderUri);
  const paths = await glob([yamlGlob, '**/Kustomization'], { cwd, ignore: ignored, absolute: true, dot: false });
  return paths.map((path) => pathToFileURL(path).href).sort();
}

/** Text of a file; undefined when it is gone, unreadable or too large to be scanned. */
export async function readText(uri: string): Promise<string | undefined> {
  try {
    const text = await readFile(fileURLToPath(uri), 'utf8');
    return text.length > maxScanBytes ? undefined : text;
  } catch {
    return undefined;
  }
}
