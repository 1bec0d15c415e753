import type { Range } from '../text/text.ts';
import type { MapNode, Node, Pair, SeqNode } from './node.ts';
import { headOf, highlightOf } from './value.ts';

/**
 * Patches applied to a document's tree. What a patch brings has no place of its own in the patched text, so it stands
 * where a finding about its absence would: on the value it replaces, else on the nearest parent. Thus a finding that is
 * still true after a patch is found at the same place.
 */

/** Lists of Kubernetes objects that strategic merge patches join by a key of their items (patchMergeKey of k8s.io/api). */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  ports: ['containerPort', 'port'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  secrets: ['name'],
};

/** Directives of strategic merge patches that reorder or thin out lists; what they do to one is left open. */
const isDirective = (key: string): boolean => key.startsWith('$');

const noneShared: ReadonlySet<number> = new Set();

const unknownAt = ({ start, end }: Range): Node => ({ kind: 'unknown', start: end, end: Math.max(start, end) });

/** A patch's tree without places of its own, as if all of it stood at one place. */
export function relocate(node: Node, place: Range): Node {
  const at = { start: place.end, end: place.end };
  switch (node.kind) {
    case 'map':
      return {
        ...node,
        ...at,
        pairs: node.pairs
          .filter(({ key, value }) => !isDirective(key) && !isNull(value))
          .map((pair) => placed(pair, place)),
      };
    case 'seq':
      return { ...node, ...at, shared: noneShared, items: node.items.map((item) => relocate(item, place)) };
    case 'scalar':
    case 'unknown':
      return { ...node, ...at };
  }
}

const placed = ({ key, value }: Pair, place: Range): Pair => ({
  key,
  keyStart: place.start,
  keyEnd: place.end,
  value: relocate(value, place),
  shared: false,
});

const isNull = (node: Node): boolean => node.kind === 'scalar' && node.value === null;

/** What replaces a node: a scalar takes a scalar's place, so that it is underlined like it. */
function replacing(base: Node | undefined, by: Node, place: Range): Node {
  const moved = relocate(by, place);
  return base && base.kind === 'scalar' && moved.kind === 'scalar'
    ? { ...moved, start: base.start, end: base.end }
    : moved;
}

const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && node.value !== null ? node.source : undefined;

const child = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.pairs.find((pair) => pair.key === key)?.value : undefined;

/**
 * A strategic merge patch applied to a tree; undefined when it deletes it. Lists without a merge key are replaced.
 * @param place where what is missing is reported: the highlight of the nearest parent
 * @param builtIn whether the object is of a kind that Kubernetes brings: others have no merge keys, and what becomes of
 * their lists depends on schemas that are not to be seen here
 */
export function mergePatch(
  base: Node | undefined,
  patch: Node,
  place: Range,
  builtIn: boolean,
  field = '',
): Node | undefined {
  if (isNull(patch)) return undefined;
  if (patch.kind === 'unknown' || base?.kind === 'unknown') return unknownAt(place);
  if (patch.kind === 'map') {
    const directive = textOf(child(patch, '$patch'));
    if (directive === 'delete') return undefined;
    if (directive === 'replace' || base?.kind !== 'map') return replacing(base, patch, place);
    return mergeMaps(base, patch, place, builtIn);
  }
  if (patch.kind === 'seq' && base?.kind === 'seq') return mergeLists(base, patch, place, builtIn, field);
  return replacing(base, patch, place);
}

function mergeMaps(base: MapNode, patch: MapNode, place: Range, builtIn: boolean): MapNode {
  const pairs: Pair[] = [];
  const directed = new Set(
    patch.pairs.filter(({ key }) => isDirective(key)).map(({ key }) => key.slice(key.indexOf('/') + 1)),
  );
  for (const pair of base.pairs) {
    const by = patch.pairs.find(({ key }) => key === pair.key)?.value;
    if (!by && !directed.has(pair.key)) pairs.push(pair);
    else {
      const value =
        directed.has(pair.key) && !isOrder(patch, pair.key)
          ? unknownAt(highlightOf(pair))
          : by
            ? mergePatch(pair.value, by, highlightOf(pair), builtIn, pair.key)
            : pair.value;
      if (value) pairs.push({ ...pair, value });
    }
  }
  for (const pair of patch.pairs) {
    if (isDirective(pair.key) || isNull(pair.value) || base.pairs.some(({ key }) => key === pair.key)) continue;
    pairs.push(placed(pair, place));
  }
  return { ...base, pairs, open: base.open || patch.open };
}

/** `$setElementOrder` says nothing about what a list holds. */
const isOrder = (patch: MapNode, key: string): boolean =>
  patch.pairs
    .filter((pair) => isDirective(pair.key) && pair.key.endsWith(`/${key}`))
    .every((pair) => pair.key.startsWith('$setElementOrder/'));

function mergeLists(base: SeqNode, patch: SeqNode, place: Range, builtIn: boolean, field: string): Node {
  const replace = patch.items.some((item) => textOf(child(item, '$patch')) === 'replace');
  const items = patch.items.filter((item) => textOf(child(item, '$patch')) !== 'replace');
  if (replace) return replacing(base, { ...patch, items }, place);
  if (!builtIn || patch.open || items.some(({ kind }) => kind === 'unknown')) return unknownAt(place);
  const key = mergeKeys[field]?.find((name) =>
    [...base.items, ...items].every((item) => textOf(child(item, name)) !== undefined),
  );
  if (key === undefined)
    return mergeKeys[field] && base.items.length > 0 ? unknownAt(place) : replacing(base, patch, place);
  const nameOf = (item: Node): string | undefined => textOf(child(item, key));
  const merged = base.items.flatMap((item) => {
    const by = items.find((candidate) => nameOf(candidate) === nameOf(item));
    return by ? (mergePatch(item, by, headOf(item), builtIn) ?? []) : [item];
  });
  const known = new Set(base.items.map(nameOf));
  // Kustomize puts what is new before what was there.
  const added = items
    .filter((item) => !known.has(nameOf(item)) && textOf(child(item, '$patch')) !== 'delete')
    .map((item) => relocate(item, place));
  return { ...base, items: [...added, ...merged], shared: noneShared };
}

/** One operation of a JSON patch (RFC 6902). */
export interface JsonOperation {
  readonly op: string;
  /** JSON pointer. */
  readonly path: string;
  readonly value: Node | undefined;
}

/** Keys and indexes of a JSON pointer. */
export const pointerSteps = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * One operation applied to a tree; where its path leads nowhere, nothing changes. What `copy` and `move` bring is left
 * unknown.
 * @param place where what is missing is reported
 */
export function jsonPatch(base: Node | undefined, { op, path, value }: JsonOperation, place: Range): Node | undefined {
  if (op === 'test') return base;
  return change(
    base,
    pointerSteps(path),
    { op, value: value ?? (op === 'remove' ? undefined : unknownAt(place)) },
    place,
  );
}

interface Edit {
  readonly op: string;
  readonly value: Node | undefined;
}

function change(
  node: Node | undefined,
  [step, ...rest]: readonly string[],
  edit: Edit,
  place: Range,
): Node | undefined {
  if (step === undefined) return edit.op === 'remove' || !edit.value ? undefined : replacing(node, edit.value, place);
  if (node?.kind === 'map') return changeMap(node, step, rest, edit, place);
  if (node?.kind === 'seq') return changeList(node, step, rest, edit, place);
  return node;
}

function changeMap(node: MapNode, step: string, rest: readonly string[], edit: Edit, place: Range): Node {
  const pair = node.pairs.find(({ key }) => key === step);
  if (!pair) {
    if (rest.length > 0 || edit.op === 'remove' || !edit.value) return node;
    return {
      ...node,
      pairs: [...node.pairs, placed({ key: step, keyStart: 0, keyEnd: 0, value: edit.value, shared: false }, place)],
    };
  }
  const value = change(pair.value, rest, edit, highlightOf(pair));
  return { ...node, pairs: node.pairs.flatMap((other) => (other !== pair ? other : value ? { ...pair, value } : [])) };
}

function changeList(node: SeqNode, step: string, rest: readonly string[], edit: Edit, place: Range): Node {
  const index = step === '-' ? node.items.length : Number(step);
  if (!Number.isInteger(index) || index < 0 || index > node.items.length) return node;
  if (rest.length === 0 && edit.op !== 'remove' && edit.op !== 'replace') {
    return {
      ...node,
      items: edit.value ? node.items.toSpliced(index, 0, relocate(edit.value, place)) : node.items,
      shared: noneShared,
    };
  }
  const item = node.items[index];
  if (!item) return node;
  const changed = change(item, rest, edit, headOf(item));
  return {
    ...node,
    items: node.items.flatMap((other) => (other !== item ? other : (changed ?? []))),
    shared: noneShared,
  };
}
