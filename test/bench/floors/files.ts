import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Texts of the YAML files below a folder. */
export function* texts(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && /\.ya?ml$/.test(entry.name)) yield readFileSync(join(entry.parentPath, entry.name), 'utf8');
}
