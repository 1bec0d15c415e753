import type { Affix, Change, KustomizationEffects } from './overlays.ts';

/** What a kustomization's file says. */
export interface Kustomization {
  readonly dir: string;
  /** Its file. */
  readonly uri: string;
  /** Resolved addresses of files and folders it builds on. */
  readonly resources: readonly string[];
  readonly components: readonly string[];
  readonly namespace: string | undefined;
  readonly effects: KustomizationEffects;
}

/** Changes of one kustomization, and the folders of the kustomizations whose objects it sees. */
interface Step {
  readonly dir: string;
  readonly changes: readonly Change[];
  readonly scope: ReadonlySet<string>;
}

/**
 * One result of building: a kustomization that no other builds on, with all that it builds on. Each of its objects is
 * what its own file says after the changes that the steps make to it, one after another.
 */
export interface Build {
  readonly dir: string;
  readonly uri: string;
  readonly steps: readonly Step[];
  /** Folders of its kustomizations, with the namespace that their objects land in. */
  readonly namespaces: ReadonlyMap<string, string | undefined>;
  readonly affixes: readonly Affix[];
}

/** The builds of kustomizations by folder, in their order. Those that name each other in a circle are built from the first. */
export function findBuilds(kustomizations: ReadonlyMap<string, Kustomization>): Build[] {
  const used = new Set(
    [...kustomizations.values()].flatMap(({ dir, resources, components }) =>
      [...resources, ...components].filter((other) => other !== dir),
    ),
  );
  const builds: Build[] = [];
  const built = new Set<string>();
  const add = (kustomization: Kustomization): void => {
    const build = readBuild(kustomization, kustomizations);
    builds.push(build);
    for (const dir of build.namespaces.keys()) built.add(dir);
  };
  for (const kustomization of kustomizations.values()) if (!used.has(kustomization.dir)) add(kustomization);
  for (const kustomization of kustomizations.values()) if (!built.has(kustomization.dir)) add(kustomization);
  return builds;
}

function readBuild(root: Kustomization, kustomizations: ReadonlyMap<string, Kustomization>): Build {
  const steps: Step[] = [];
  const namespaces = new Map<string, string | undefined>();
  const affixes: Affix[] = [];
  /** Builds one kustomization; a component changes what its parent has so far. */
  const visit = (
    { dir, resources, components, namespace, effects }: Kustomization,
    parent?: ReadonlySet<string>,
  ): ReadonlySet<string> => {
    namespaces.set(dir, undefined);
    const scope = new Set([...(parent ?? []), dir]);
    const include = (uri: string, asComponent: boolean): void => {
      const other = kustomizations.get(uri);
      if (other && !namespaces.has(uri))
        for (const seen of visit(other, asComponent ? scope : undefined)) scope.add(seen);
    };
    for (const uri of resources) include(uri, false);
    for (const uri of components) include(uri, true);
    if (effects.changes.length > 0) steps.push({ dir, changes: effects.changes, scope });
    if (namespace !== undefined) for (const seen of scope) namespaces.set(seen, namespace);
    if (effects.made.affix.some((part) => part !== '')) affixes.push(effects.made.affix);
    return scope;
  };
  visit(root);
  return { dir: root.dir, uri: root.uri, steps, namespaces, affixes };
}

/**
 * Namespace of each kustomization's objects, as one name for all builds: where one build puts two of them into the same
 * namespace, they get the same name, that of the first build.
 */
export function commonNamespaces(builds: readonly Build[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const names = new Map<string, string>();
  const leaderOf = (dir: string): string => {
    let at = dir;
    for (let next = parents.get(at); next !== undefined && next !== at; next = parents.get(at)) at = next;
    return at;
  };
  for (const { namespaces } of builds) {
    const first = new Map<string, string>();
    for (const [dir, namespace] of namespaces) {
      const other = first.get(namespace ?? '');
      if (namespace !== undefined && other !== undefined && leaderOf(other) !== leaderOf(dir))
        parents.set(leaderOf(dir), leaderOf(other));
      if (namespace !== undefined && other === undefined) first.set(namespace, dir);
    }
  }
  const common = new Map<string, string>();
  for (const { namespaces } of builds) {
    for (const [dir, namespace] of namespaces) {
      if (namespace === undefined) continue;
      const leader = leaderOf(dir);
      if (!names.has(leader)) names.set(leader, namespace);
      common.set(dir, names.get(leader) ?? namespace);
    }
  }
  return common;
}
