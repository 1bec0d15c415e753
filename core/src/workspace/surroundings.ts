import type { Selector } from '../kube/selector.ts';
import type { Value } from '../yaml/value.ts';
import type { Changed } from './changes.ts';
import { changedObjects, targetsOf } from './changes.ts';
import { difference, hangsTogether, locatedIn, sameNamespaces } from './file-changes.ts';
import type { Frame, ReadBuild } from './frame.ts';
import {
  addressIn,
  asWritten,
  buildsOf,
  frameOf,
  isCertain,
  isPatched,
  keepsNamespaces,
  keysIn,
  mayHold,
  namespaceIn,
  objectsOf,
  resolvedIn,
} from './frame.ts';
import { lenderOf, running } from './lenders.ts';
import type { Resource } from './manifest.ts';
import { identityOf } from './manifest.ts';
import type { Objects } from './object-index.ts';
import { ObjectIndex } from './object-index.ts';
import { everywhere, keys, toldNames } from './object-keys.ts';
import type { Made } from './overlays.ts';
import type { Located, SourceFile } from './project.ts';
import { hasUnknownAutoscaler, scalersAimedAt } from './scaling.ts';
import { budgetsFor, mayBeSelected, selectedBy, servicesOf } from './selection.ts';
import type { Sight } from './sight.ts';
import type { Trace } from './tracing.ts';
import { Tracer } from './tracing.ts';
import type { Unit, Units } from './units.ts';

/**
 * Looks up the objects around an object: those of its unit and namespace first, then those of the whole workspace.
 * Objects that are patches are no objects of their own and are never found.
 */
export class Surroundings {
  private readonly files: ReadonlyMap<string, SourceFile>;
  private readonly frame: Frame;
  private readonly index: ObjectIndex;
  private readonly tracer: Tracer;
  /** Set in views: the surroundings as they are, and the build whose objects are seen. */
  private readonly whole: Surroundings | undefined;
  private readonly build: ReadBuild | undefined;
  private readonly sight: Sight;
  private readonly views = new Map<ReadBuild | undefined, Surroundings>();
  private readonly placed = new WeakMap<Objects, { readonly result: readonly Located[]; readonly trace: Trace }>();

  private constructor(
    files: ReadonlyMap<string, SourceFile>,
    frame: Frame,
    index: ObjectIndex,
    whole?: Surroundings,
    build?: ReadBuild,
  ) {
    this.files = files;
    this.frame = frame;
    this.index = index;
    this.whole = whole;
    this.tracer = whole?.tracer ?? new Tracer(frame, index);
    this.build = build;
    this.sight = {
      frame,
      get: (key) => this.get(key),
      none: (key) => this.get(key).length === 0,
      located: (resources) => this.located(resources),
      built: (resources) => this.built(resources),
      unitOf: (located) => this.unitOf(located),
      namespaceOf: (located) => this.namespaceOf(located),
      compare: (a, b) => this.compare(a, b),
    };
  }

  /** Surroundings of files, read from the first to the last. */
  static of(files: ReadonlyMap<string, SourceFile>, units: Units): Surroundings {
    const frame = frameOf(files, units);
    const objects = [...files.values()].filter(({ uri }) => !units.isPatch(uri)).flatMap(objectsOf);
    return new Surroundings(
      files,
      frame,
      ObjectIndex.from(objects, (resource) => keysIn(frame, resource)),
    );
  }

  /**
   * The surroundings after files changed, at the cost of what changed; undefined when the change may move other objects,
   * so that all of them have to be read again.
   */
  after(files: ReadonlyMap<string, SourceFile>, changed: Iterable<string>): Surroundings | undefined {
    const removed = new Map<Resource, string[]>();
    const added = new Map<Resource, string[]>();
    for (const uri of changed) {
      const [before, after] = [this.files.get(uri), files.get(uri)];
      if (!before || !after || this.frame.units.isPatch(uri) || this.frame.valuesFiles.has(uri)) return undefined;
      if (hangsTogether(this.frame, after)) return undefined;
      if (!sameNamespaces(before, after) && !keepsNamespaces(this.frame, files, uri)) return undefined;
      const [gone, come] = difference(objectsOf(before), objectsOf(after));
      for (const resource of gone) removed.set(resource, keysIn(this.frame, resource));
      for (const resource of come) added.set(resource, keysIn(this.frame, resource));
    }
    const next = new Surroundings(files, this.frame, this.index);
    if (removed.size === 0 && added.size === 0) return next;
    const index = this.index.changed(removed, added, (a, b) => next.compare(a, b));
    return new Surroundings(files, this.frame, index);
  }

  /** Runs a computation and notes what it asked. */
  trace<Result>(run: () => Result): { readonly result: Result; readonly trace: Trace } {
    return this.tracer.trace(run);
  }

  /** Whether a computation would be given the same answers here. */
  holds(trace: Trace): boolean {
    return this.tracer.holds(trace);
  }

  /** Notes for whoever is tracing that an answer found to hold was used. */
  repeat(trace: Trace): void {
    this.tracer.repeat(trace);
  }

  private get(key: string): Objects {
    return this.tracer.get(key);
  }

  /** Where an object stands now; undefined when it is gone. */
  locate(resource: Resource): Located | undefined {
    const file = this.files.get(addressIn(resource));
    return file && locatedIn(file).get(asWritten(resource));
  }

  /** Objects under a key, at their places: one array for each list, since many objects ask for the same. */
  private under(key: string): readonly Located[] {
    const list = this.get(key);
    const known = this.placed.get(list);
    if (known) {
      this.tracer.repeat(known.trace);
      return known.result;
    }
    const made = this.tracer.trace(() => {
      // Where workloads borrow templates, or a build decides, what an object is hangs on more than the list.
      const plain = !this.build && this.get(keys.borrowers).length === 0;
      return plain ? this.built(list) : this.located(list);
    });
    this.placed.set(list, made);
    return made.result;
  }

  private located(resources: Objects): Located[] {
    return this.built(resources).map((located) => this.running(located));
  }

  private built(resources: Objects): Located[] {
    const { build } = this;
    if (!build) return resources.flatMap((resource) => this.locate(resource) ?? []);
    const held = resources.filter((resource) => mayHold(this.frame, build, resource));
    return held.flatMap((resource) => {
      const found = this.locate(resource);
      const made = resolvedIn(this.frame, build, resource);
      // What a chart's defaults leave out is not there.
      return found && (made || !build.chart) ? { ...found, resource: made ?? resource } : [];
    });
  }

  /**
   * The builds that hold an object, if patches or overlays may make something else of it; each sees the objects as it
   * makes them. Empty where what is written decides.
   */
  buildsOf({ resource }: Located): readonly ReadBuild[] {
    return buildsOf(this.frame, resource);
  }

  /** The chart that an object belongs to, as its defaults make it. */
  chartOf({ file }: Located): ReadBuild | undefined {
    const unit = this.frame.units.of(file.uri);
    return unit.type === 'chart' ? this.frame.charts.get(unit.id) : undefined;
  }

  /** The same surroundings as one build makes them; without a build, as they are written, with no regard to patches. */
  as(build: ReadBuild | undefined): Surroundings {
    let view = this.views.get(build);
    if (!view)
      this.views.set(build, (view = new Surroundings(this.files, this.frame, this.index, this.whole ?? this, build)));
    return view;
  }

  /** Whether everything that a build does to an object is to be seen: all its patches are there. */
  isCertain({ resource }: Located, build: ReadBuild): boolean {
    return isCertain(this.frame, build, resource);
  }

  /** An object as a build makes it; undefined where that cannot be told. */
  builtBy(located: Located, build: ReadBuild): Located | undefined {
    const resource = resolvedIn(this.frame, build, located.resource);
    return resource && { ...located, resource };
  }

  /**
   * A workload as it runs: with the pod template that it refers to, or, for an object that another workload takes its
   * template from, as that workload. Others are what they are, and so are those whose other half is not to be seen.
   */
  running(located: Located): Located {
    return running(this.sight, located);
  }

  /** The object, as it is written, whose pod template a workload runs. */
  lenderOf(workload: Located): Located | undefined {
    return lenderOf(this.sight, workload);
  }

  private compare(a: Resource, b: Resource): number {
    const [left, right] = [addressIn(a), addressIn(b)];
    if (left !== right) return (this.frame.order.get(left) ?? 0) - (this.frame.order.get(right) ?? 0);
    const starts = (this.locate(a)?.document.start ?? 0) - (this.locate(b)?.document.start ?? 0);
    return starts || a.value.range.start - b.value.range.start;
  }

  unitOf(located: Located): Unit {
    return this.frame.units.of(located.file.uri);
  }

  isPatch(located: Located): boolean {
    return this.frame.units.isPatch(located.file.uri);
  }

  /** Namespace an object lands in: its own, the kustomization's, or the only one its unit names; empty when undecided. */
  namespaceOf(located: Located): string {
    return namespaceIn(this.frame, this.unitOf(located), located.resource);
  }

  /** Objects of a kind (`group/Kind`) in the unit and namespace of an object. */
  inUnit(near: Located, groupKind: string): readonly Located[] {
    return this.under(keys.inUnit(this.unitOf(near).id, this.namespaceOf(near), groupKind));
  }

  /** The same in the whole workspace. */
  anywhere(near: Located, groupKind: string): readonly Located[] {
    return this.under(keys.inNamespace(this.namespaceOf(near), groupKind));
  }

  /** Objects of a name in any namespace, of the kinds that pods refer to by name. */
  namedAnywhere(groupKind: string, name: string): readonly Located[] {
    return this.under(keys.named(everywhere, groupKind, name));
  }

  /** The first object of a kind and name in the namespace of an object. */
  named(near: Located, groupKind: string, name: string): Located | undefined {
    return this.under(keys.named(this.namespaceOf(near), groupKind, name))[0];
  }

  /** The first object of a kind and name in the unit and namespace of an object. */
  namedInUnit(near: Located, groupKind: string, name: string): Located | undefined {
    const unit = this.unitOf(near).id;
    return this.under(keys.named(this.namespaceOf(near), groupKind, name)).find(
      (other) => this.unitOf(other).id === unit,
    );
  }

  /** Whether the name of a workload in the unit and namespace of an object is not to be seen. */
  hidesWorkloadName(near: Located): boolean {
    const unnamed = this.under(keys.unnamed(this.unitOf(near).id, this.namespaceOf(near)));
    return unnamed.some(({ resource }) => resource.name === undefined);
  }

  /** All objects of an object's kind, name and namespace: itself, and where it is written once more. */
  namesakes(located: Located): readonly Located[] {
    const { groupKind } = located.resource;
    const name = identityOf(located.resource);
    return name === undefined ? [located] : this.under(keys.named(this.namespaceOf(located), groupKind, name));
  }

  /** Whether an object of a kind and name is in the namespace of an object, or may be where a namespace is undecided. */
  mayExist(near: Located, groupKind: string, name: string): boolean {
    const home = this.namespaceOf(near);
    if ([home, ''].some((namespace) => this.get(keys.named(namespace, groupKind, name)).length > 0)) return true;
    return home === '' && this.get(keys.kind(groupKind)).some((candidate) => candidate.name === name);
  }

  /** Whether an object of a kind and name is written, but the defaults of its chart leave it out. */
  isLeftOut(near: Located, groupKind: string, name: string): boolean {
    const objects = this.get(keys.named(this.namespaceOf(near), groupKind, name));
    return this.build?.chart !== undefined && this.built(objects).length < objects.length;
  }

  /** Whether an argument of a workload of the unit, in the namespace of an object, gives a program this name. */
  isTold(near: Located, name: string): boolean {
    if (this.build) return this.workloads(near, 'unit').some(({ resource }) => toldNames(resource).includes(name));
    return this.get(keys.told(this.unitOf(near).id, this.namespaceOf(near), name)).length > 0;
  }

  /** Workloads of the unit in the namespace of an object. */
  workloads(near: Located, where: 'unit' | 'workspace'): readonly Located[] {
    const namespace = this.namespaceOf(near);
    const key =
      where === 'workspace' ? keys.workloads(namespace) : keys.workloadsOfUnit(this.unitOf(near).id, namespace);
    return this.under(key);
  }

  /** Workloads whose pods certainly carry the labels a selector asks for. */
  selected(near: Located, selector: Selector): Located[] {
    return selectedBy(this.sight, near, selector);
  }

  /**
   * Whether pods may exist that a selector finds, as far as anyone can tell.
   * @param hidden whether labels that template text hides count as any
   */
  mayBeSelected(near: Located, selector: Selector, hidden: 'any' | 'none' = 'any'): boolean {
    return mayBeSelected(this.sight, near, selector, hidden);
  }

  /** Services of the workspace that certainly select a workload's pods. */
  servicesOf(workload: Located): readonly Located[] {
    return servicesOf(this.sight, workload);
  }

  /** PodDisruptionBudgets that may speak of a workload's pods: what their selectors ask beyond one label is to be checked. */
  budgetsFor(workload: Located): Located[] {
    return budgetsFor(this.sight, workload);
  }

  /** HorizontalPodAutoscalers and KEDA ScaledObjects that scale a workload. */
  autoscalersOf(workload: Located): Located[] {
    const { kind, apiVersion } = workload.resource;
    const name = identityOf(workload.resource);
    return name === undefined ? [] : this.scalersAimedAt(workload, kind, name, apiVersion);
  }

  /** The same of a workload that need not be seen, in the namespace of an object. */
  scalersAimedAt(near: Located, kind: string, name: string, apiVersion: string): Located[] {
    return scalersAimedAt(this.sight, near, kind, name, apiVersion);
  }

  /** Whether an autoscaler may scale a workload, but template text hides the name of one or the other. */
  hasUnknownAutoscaler(workload: Located): boolean {
    return hasUnknownAutoscaler(this.sight, workload);
  }

  /** Objects of a kind without namespaces, in the whole workspace. */
  clusterWide(groupKind: string): readonly Located[] {
    return this.under(keys.kind(groupKind));
  }

  /**
   * Whether the object's unit changes it at a place when it is built, so that what is written there, or is not, does not
   * decide: kustomize patches and replica counts. As a build makes them, objects are what they are.
   */
  patched({ resource }: Located, at: Value): boolean {
    if (this.whole !== undefined && this.build?.resolved.get(resource) !== null) return false;
    return isPatched(this.frame, resource, at);
  }

  /** Objects of the unit that a patch's document is aimed at. */
  targetsOf(patch: Located): Located[] {
    return targetsOf(this.sight, patch);
  }

  /** What patches and overlays make of the objects of a file's unit: each that a build changes, with the changes. */
  changed(uri: string): Iterable<Changed> {
    return changedObjects(this.sight, this.files, uri);
  }

  /** A file of the project. */
  file(uri: string): SourceFile | undefined {
    return this.files.get(uri);
  }

  /** Label keys that the unit sets on selectors and pod templates alike. */
  sharedLabels(located: Located): ReadonlySet<string> {
    return this.frame.units.selectorLabels(this.unitOf(located).id);
  }

  /** What the kustomizations of the object's unit add: images, generated objects. */
  made(located: Located): readonly Made[] {
    return this.frame.units.made(this.unitOf(located).id);
  }
}
