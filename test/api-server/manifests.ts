/** Reads Kubernetes manifests from a folder, the way a person would apply them: plain YAML, no templates or patches. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kindOfObject } from './kinds.ts';
import type { KubeObject } from './store.ts';

/** Folders whose files are not applied as they are: Helm templates, kustomize patches, drafts. */
const notApplied = new Set(['charts', 'overlays', 'components', 'drafts']);

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return notApplied.has(entry.name) ? [] : files(join(entry.parentPath, entry.name));
      return /\.ya?ml$/.test(entry.name) ? [join(entry.parentPath, entry.name)] : [];
    });
}

/** Every object of the folder that the server knows; documents with syntax errors are drafts and left out. */
export function loadManifests(folder: string): KubeObject[] {
  const objects: KubeObject[] = [];
  for (const file of files(folder)) {
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
      if (!('errors' in document) || document.errors.length > 0) continue;
      const value = document.toJS() as Partial<KubeObject> | null;
      const kind = kindOfObject(value?.apiVersion ?? '', value?.kind ?? '');
      if (kind === undefined || value?.metadata?.name === undefined) continue;
      const object = value as KubeObject;
      objects.push(kind.namespaced ? { ...object, metadata: { namespace: 'default', ...object.metadata } } : object);
    }
  }
  return objects;
}
