import { jsonPatch, mergePatch } from '../yaml/patch.ts';
import type { Resource } from './manifest.ts';
import { remade } from './manifest.ts';
import type { Overlay } from './overlays.ts';

/**
 * An object after the changes of one build; the object itself where none speaks of it. Undefined when it cannot be told
 * what becomes of it, or it is deleted.
 */
export function resolveObject(resource: Resource, overlays: readonly Overlay[]): Resource | undefined {
  const { value } = resource;
  let tree = value.tree;
  for (const { patch, target } of overlays) {
    if (target.vague || patch.unknown) return undefined;
    tree = patch.isSeq
      ? applyOperations(resource, tree, patch)
      : patch.tree && mergePatch(tree, patch.tree, value.highlight, !resource.custom && !brought(resource));
    if (!tree || tree.kind !== 'map') return undefined;
  }
  if (tree === value.tree || !tree) return resource;
  return remade(resource, tree);
}

/** Kinds of groups that no Kubernetes release brings. */
const brought = ({ groupKind }: Resource): boolean => {
  const group = groupKind.slice(0, groupKind.indexOf('/'));
  return group.includes('.') && !group.endsWith('.k8s.io');
};

function applyOperations({ value }: Resource, tree: typeof value.tree, patch: Overlay['patch']): typeof value.tree {
  return patch.items().reduce<typeof value.tree>((now, item) => {
    const [op, path] = [item.at('op').text() ?? '', item.at('path').text() ?? ''];
    return jsonPatch(now, { op, path, value: item.at('value').tree }, value.highlight);
  }, tree);
}
