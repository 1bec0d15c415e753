import type { Node, Pair } from '../yaml/node.ts';
import { jsonPatch, mergePatch } from '../yaml/patch.ts';
import type { Resource } from './manifest.ts';
import { remade } from './manifest.ts';
import type { ImageChange, Overlay } from './overlays.ts';
import { changeImage } from './overlays.ts';

/**
 * An object after the changes of one build; the object itself where none speaks of it. Undefined when it cannot be told
 * what becomes of it, or it is deleted.
 */
export function resolveObject(resource: Resource, overlays: readonly Overlay[]): Resource | undefined {
  const { value } = resource;
  let tree = value.tree;
  for (const { patch, target, image } of overlays) {
    if (target.vague || patch.unknown) return undefined;
    if (image) {
      tree = tree && withImage(tree, image);
      continue;
    }
    tree = patch.isSeq
      ? applyOperations(resource, tree, patch)
      : patch.tree && mergePatch(tree, patch.tree, value.highlight, !resource.custom && !brought(resource));
    if (!tree || tree.kind !== 'map') return undefined;
  }
  if (tree === value.tree || !tree) return resource;
  return remade(resource, tree);
}

/** A tree with another image in its containers, wherever those are. */
function withImage(node: Node, change: ImageChange): Node {
  if (node.kind === 'seq') {
    const items = node.items.map((item) => withImage(item, change));
    return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
  }
  if (node.kind !== 'map') return node;
  const pairs = node.pairs.map((pair): Pair => {
    const { key, value } = pair;
    const held = (key === 'containers' || key === 'initContainers') && value.kind === 'seq';
    const next = held
      ? { ...value, items: value.items.map((item) => containerWith(item, change)) }
      : withImage(value, change);
    const same = held && next.kind === 'seq' && next.items.every((item, index) => item === value.items[index]);
    return next === value || same ? pair : { ...pair, value: next };
  });
  return pairs.every((pair, index) => pair === node.pairs[index]) ? node : { ...node, pairs };
}

function containerWith(container: Node, change: ImageChange): Node {
  if (container.kind !== 'map') return container;
  const pairs = container.pairs.map((pair): Pair => {
    const { key, value } = pair;
    const image = key === 'image' && value.kind === 'scalar' ? changeImage(value.source, change) : undefined;
    return image === undefined || value.kind !== 'scalar' || image === value.source
      ? pair
      : { ...pair, value: { ...value, source: image, value: image } };
  });
  return pairs.every((pair, index) => pair === container.pairs[index]) ? container : { ...container, pairs };
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
