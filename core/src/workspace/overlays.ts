import { parseDocument } from '../yaml/parse.ts';
import type { Path } from '../yaml/value.ts';
import { Value } from '../yaml/value.ts';
import type { Resource } from './manifest.ts';

/** One change that a kustomization makes to objects of its unit when it is built. */
export interface Overlay {
  /** Objects it speaks of; absent parts fit any. Names and kinds are anchored regular expressions, as kustomize reads them. */
  readonly target: { readonly kind?: string; readonly name?: string };
  /** Strategic merge patch (a map), or a list of JSON patch operations. */
  readonly patch: Value;
}

/** What a kustomization says about the objects it builds. */
export interface KustomizationEffects {
  /** Patches written into the kustomization itself. */
  readonly overlays: readonly Overlay[];
  /** Targets of the patches that stand in files, by the file's path as written. */
  readonly targets: ReadonlyMap<string, Overlay['target']>;
  /** Label keys that it sets on selectors and pod templates alike, so that they always match. */
  readonly selectorLabels: readonly string[];
  readonly made: Made;
}

/** What a kustomization adds to what its files say. */
export interface Made {
  /** Images that it gives a tag or digest, by name. */
  readonly images: readonly string[];
  /** ConfigMaps and Secrets that it generates, as `/ConfigMap name`. */
  readonly objects: readonly string[];
  /** Whether it builds on what is not in the workspace: remote resources, charts, generator plugins. */
  readonly remote: boolean;
}

/** Reads inline patches, replica counts and common labels of a kustomization. */
export function readEffects(root: Value): KustomizationEffects {
  const overlays: Overlay[] = [];
  const targets = new Map<string, Overlay['target']>();
  const add = (text: string | undefined, target: Overlay['target']): void => {
    if (text !== undefined) overlays.push(...parsePatch(text, target));
  };
  for (const item of [...root.at('patches').items(), ...root.at('patchesJson6902').items()]) {
    const target = readTarget(item.at('target'));
    const path = item.at('path').text();
    if (path !== undefined && target) targets.set(path, target);
    add(item.at('patch').rawText(), target ?? {});
  }
  for (const item of root.at('patchesStrategicMerge').items()) if (item.rawText()?.includes('\n')) add(item.rawText(), {});
  for (const item of root.at('replicas').items()) {
    const name = item.at('name').text();
    if (name !== undefined) add('spec: { replicas: 1 }', { name });
  }
  const selecting = root.at('labels').items().filter((item) => item.at('includeSelectors').boolean() === true);
  const pairs = [root.at('commonLabels'), ...selecting.map((item) => item.at('pairs'))];
  return { overlays, targets, selectorLabels: pairs.flatMap((map) => map.entries().map(({ key }) => key)), made: readMade(root) };
}

function readMade(root: Value): Made {
  const names = (key: string, groupKind: string): string[] => root.at(key).items().flatMap((item) => `${groupKind} ${item.at('name').text() ?? ''}`);
  const sources = ['resources', 'bases', 'components'].flatMap((key) => root.at(key).items().map((item) => item.rawText() ?? ''));
  return {
    images: root
      .at('images')
      .items()
      .filter((item) => !item.at('newTag').missing || !item.at('digest').missing)
      .flatMap((item) => item.at('name').text() ?? []),
    objects: [...names('configMapGenerator', '/ConfigMap'), ...names('secretGenerator', '/Secret')],
    remote: ['generators', 'helmCharts', 'helmChartInflationGenerator'].some((key) => root.has(key)) || sources.some((source) => /:\/\/|\?ref=|^[\w.-]+\.(?:com|io|org|net)\//.test(source)),
  };
}

function readTarget(value: Value): Overlay['target'] | undefined {
  if (!value.isMap) return undefined;
  const [kind, name] = [value.at('kind').text(), value.at('name').text()];
  return { ...(kind !== undefined && { kind }), ...(name !== undefined && { name }) };
}

/** A patch names its object itself unless the kustomization gives it a target. */
function parsePatch(text: string, given: Overlay['target']): Overlay[] {
  const { root } = parseDocument(text);
  return root ? [overlayOf(Value.root(root), given)] : [];
}

/** Overlay of a patch's document. */
export function overlayOf(patch: Value, given: Overlay['target'] | undefined): Overlay {
  if (given && (given.kind !== undefined || given.name !== undefined)) return { target: given, patch };
  const [kind, name] = [patch.at('kind').text(), patch.at('metadata', 'name').text()];
  return { target: { ...(kind !== undefined && { kind }), ...(name !== undefined && { name }) }, patch };
}

/** Whether an overlay speaks of an object. */
export function addresses({ target }: Overlay, resource: Resource): boolean {
  return fits(target.kind, resource.kind) && fits(target.name, resource.name);
}

function fits(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined || text === undefined || pattern === text) return true;
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

/** Whether an overlay writes at, above or below a path of an object. List items are the same by their `name`. */
export function writes({ patch }: Overlay, path: Path, resource: Resource): boolean {
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
  const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.slice(0, path.length).every((step, index) => step === String(path[index]) || step === '-');
}
