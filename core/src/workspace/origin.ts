import { groupOf } from '../kube/kinds.ts';
import type { ObjectRef } from '../live/view.ts';
import type { Located, Project } from './project.ts';

/**
 * The manifests that an object of a cluster was most likely made from: same API group, kind and name, and a namespace
 * that does not contradict. An explicit namespace that matches comes first, patches last; where the pod template of one
 * stands in another object, that goes before it.
 */
export function originsOf(project: Project, ref: ObjectRef): Located[] {
  const wanted = `${groupOf(ref.apiVersion).group}/${ref.kind}`;
  const found: { located: Located; rank: number }[] = [];
  for (const file of project.files.values()) {
    for (const document of file.documents) {
      for (const resource of document.manifest.resources) {
        if (resource.groupKind !== wanted || resource.name !== ref.name) continue;
        const located = { resource, document, file };
        const namespace = project.surroundings.namespaceOf(located);
        if (namespace !== '' && ref.namespace !== undefined && namespace !== ref.namespace) continue;
        const rank = (namespace === ref.namespace ? 0 : 1) + (project.units.isPatch(file.uri) ? 2 : 0);
        found.push({ located, rank });
      }
    }
  }
  return found
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ located }) => [project.surroundings.lenderOf(located) ?? [], located].flat());
}
