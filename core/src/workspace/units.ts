import type { Value } from '../yaml/value.ts';
import { Value as ValueView } from '../yaml/value.ts';
import type { KustomizationEffects, Made, Overlay } from './overlays.ts';
import { readEffects } from './overlays.ts';
import type { SourceFile } from './project.ts';

/**
 * Files that are applied together, so that what one of them names should exist in another: a kustomization with the
 * bases it builds on, a chart, or a directory tree up to the nearest of those.
 */
export interface Unit {
  readonly id: string;
  readonly type: 'directory' | 'kustomization' | 'chart';
  /** Namespace that the kustomization gives to objects without one. */
  readonly namespace: string | undefined;
}

export interface Units {
  of(uri: string): Unit;
  /** Files whose documents are patches: they name only what they change. */
  isPatch(uri: string): boolean;
  /** Patches that stand in kustomizations, by unit id. */
  readonly overlays: ReadonlyMap<string, readonly Overlay[]>;
  /** Object that a patch's file is aimed at by its kustomization; undefined: the one it names itself. */
  targetOf(uri: string): Overlay['target'] | undefined;
  /** Label keys that a unit's kustomizations set on selectors and pod templates alike. */
  selectorLabels(unit: string): ReadonlySet<string>;
  /** What each of a unit's kustomizations adds. */
  made(unit: string): readonly Made[];
}

const baseName = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);
const directory = (uri: string): string => uri.slice(0, Math.max(0, uri.lastIndexOf('/')));
const isKustomization = (name: string): boolean => /^(?:kustomization\.ya?ml|Kustomization)$/.test(name);

/** Whether a file decides about units, so that a change of its text calls for `findUnits` again. */
export const definesUnits = (uri: string): boolean => isKustomization(baseName(uri)) || baseName(uri) === 'Chart.yaml';

/** Derives the units from the files that define them. */
export function findUnits(files: Iterable<SourceFile>): Units {
  const kustomizations = new Map<string, Kustomization>();
  const charts = new Set<string>();
  for (const { uri, documents } of files) {
    if (baseName(uri) === 'Chart.yaml') charts.add(directory(uri));
    if (!isKustomization(baseName(uri))) continue;
    kustomizations.set(directory(uri), readKustomization(directory(uri), ValueView.root(documents[0]?.manifest.root)));
  }
  const leaders = joinKustomizations(kustomizations);
  const listed = new Map<string, string>();
  const patches = new Set<string>();
  const namespaces = new Map<string, string>();
  const overlays = new Map<string, Overlay[]>();
  const targets = new Map<string, Overlay['target']>();
  const selectorLabels = new Map<string, Set<string>>();
  const made = new Map<string, Made[]>();
  for (const [dir, { resources, patched, namespace, effects }] of kustomizations) {
    for (const uri of resources) if (!kustomizations.has(uri)) listed.set(uri, dir);
    for (const uri of patched) patches.add(uri);
    const leader = leaders.get(dir) ?? dir;
    if (namespace !== undefined && !namespaces.has(leader)) namespaces.set(leader, namespace);
    overlays.set(leader, [...(overlays.get(leader) ?? []), ...effects.overlays]);
    for (const [path, target] of effects.targets) targets.set(resolvePath(dir, path), target);
    selectorLabels.set(leader, new Set([...(selectorLabels.get(leader) ?? []), ...effects.selectorLabels]));
    made.set(leader, [...(made.get(leader) ?? []), effects.made]);
  }
  const cache = new Map<string, Unit>();
  const unitAt = (dir: string): Unit => {
    for (let at = dir; at.includes('/'); at = directory(at)) {
      if (charts.has(at)) return { id: at, type: 'chart', namespace: undefined };
      const leader = leaders.get(at);
      if (leader !== undefined) return { id: leader, type: 'kustomization', namespace: namespaces.get(leader) };
    }
    return { id: '', type: 'directory', namespace: undefined };
  };
  return {
    overlays,
    isPatch: (uri) => patches.has(uri),
    targetOf: (uri) => targets.get(uri),
    selectorLabels: (unit) => selectorLabels.get(unit) ?? none,
    made: (unit) => made.get(unit) ?? [],
    of(uri) {
      const dir = listed.get(uri) ?? directory(uri);
      let unit = cache.get(dir);
      if (!unit) cache.set(dir, (unit = unitAt(dir)));
      return unit;
    },
  };
}

const none: ReadonlySet<string> = new Set();

interface Kustomization {
  readonly resources: readonly string[];
  readonly patched: readonly string[];
  readonly namespace: string | undefined;
  readonly effects: KustomizationEffects;
}

function readKustomization(dir: string, root: Value): Kustomization {
  const texts = (key: string): string[] => root.at(key).items().flatMap((item) => item.text() ?? []);
  const paths = (key: string): string[] => root.at(key).items().flatMap((item) => item.at('path').text() ?? []);
  const resolve = (path: string): string => resolvePath(dir, path);
  return {
    resources: [...texts('resources'), ...texts('bases'), ...texts('components')].map(resolve),
    patched: [...texts('patchesStrategicMerge'), ...texts('patches'), ...paths('patches'), ...paths('patchesJson6902')].map(resolve),
    namespace: root.at('namespace').text(),
    effects: readEffects(root),
  };
}

/** A relative path resolved against a directory's URI; trailing slashes and `./` drop out. */
function resolvePath(dir: string, path: string): string {
  const parts = dir.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** Overlays, bases and components that build on each other get one leader. */
function joinKustomizations(kustomizations: ReadonlyMap<string, Kustomization>): Map<string, string> {
  const leaders = new Map<string, string>([...kustomizations.keys()].map((dir) => [dir, dir]));
  const leaderOf = (dir: string): string => {
    let at = dir;
    for (let next = leaders.get(at); next !== undefined && next !== at; next = leaders.get(at)) at = next;
    return at;
  };
  for (const [dir, { resources }] of kustomizations)
    for (const other of resources) if (kustomizations.has(other)) leaders.set(leaderOf(dir), leaderOf(other));
  for (const dir of leaders.keys()) leaders.set(dir, leaderOf(dir));
  return leaders;
}
