import { readImage } from '../kube/image.ts';
import type { Requirement } from '../kube/selector.ts';
import { meets, parseSelector } from '../kube/selector.ts';
import { parseDocument } from '../yaml/parse.ts';
import { pointerSteps } from '../yaml/patch.ts';
import { splitDocuments } from '../yaml/split.ts';
import type { Path } from '../yaml/value.ts';
import { Value } from '../yaml/value.ts';
import type { Resource } from './manifest.ts';

/** Objects that a change speaks of; absent parts fit any. Texts are anchored regular expressions, as kustomize reads them. */
export interface Target {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: readonly Requirement[];
  readonly annotations?: readonly Requirement[];
  /** Chosen in a way that cannot be read, so that it cannot be told for sure. */
  readonly vague?: true;
}

/** One change that a kustomization makes to objects of its unit when it is built. */
export interface Overlay {
  readonly target: Target;
  /** Strategic merge patch (a map), or a list of JSON patch operations. */
  readonly patch: Value;
  /** Gives images of a name another one, in place of a patch. */
  readonly image?: ImageChange;
  /** Where its kustomization says so; absent for patches that stand in files of their own. */
  readonly from?: Origin;
}

/** What an entry of `images` says. */
export interface ImageChange {
  readonly name: string;
  readonly newName: string | undefined;
  readonly newTag: string | undefined;
  readonly digest: string | undefined;
}

/** A place in the first document of a kustomization. */
export interface Origin {
  readonly uri: string;
  readonly at: Value;
}

/** A change as its kustomization names it: written there, or in a file (path as written) that may have a target. */
export type Change = { readonly overlay: Overlay } | { readonly path: string; readonly target: Target | undefined };

/** What a kustomization says about the objects it builds. */
export interface KustomizationEffects {
  /** In the order in which they are applied. */
  readonly changes: readonly Change[];
  /** Label keys that it sets on selectors and pod templates alike, so that they always match. */
  readonly selectorLabels: readonly string[];
  readonly made: Made;
}

/** What a kustomization adds to what its files say. */
export interface Made {
  /** Label and annotation keys that it gives to objects. */
  readonly keys: readonly string[];
  /** ConfigMaps and Secrets that it generates, as `/ConfigMap name`. */
  readonly objects: readonly string[];
  /** Whether it builds on what is not in the workspace: remote resources, charts, generator plugins. */
  readonly remote: boolean;
  /** What it puts before and behind names. */
  readonly affix: Affix;
}

/** Name prefix and suffix; both empty where it sets none. */
export type Affix = readonly [prefix: string, suffix: string];

/** Stands for a count that cannot be read. */
const unreadable = '"${COUNT}"';

/** Kinds whose count the `replicas` of a kustomization sets. */
const counted = 'Deployment|ReplicationController|ReplicaSet|StatefulSet';

/**
 * Reads patches, replica counts and common labels of a kustomization.
 * @param uri address of its file
 */
export function readEffects(root: Value, uri: string): KustomizationEffects {
  const changes: Change[] = [];
  const add = (text: string | undefined, target: Target, at: Value): void => {
    if (text === undefined) return;
    changes.push(...parsePatch(text, target).map((overlay) => ({ overlay: { ...overlay, from: { uri, at } } })));
  };
  const byPath = (path: string | undefined, target: Target | undefined): void => {
    if (path !== undefined) changes.push({ path, target });
  };
  for (const item of root.at('patchesStrategicMerge').items()) {
    if (item.rawText()?.includes('\n')) add(item.rawText(), {}, item);
    else byPath(item.text(), undefined);
  }
  for (const item of [...root.at('patches').items(), ...root.at('patchesJson6902').items()]) {
    const target = readTarget(item.at('target'));
    if (item.isMap) byPath(item.at('path').text(), target);
    else byPath(item.text(), undefined);
    add(item.at('patch').rawText(), target ?? {}, item.at('patch'));
  }
  for (const item of root.at('replicas').items()) {
    const [name, count] = [item.at('name').text(), item.at('count').rawText()];
    if (name !== undefined)
      add(`spec: { replicas: ${count ?? unreadable} }`, { name, kind: counted }, item.at('count'));
  }
  for (const item of root.at('images').items()) {
    const name = item.at('name').text();
    const [newName, newTag, digest] = ['newName', 'newTag', 'digest'].map((field) => item.at(field).text());
    const at = item.has('newTag') ? item.at('newTag') : item;
    if (name === undefined || item.has('tagSuffix')) continue;
    const image = { name, newName, newTag, digest };
    changes.push({ overlay: { target: {}, patch: Value.root(undefined), image, from: { uri, at } } });
  }
  const labels = root.at('labels').items();
  const selecting = labels
    .filter((item) => item.at('includeSelectors').boolean() === true)
    .map((item) => item.at('pairs'));
  const onTemplates = labels
    .filter((item) => item.at('includeTemplates').boolean() === true)
    .map((item) => item.at('pairs'));
  for (const pairs of [root.at('commonLabels'), ...selecting, ...onTemplates])
    add(templateLabels(pairs), { kind: templated }, pairs);
  const everywhere = [root.at('commonLabels'), ...selecting];
  return {
    changes,
    selectorLabels: everywhere.flatMap((map) => map.entries().map(({ key }) => key)),
    made: readMade(root),
  };
}

/** Kinds that keep their pod template in `spec.template`. */
const templated = 'Deployment|ReplicationController|ReplicaSet|StatefulSet|DaemonSet|Job';

function templateLabels(pairs: Value): string | undefined {
  const labels = pairs.json();
  return labels === undefined || labels === null || pairs.entries().length === 0
    ? undefined
    : JSON.stringify({ spec: { template: { metadata: { labels } } } });
}

function readMade(root: Value): Made {
  const names = (key: string, groupKind: string): string[] =>
    root
      .at(key)
      .items()
      .flatMap((item) => `${groupKind} ${item.at('name').text() ?? ''}`);
  const sources = ['resources', 'bases', 'components'].flatMap((key) =>
    root
      .at(key)
      .items()
      .map((item) => item.rawText() ?? ''),
  );
  return {
    keys: [
      root.at('commonLabels'),
      root.at('commonAnnotations'),
      ...root
        .at('labels')
        .items()
        .map((item) => item.at('pairs')),
    ].flatMap((map) => map.entries().map(({ key }) => key)),
    affix: [root.at('namePrefix').text() ?? '', root.at('nameSuffix').text() ?? ''],
    objects: [...names('configMapGenerator', '/ConfigMap'), ...names('secretGenerator', '/Secret')],
    remote:
      ['generators', 'helmCharts', 'helmChartInflationGenerator'].some((key) => root.has(key)) ||
      sources.some((source) => /:\/\/|\?ref=|^[\w.-]+\.(?:com|io|org|net)\//.test(source)),
  };
}

function readTarget(value: Value): Target | undefined {
  if (!value.isMap) return undefined;
  const texts = ['group', 'version', 'kind', 'name', 'namespace'].flatMap((field) => {
    const text = value.at(field).text();
    return text === undefined || text === '' ? [] : [[field, text] as const];
  });
  const selectors = ['labels', 'annotations'].flatMap((field) => {
    const text = value.at(`${field.slice(0, -1)}Selector`).text();
    return text === undefined || text === '' ? [] : [[field, parseSelector(text)] as const];
  });
  const vague = selectors.some(([, requirements]) => !requirements);
  return { ...Object.fromEntries([...texts, ...selectors]), ...(vague && { vague }) } as Target;
}

/** The patches of a text; each names its object itself unless the kustomization gives it a target. */
function parsePatch(text: string, given: Target): Overlay[] {
  return splitDocuments(text).flatMap(({ start, end }) => {
    const { root } = parseDocument(text.slice(start, end));
    return root ? [overlayOf(Value.root(root), given)] : [];
  });
}

/** Overlay of a patch's document. */
export function overlayOf(patch: Value, given: Target | undefined): Overlay {
  if (given && Object.keys(given).length > 0) return { target: given, patch };
  const [kind, name] = [patch.at('kind').text(), patch.at('metadata', 'name').text()];
  return { target: { ...(kind !== undefined && { kind }), ...(name !== undefined && { name }) }, patch };
}

/**
 * Whether an overlay speaks of an object.
 * @param affixes what kustomizations around put before and behind names: patches may use either form
 * @param namespaces those that kustomizations around put objects into
 */
export function addresses(
  { target, image }: Overlay,
  resource: Pick<Resource, 'kind' | 'name' | 'namespace' | 'apiVersion' | 'value' | 'pod'>,
  affixes: readonly Affix[] = [],
  namespaces: readonly string[] = [],
): boolean {
  const { kind, name, pod } = resource;
  if (image)
    return (
      pod !== undefined &&
      pod.containers.some(({ value }) => changeImage(value.at('image').text(), image) !== undefined)
    );
  if (!fits(target.kind, kind) || !isOfVersion(target, resource.apiVersion)) return false;
  if (target.namespace !== undefined) {
    const possible = [resource.namespace ?? 'default', ...namespaces];
    if (!possible.some((namespace) => fits(target.namespace, namespace))) return false;
  }
  if (!carries(target.labels, resource.value, 'labels') || !carries(target.annotations, resource.value, 'annotations'))
    return false;
  return (
    fits(target.name, name) || affixes.some(([prefix, suffix]) => fits(target.name, name && prefix + name + suffix))
  );
}

function isOfVersion({ group, version }: Target, apiVersion: string): boolean {
  const slash = apiVersion.indexOf('/');
  return fits(group, apiVersion.slice(0, Math.max(0, slash))) && fits(version, apiVersion.slice(slash + 1));
}

const carries = (
  requirements: readonly Requirement[] | undefined,
  value: Value,
  field: 'labels' | 'annotations',
): boolean => {
  if (!requirements) return true;
  const { labels } = value.at('metadata', field).labels();
  return requirements.every((requirement) => meets(requirement, labels));
};

function fits(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined || text === undefined || pattern === text) return true;
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

/** Whether an overlay writes at, above or below a path of an object. List items are the same by their `name`. */
export function writes({ patch, image }: Overlay, path: Path, resource: Resource): boolean {
  if (image) return path.at(-1) === 'image' && changeImage(resource.value.at(...path).text(), image) !== undefined;
  if (patch.isSeq) return patch.items().some((operation) => pointsAt(operation.at('path').text() ?? '', path));
  let at = patch;
  let base = resource.value;
  for (const step of path) {
    base = base.at(step);
    if (typeof step === 'number') {
      const name = base.at('name').text();
      const same = at.items().find((item) => item.at('name').text() === name);
      if (!same) return false;
      at = same;
    } else if (at.has(step)) at = at.at(step);
    else return at.open || at.at('$patch').text() === 'replace';
  }
  return true;
}

/** Whether a JSON pointer and a path lead along the same way. */
function pointsAt(pointer: string, path: Path): boolean {
  return pointerSteps(pointer)
    .slice(0, path.length)
    .every((step, index) => step === String(path[index]) || step === '-');
}

/** An image as an entry of `images` makes it; undefined where that speaks of another. */
export function changeImage(text: string | undefined, change: ImageChange): string | undefined {
  if (text === undefined) return undefined;
  const { name, tag, digest } = readImage(text);
  if (name !== change.name) return undefined;
  const next = change.newName ?? name;
  if (change.digest !== undefined) return `${next}@${change.digest}`;
  if (change.newTag !== undefined) return `${next}:${change.newTag}`;
  return `${next}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
