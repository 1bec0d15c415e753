import type { Value } from '../yaml/value.ts';
import { Value as ValueView } from '../yaml/value.ts';
import type { Build } from './builds.ts';
import type { Chart, Use } from './charts.ts';
import { fillDefaults, readChart } from './charts.ts';
import type { Resource } from './manifest.ts';
import { keysOf } from './object-keys.ts';
import type { Affix, Change, Overlay, Target } from './overlays.ts';
import { addresses, overlayOf, writes } from './overlays.ts';
import type { SourceDocument, SourceFile } from './project.ts';
import { resolveObject } from './resolve.ts';
import { readTemplate } from './template-blocks.ts';
import type { Unit, Units } from './units.ts';
import { resolvePath } from './units.ts';

/** What decides where objects belong and what becomes of them: as long as it stays, an object's keys do. */
export interface Frame {
  readonly units: Units;
  /** Every change that any build of a unit makes. */
  readonly overlays: ReadonlyMap<string, readonly Overlay[]>;
  readonly builds: ReadonlyMap<string, readonly ReadBuild[]>;
  readonly affixes: ReadonlyMap<string, readonly Affix[]>;
  /** Files by unit, those with patches left out. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Charts by unit, as their defaults make them. */
  readonly charts: ReadonlyMap<string, ReadBuild>;
  /** Files that hold the defaults of charts. */
  readonly valuesFiles: ReadonlySet<string>;
  /** The only namespace that the objects of a unit name, by unit; units that name none or several are left out. */
  readonly onlyNamespaces: ReadonlyMap<string, string>;
  /** Place of each file among all. */
  readonly order: ReadonlyMap<string, number>;
}

/** A build with its patches read. */
export interface ReadBuild extends Pick<Build, 'dir' | 'uri' | 'namespaces' | 'affixes'> {
  /** `partly`: a patch is not to be seen here that may be aimed at anything. */
  readonly changes: readonly {
    readonly scope: ReadonlySet<string>;
    readonly overlays: readonly Overlay[];
    readonly partly: boolean;
  }[];
  /** What was found out about objects; null where it cannot be told. */
  readonly resolved: WeakMap<Resource, Resource | null>;
  /** Chart whose defaults it fills in, in place of patches. */
  readonly chart?: Chart;
  /** The same chart whatever its defaults are. */
  readonly written?: ReadBuild;
  /** Defaults that went into an object. */
  readonly uses?: WeakMap<Resource, readonly Use[]>;
}

/** Address of the file that an object was read from: it never moves to another. */
const addressOf = new WeakMap<Resource, string>();

/** Document that an object was read from, where it holds template text. */
const templateOf = new WeakMap<Resource, { readonly file: SourceFile; readonly document: SourceDocument }>();

/** Address of an object's file. */
export const addressIn = (resource: Resource): string => addressOf.get(resource) ?? '';

/** What an object was made of that is not written as it is. */
const originOf = new WeakMap<Resource, Resource>();

/** Notes that an object is what is made of another one, and stands where that stands. */
export function standsFor(made: Resource, written: Resource): void {
  if (made === written) return;
  addressOf.set(made, addressIn(written));
  originOf.set(made, originOf.get(written) ?? written);
}

/** The object as it is written. */
export const asWritten = (resource: Resource): Resource => originOf.get(resource) ?? resource;

/** Derives the frame of files. */
export function frameOf(files: ReadonlyMap<string, SourceFile>, units: Units): Frame {
  const order = new Map<string, number>();
  const read = patchReader(files, units);
  const overlays = new Map<string, readonly Overlay[]>();
  const builds = new Map<string, readonly ReadBuild[]>();
  const affixes = new Map<string, readonly Affix[]>();
  const charts = new Map<string, ReadBuild>();
  const members = new Map<string, string[]>();
  const valuesFiles = new Set<string>();
  for (const file of files.values()) {
    const { id: unit, type } = units.of(file.uri);
    order.set(file.uri, order.size);
    if (type === 'chart' && !charts.has(unit)) {
      const chart = readChart(unit, files);
      charts.set(unit, {
        ...chartBuild(chart),
        written: chartBuild({ ...chart, sources: [], about: ValueView.root(undefined) }),
      });
      for (const { uri } of chart.sources) valuesFiles.add(uri);
    }
    if (!builds.has(unit)) {
      const found = units.builds(unit);
      builds.set(
        unit,
        found.map((build) => readBuild(build, read)),
      );
      overlays.set(unit, [
        ...new Set(
          found.flatMap(({ steps }) =>
            steps.flatMap(({ dir, changes }) => changes.flatMap((change) => read(dir, change))),
          ),
        ),
      ]);
      affixes.set(
        unit,
        found.flatMap((build) => build.affixes),
      );
    }
    if (units.isPatch(file.uri)) continue;
    const list = members.get(unit);
    if (list) list.push(file.uri);
    else members.set(unit, [file.uri]);
  }
  const onlyNamespaces = new Map<string, string>();
  for (const [unit, uris] of members) {
    const only = onlyNamespace(uris, files);
    if (only !== undefined) onlyNamespaces.set(unit, only);
  }
  return { units, overlays, builds, affixes, members, charts, valuesFiles, onlyNamespaces, order };
}

/** The only namespace that the objects of files name; undefined where they name none or several. */
function onlyNamespace(uris: readonly string[], files: ReadonlyMap<string, SourceFile>): string | undefined {
  let only: string | undefined;
  for (const uri of uris) {
    for (const { manifest } of files.get(uri)?.documents ?? []) {
      for (const { namespace } of manifest.resources) {
        if (namespace === undefined || namespace === only) continue;
        if (only !== undefined) return undefined;
        only = namespace;
      }
    }
  }
  return only;
}

/** Whether the objects of a file's unit land in the same namespaces as before once files changed. */
export function keepsNamespaces(frame: Frame, files: ReadonlyMap<string, SourceFile>, uri: string): boolean {
  const unit = frame.units.of(uri).id;
  return onlyNamespace(frame.members.get(unit) ?? [], files) === frame.onlyNamespaces.get(unit);
}

const chartBuild = (chart: Chart): ReadBuild => ({
  dir: chart.dir,
  uri: `${chart.dir}/Chart.yaml`,
  namespaces: new Map(),
  affixes: [],
  changes: [],
  resolved: new WeakMap(),
  chart,
  uses: new WeakMap(),
});

type PatchReader = (dir: string, change: Change) => readonly Overlay[];

/** Reads each change once, so that builds share what they have in common. */
function patchReader(files: ReadonlyMap<string, SourceFile>, units: Units): PatchReader {
  const known = new Map<Change, readonly Overlay[]>();
  return (dir, change) => {
    let overlays = known.get(change);
    if (!overlays) {
      const documents = 'path' in change ? (files.get(resolvePath(dir, change.path))?.documents ?? []) : [];
      const roots = documents.flatMap(({ manifest }) => (manifest.root ? [ValueView.root(manifest.root)] : []));
      overlays = !('path' in change)
        ? [change.overlay]
        : roots.length > 0
          ? roots.map((root) => overlayOf(root, change.target))
          : unseen(change.target);
      const keys = new Set(units.made(units.of(`${dir}/kustomization.yaml`).id).flatMap((made) => made.keys));
      overlays = overlays.map((overlay) => blurred(overlay, keys));
      known.set(change, overlays);
    }
    return overlays;
  };
}

/** What kustomizations give to objects may be what a patch chooses them by. */
function blurred(overlay: Overlay, keys: ReadonlySet<string>): Overlay {
  const { labels = [], annotations = [], ...rest } = overlay.target;
  const given = [...labels, ...annotations].some(({ key }) => keys.has(key));
  return given ? { ...overlay, target: { ...rest, vague: true } } : overlay;
}

/** A patch that is not to be seen may do anything to what it is aimed at. */
const unseen = (target: Target | undefined): Overlay[] =>
  target ? [{ target: { ...target, vague: true }, patch: ValueView.root(undefined) }] : [];

function readBuild({ dir, uri, steps, namespaces, affixes }: Build, read: PatchReader): ReadBuild {
  const changes = steps.map((step) => {
    const overlays = step.changes.map((change) => read(step.dir, change));
    return { scope: step.scope, overlays: overlays.flat(), partly: overlays.some((each) => each.length === 0) };
  });
  return { dir, uri, namespaces, affixes, changes, resolved: new WeakMap() };
}

/** Objects of a file; notes where they stand. */
export function objectsOf(file: SourceFile): Resource[] {
  return file.documents.flatMap((document) => {
    const { manifest } = document;
    for (const resource of manifest.resources) {
      addressOf.set(resource, file.uri);
      if (manifest.templated) templateOf.set(resource, { file, document });
    }
    return manifest.resources;
  });
}

export const unitIn = ({ units }: Frame, resource: Resource): Unit => units.of(addressIn(resource));

/** Namespace an object lands in: the kustomization's, its own, or the only one its unit names; empty when undecided. */
export function namespaceIn({ onlyNamespaces }: Frame, unit: Unit, { namespace }: Resource): string {
  return unit.namespace ?? namespace ?? onlyNamespaces.get(unit.id) ?? '';
}

/** Keys that an object is found by. */
export function keysIn(frame: Frame, resource: Resource): string[] {
  const unit = unitIn(frame, resource);
  const patchable = frame.overlays.get(unit.id)?.some(({ image }) => !image) === true;
  const home = { unit: unit.id, namespace: namespaceIn(frame, unit, resource), patchable };
  const found = keysOf(resource, home);
  const chart = frame.charts.get(unit.id);
  const built = chart && resolvedIn(frame, chart, resource);
  return built && built !== resource ? [...new Set([...found, ...keysOf(built, home)])] : found;
}

/** Namespaces that builds put objects into. */
export const namespacesOf = (builds: readonly ReadBuild[]): string[] =>
  builds.flatMap((build) => [...build.namespaces.values()].flatMap((namespace) => namespace ?? []));

/** Whether any build of its unit changes an object at a place. */
export function isPatched(frame: Frame, resource: Resource, at: Value): boolean {
  const unit = unitIn(frame, resource).id;
  const overlays = frame.overlays.get(unit) ?? [];
  if (overlays.length === 0) return false;
  const path = at.path.slice(resource.value.path.length);
  const affixes = frame.affixes.get(unit);
  const namespaces = namespacesOf(frame.builds.get(unit) ?? []);
  return overlays.some(
    (overlay) => addresses(overlay, resource, affixes, namespaces) && writes(overlay, path, resource),
  );
}

/** Builds that hold an object, if there is more to them than the object as it is written. */
export function buildsOf({ units, builds, overlays }: Frame, resource: Resource): readonly ReadBuild[] {
  const address = addressIn(resource);
  const unit = units.of(address).id;
  const all = builds.get(unit) ?? [];
  if (all.length < 2 && (overlays.get(unit)?.length ?? 0) === 0) return [];
  return all.filter((build) => isIn(units, build, address));
}

const isIn = (units: Units, { namespaces }: ReadBuild, uri: string): boolean =>
  units.homes(uri).some((dir) => namespaces.has(dir));

/** Whether a build may hold an object: one of another unit is not its business. */
export function mayHold({ units, builds }: Frame, build: ReadBuild, resource: Resource): boolean {
  const address = addressIn(resource);
  return !(builds.get(units.of(address).id) ?? []).includes(build) || isIn(units, build, address);
}

/** Whether everything that a build does to an object is to be seen. */
export function isCertain({ units }: Frame, build: ReadBuild, resource: Resource): boolean {
  const homes = units.homes(addressIn(resource));
  return !build.changes.some(({ scope, partly }) => partly && homes.some((dir) => scope.has(dir)));
}

/** An object as a build makes it; undefined where that cannot be told, or the build has none of it. */
export function resolvedIn(frame: Frame, build: ReadBuild, resource: Resource): Resource | undefined {
  const known = build.resolved.get(resource);
  if (known !== undefined) return known ?? undefined;
  const made = build.chart ? byDefaults(frame, build, build.chart, resource) : patchedBy(frame, build, resource);
  if (made) standsFor(made, resource);
  build.resolved.set(resource, made ?? null);
  return made;
}

/** The changes that a build makes to an object, in their order. */
export function overlaysFor({ units }: Frame, build: ReadBuild, resource: Resource): Overlay[] {
  const homes = units.homes(addressIn(resource));
  const namespaces = namespacesOf([build]);
  return build.changes
    .filter(({ scope }) => homes.some((dir) => scope.has(dir)))
    .flatMap((step) => step.overlays.filter((overlay) => addresses(overlay, resource, build.affixes, namespaces)));
}

/** An object as the defaults of its chart make it; undefined where they leave it out. */
function byDefaults(frame: Frame, build: ReadBuild, chart: Chart, resource: Resource): Resource | undefined {
  const unit = unitIn(frame, resource).id;
  if (unit !== build.dir) {
    const other = frame.charts.get(unit);
    return other ? resolvedIn(frame, other, resource) : resource;
  }
  if (chart.enabled === false) return undefined;
  const source = templateOf.get(resource);
  if (!source) return resource;
  const { file, document } = source;
  const before = file.documents.filter(({ start, manifest }) => start < document.start && manifest.templated);
  const template = readTemplate(document.manifest.text, before.map(({ manifest }) => manifest.text).join(''));
  const { resource: made, uses, rendered } = fillDefaults(resource, template, chart);
  build.uses?.set(resource, uses);
  return rendered === false ? undefined : made;
}

const patchedBy = (frame: Frame, build: ReadBuild, resource: Resource): Resource | undefined =>
  resolveObject(resource, overlaysFor(frame, build, resource));
