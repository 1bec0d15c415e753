import type { Value } from '../yaml/value.ts';
import { Value as ValueView } from '../yaml/value.ts';
import type { Build, Kustomization } from './builds.ts';
import { commonNamespaces, findBuilds } from './builds.ts';
import type { Made } from './overlays.ts';
import { readEffects } from './overlays.ts';
import type { SourceFile } from './project.ts';

/**
 * Files that are applied together, so that what one of them names should exist in another: a kustomization with the
 * bases it builds on, a chart, or a directory tree up to the nearest of those.
 */
export interface Unit {
  readonly id: string;
  readonly type: 'directory' | 'kustomization' | 'chart';
  /** Namespace that kustomizations give to the objects; where builds give several, that of the first build. */
  readonly namespace: string | undefined;
}

export interface Units {
  of(uri: string): Unit;
  /** Files whose documents are patches: they name only what they change. */
  isPatch(uri: string): boolean;
  /** Whether a file is a kustomization, or a patch of one: it changes objects that stand elsewhere. */
  changesObjects(uri: string): boolean;
  /** What the kustomizations of a unit build. */
  builds(unit: string): readonly Build[];
  /** Folders of the kustomizations that a file is part of: those that list it, else the nearest one. */
  homes(uri: string): readonly string[];
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

/** Template text that only charts have. */
const ofChart = /\{\{-?\s[^}]*(?:\.(?:Values|Release|Chart)\.|\b(?:include|template) ")/;

/** Files that say by their name that they are patches, for a kustomization elsewhere. */
const namedPatch = /[-_.]patch\.ya?ml$/;

/** Derives the units from the files that define them. */
export function findUnits(files: Iterable<SourceFile>): Units {
  const kustomizations = new Map<string, Kustomization>();
  const charts = new Set<string>();
  for (const { uri, documents } of files) {
    if (baseName(uri) === 'Chart.yaml') charts.add(directory(uri));
    else if (documents.some(({ manifest }) => manifest.templated && ofChart.test(manifest.text))) {
      // Charts whose other files are not to be seen here.
      const chart = /^(.*)\/templates\//.exec(uri)?.[1];
      if (chart !== undefined) charts.add(chart);
    }
    if (!isKustomization(baseName(uri))) continue;
    kustomizations.set(directory(uri), readKustomization(uri, ValueView.root(documents[0]?.manifest.root)));
  }
  const leaders = joinKustomizations(kustomizations);
  const builds = new Map<string, Build[]>();
  const found = findBuilds(kustomizations);
  for (const build of found) push(builds, leaders.get(build.dir) ?? build.dir, build);
  const namespaces = commonNamespaces(found);
  const listed = new Map<string, string[]>();
  const patches = new Set<string>();
  const selectorLabels = new Map<string, Set<string>>();
  const made = new Map<string, Made[]>();
  for (const [dir, { resources, effects }] of kustomizations) {
    for (const uri of resources) if (!kustomizations.has(uri)) push(listed, uri, dir);
    for (const change of effects.changes) if ('path' in change) patches.add(resolvePath(dir, change.path));
    const leader = leaders.get(dir) ?? dir;
    selectorLabels.set(leader, new Set([...(selectorLabels.get(leader) ?? []), ...effects.selectorLabels]));
    push(made, leader, effects.made);
  }
  const cache = new Map<string, Unit>();
  const unitAt = (dir: string): Unit => {
    for (let at = dir; at.includes('/'); at = directory(at)) {
      if (charts.has(at)) return { id: at, type: 'chart', namespace: undefined };
      const leader = leaders.get(at);
      if (leader !== undefined) return { id: leader, type: 'kustomization', namespace: namespaces.get(at) };
    }
    return { id: '', type: 'directory', namespace: undefined };
  };
  const nearestOf = (dir: string): readonly string[] => {
    for (let at = dir; at.includes('/'); at = directory(at)) if (kustomizations.has(at)) return [at];
    return [];
  };
  return {
    builds: (unit) => builds.get(unit) ?? [],
    homes: (uri) => listed.get(uri) ?? nearestOf(directory(uri)),
    changesObjects: (uri) => isKustomization(baseName(uri)) || patches.has(uri),
    isPatch: (uri) => patches.has(uri) || namedPatch.test(uri),
    selectorLabels: (unit) => selectorLabels.get(unit) ?? none,
    made: (unit) => made.get(unit) ?? [],
    of(uri) {
      const dir = listed.get(uri)?.at(-1) ?? directory(uri);
      let unit = cache.get(dir);
      if (!unit) cache.set(dir, (unit = unitAt(dir)));
      return unit;
    },
  };
}

const none: ReadonlySet<string> = new Set();

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function readKustomization(uri: string, root: Value): Kustomization {
  const dir = directory(uri);
  const texts = (key: string): string[] =>
    root
      .at(key)
      .items()
      .flatMap((item) => item.text() ?? [])
      .map((path) => resolvePath(dir, path));
  return {
    dir,
    uri,
    resources: [...texts('resources'), ...texts('bases')],
    components: texts('components'),
    namespace: root.at('namespace').text(),
    effects: readEffects(root, uri),
  };
}

/** A relative path resolved against a directory's URI; trailing slashes and `./` drop out. */
export function resolvePath(dir: string, path: string): string {
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
  for (const [dir, { resources, components }] of kustomizations)
    for (const other of [...resources, ...components])
      if (kustomizations.has(other)) leaders.set(leaderOf(dir), leaderOf(other));
  for (const dir of leaders.keys()) leaders.set(dir, leaderOf(dir));
  return leaders;
}
