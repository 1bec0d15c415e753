import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Whether two objects are meant for the same place, so that they meet: both of one kustomization or chart, of one
 * folder, or of one namespace that both name. Folders of examples say the same in many variants that never meet.
 */
export function belongTogether(a: Located, b: Located, around: Surroundings): boolean {
  const unit = around.unitOf(a);
  if (around.unitOf(b).id !== unit.id) return false;
  if (unit.type !== 'directory' || folderOf(a) === folderOf(b)) return true;
  return a.resource.namespace !== undefined && a.resource.namespace === b.resource.namespace;
}

const folderOf = ({ file }: Located): string => file.uri.slice(0, file.uri.lastIndexOf('/'));
