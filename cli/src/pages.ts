import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that may hold the rules' pages: beside the bundle, and above it in a checkout. */
const folders = ['docs/rules', '../docs/rules', '../../docs/rules'];

/** Page of a rule in Markdown; undefined where it was not shipped. */
export function rulePage(id: string): string | undefined {
  for (const folder of folders) {
    try {
      return readFileSync(join(import.meta.dirname, folder, `${id}.md`), 'utf8');
    } catch {
      // Not there; the next folder may have it.
    }
  }
  return undefined;
}

/** Manifests that a page shows, each with the heading it stands under. */
export function examples(page: string): readonly string[] {
  return [...page.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '');
}
