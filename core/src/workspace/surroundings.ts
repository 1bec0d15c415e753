import { mayLend, templateRef } from '../kube/kinds.ts';
import type { Requirement, Selector } from '../kube/selector.ts';
import { matches, meets } from '../kube/selector.ts';
import type { Value } from '../yaml/value.ts';
import { join } from './borrowed.ts';
import type { Resource } from './manifest.ts';
import type { Objects } from './object-index.ts';
import { ObjectIndex } from './object-index.ts';
import type { Frame, ReadBuild } from './frame.ts';
import {
  addressIn,
  asWritten,
  buildsOf,
  frameOf,
  isCertain,
  isPatched,
  keysIn,
  mayHold,
  namespaceIn,
  objectsOf,
  resolvedIn,
  unitIn,
} from './frame.ts';
import { aimsAtGroup, everywhere, keys, labelOf, serviceSelector, surestLabel } from './object-keys.ts';
import type { Made } from './overlays.ts';
import { addresses } from './overlays.ts';
import type { Located, SourceFile } from './project.ts';
import type { Unit, Units } from './units.ts';

/** What an answer was computed from: it holds as long as all of that is the same. */
export interface Trace {
  readonly frame: unknown;
  readonly reads: ReadonlyMap<string, Objects>;
}

/**
 * Looks up the objects around an object: those of its unit and namespace first, then those of the whole workspace.
 * Objects that are patches are no objects of their own and are never found.
 */
export class Surroundings {
  private readonly files: ReadonlyMap<string, SourceFile>;
  private readonly frame: Frame;
  private readonly index: ObjectIndex;
  private reads: Map<string, Objects> | undefined;
  /** Set in views: the surroundings that note what is read, and the build whose objects are seen. */
  private readonly whole: Surroundings | undefined;
  private readonly build: ReadBuild | undefined;
  private readonly views = new Map<ReadBuild | undefined, Surroundings>();

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
    this.build = build;
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
      if (!sameNamespaces(before, after)) return undefined;
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
    const outer = this.reads;
    const reads = (this.reads = new Map<string, Objects>());
    try {
      return { result: run(), trace: { frame: this.frame, reads } };
    } finally {
      this.reads = outer;
      if (outer) for (const [key, list] of reads) outer.set(key, list);
    }
  }

  /** Whether a computation would be given the same answers here. */
  holds({ frame, reads }: Trace): boolean {
    if (frame !== this.frame) return false;
    for (const [key, list] of reads) if (this.index.get(key) !== list) return false;
    return true;
  }

  /** Notes for whoever is tracing that an answer found to hold was used. */
  repeat({ reads }: Trace): void {
    if (this.reads) for (const [key, list] of reads) this.reads.set(key, list);
  }

  private get(key: string): Objects {
    const list = this.index.get(key);
    (this.whole ?? this).reads?.set(key, list);
    return list;
  }

  /** Where an object stands now; undefined when it is gone. */
  locate(resource: Resource): Located | undefined {
    const file = this.files.get(addressIn(resource));
    return file && locatedIn(file).get(asWritten(resource));
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
      return found ? { ...found, resource: resolvedIn(this.frame, build, resource) ?? resource } : [];
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
    const { resource } = located;
    if (mayLend(resource.groupKind)) {
      const borrower = this.borrowersOf(located).find((each) => this.lenderOf(each)?.resource === resource);
      return borrower ? { ...located, resource: join(borrower.resource, resource).lender } : located;
    }
    const lender = this.lenderOf(located);
    return lender ? { ...located, resource: join(resource, lender.resource).borrower } : located;
  }

  /** The object, as it is written, whose pod template a workload runs. */
  lenderOf(workload: Located): Located | undefined {
    const ref = templateRef(workload.resource.groupKind, workload.resource.value);
    if (!ref || ref === 'unknown') return undefined;
    const unit = this.unitOf(workload);
    const candidates = this.built(this.get(keys.named(this.namespaceOf(workload), ref.groupKind, ref.name)));
    const near = candidates.filter(({ file }) => folderOf(file.uri) === folderOf(workload.file.uri));
    const here = candidates.filter((each) => this.unitOf(each).id === unit.id);
    return near[0] ?? (here.length === 1 ? here[0] : undefined);
  }

  private borrowersOf({ resource, ...place }: Located): Located[] {
    const { name, groupKind } = resource;
    // Most workspaces have none: then one answer is noted, not one for each object.
    if (name === undefined || this.index.get(keys.borrowers).length === 0) {
      this.get(keys.borrowers);
      return [];
    }
    return this.built(this.get(keys.borrowing(this.namespaceOf({ resource, ...place }), groupKind, name)));
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
  inUnit(near: Located, groupKind: string): Located[] {
    return this.located(this.get(keys.inUnit(this.unitOf(near).id, this.namespaceOf(near), groupKind)));
  }

  /** The same in the whole workspace. */
  anywhere(near: Located, groupKind: string): Located[] {
    return this.located(this.get(keys.inNamespace(this.namespaceOf(near), groupKind)));
  }

  /** Objects of a name in any namespace, of the kinds that pods refer to by name. */
  namedAnywhere(groupKind: string, name: string): Located[] {
    return this.located(this.get(keys.named(everywhere, groupKind, name)));
  }

  /** The first object of a kind and name in the namespace of an object. */
  named(near: Located, groupKind: string, name: string): Located | undefined {
    return this.located(this.get(keys.named(this.namespaceOf(near), groupKind, name)))[0];
  }

  /** All objects of an object's kind, name and namespace: itself, and where it is written once more. */
  namesakes(located: Located): Located[] {
    const { groupKind, name } = located.resource;
    return name === undefined
      ? [located]
      : this.located(this.get(keys.named(this.namespaceOf(located), groupKind, name)));
  }

  /** Whether an object of a kind and name is in the namespace of an object, or may be where a namespace is undecided. */
  mayExist(near: Located, groupKind: string, name: string): boolean {
    const home = this.namespaceOf(near);
    if ([home, ''].some((namespace) => this.get(keys.named(namespace, groupKind, name)).length > 0)) return true;
    return home === '' && this.get(keys.kind(groupKind)).some((candidate) => candidate.name === name);
  }

  /** Workloads of the unit in the namespace of an object. */
  workloads(near: Located, where: 'unit' | 'workspace'): Located[] {
    const namespace = this.namespaceOf(near);
    const key =
      where === 'workspace' ? keys.workloads(namespace) : keys.workloadsOfUnit(this.unitOf(near).id, namespace);
    return this.located(this.get(key));
  }

  /** Workloads whose pods carry the labels a selector asks for. */
  selected(near: Located, selector: Selector): Located[] {
    const namespace = this.namespaceOf(near);
    const label = surestLabel(selector.requirements);
    const candidates = this.get(label === undefined ? keys.workloads(namespace) : keys.label(namespace, label));
    return this.located(candidates.filter(({ pod }) => matches(selector, pod?.labels ?? {})));
  }

  /**
   * Whether pods may exist that a selector finds, as far as anyone can tell: a workload whose labels match, or may match
   * once templates are filled in; in a namespace that is the same or undecided; or made by an operator for one of its objects.
   * @param hidden whether labels that template text hides count as any
   */
  mayBeSelected(near: Located, selector: Selector, hidden: 'any' | 'none' = 'any'): boolean {
    const home = this.namespaceOf(near);
    const namespaces = home === '' ? [everywhere] : [home, ''];
    const unit = this.unitOf(near).id;
    const fixed = this.frame.units.selectorLabels(unit);
    const requirements = selector.requirements.filter(({ key }) => !fixed.has(key));
    const label = surestLabel(requirements);
    const sameUnit = (candidate: Resource): boolean => hidden === 'any' && unitIn(this.frame, candidate).id === unit;
    const mayMatch = (candidate: Resource): boolean => this.mayMatch(candidate, requirements, sameUnit(candidate));
    if (label === undefined) {
      if (namespaces.some((namespace) => this.get(keys.workloads(namespace)).some(mayMatch))) return true;
    } else {
      if (namespaces.some((namespace) => this.get(keys.label(namespace, label)).some(mayMatch))) return true;
      if (namespaces.some((namespace) => this.get(keys.vague(namespace)).some(mayMatch))) return true;
    }
    return namespaces.some((namespace) =>
      this.get(keys.custom(namespace)).some(
        (candidate) =>
          operatorMakes(candidate, requirements, sameUnit(candidate)) || this.runsUnseenTemplate(candidate),
      ),
    );
  }

  /** Whether nothing is known of the labels of a workload's pods. */
  private runsUnseenTemplate(resource: Resource): boolean {
    if (!templateRef(resource.groupKind, resource.value)) return false;
    return this.built([resource]).every((workload) => !this.lenderOf(workload));
  }

  /** What template text hides may be any label, but only where both are rendered together. */
  private mayMatch(workload: Resource, requirements: readonly Requirement[], sameUnit: boolean): boolean {
    const fits = ({ pod }: Resource): boolean => {
      const hidden = pod && sameUnit && !pod.labelsKnown;
      return (
        pod !== undefined &&
        requirements.every(
          (requirement) => meets(requirement, pod.labels) || (hidden && !Object.hasOwn(pod.labels, requirement.key)),
        )
      );
    };
    if (fits(workload)) return true;
    return buildsOf(this.frame, workload).some((build) => {
      const made = resolvedIn(this.frame, build, workload);
      return made === undefined || (made !== workload && fits(made));
    });
  }

  /** What was filed under a workload's labels, in its namespace. */
  private byLabels(
    workload: Located,
    keyOf: (namespace: string, label: string) => string,
    others: readonly string[],
  ): Resource[] {
    const namespace = this.namespaceOf(workload);
    const labels = Object.entries(workload.resource.pod?.labels ?? {}).map(([key, value]) => labelOf(key, value));
    return [...labels, ...others]
      .flatMap((label) => this.get(keyOf(namespace, label)))
      .sort((a, b) => this.compare(a, b));
  }

  /** Services of the workspace that select a workload's pods. */
  servicesOf(workload: Located): readonly Located[] {
    const labels = workload.resource.pod?.labels ?? {};
    const services = this.byLabels(workload, keys.serving, []);
    return this.located(
      services.filter((service) => {
        const selector = serviceSelector(service);
        return selector !== undefined && matches(selector, labels);
      }),
    );
  }

  /** PodDisruptionBudgets that may speak of a workload's pods: what their selectors ask beyond one label is to be checked. */
  budgetsFor(workload: Located): Located[] {
    return this.located(this.byLabels(workload, keys.budgets, ['']));
  }

  /** HorizontalPodAutoscalers and KEDA ScaledObjects that scale a workload. */
  autoscalersOf(workload: Located): Located[] {
    const { kind, apiVersion, name } = workload.resource;
    return name === undefined ? [] : this.scalersAimedAt(workload, kind, name, apiVersion);
  }

  /** The same of a workload that need not be seen, in the namespace of an object. */
  scalersAimedAt(near: Located, kind: string, name: string, apiVersion: string): Located[] {
    const found = this.get(keys.scaling(this.namespaceOf(near), kind, name)).filter((scaler) =>
      aimsAtGroup(scaler, apiVersion),
    );
    const [own, others] = [found.filter(isOwnScaler), found.filter((scaler) => !isOwnScaler(scaler))];
    return this.located([...own, ...others]);
  }

  /** Whether an autoscaler may scale a workload, but template text hides the name of one or the other. */
  hasUnknownAutoscaler(workload: Located): boolean {
    const unit = this.unitOf(workload);
    const namespace = this.namespaceOf(workload);
    const kinds = ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject'];
    const candidates =
      workload.resource.name === undefined
        ? kinds.map((groupKind) => keys.inUnit(unit.id, namespace, groupKind))
        : [keys.scalingUnknown(unit.id, namespace)];
    return candidates
      .flatMap((key) => this.get(key))
      .some((scaler) => unit.type === 'chart' || folderOf(addressIn(scaler)) === folderOf(workload.file.uri));
  }

  /** Objects of a kind without namespaces, in the whole workspace. */
  clusterWide(groupKind: string): readonly Located[] {
    return this.located(this.get(keys.kind(groupKind)));
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
  targetsOf({ file, document, resource }: Located): Located[] {
    const unit = this.frame.units.of(file.uri).id;
    const overlays = (this.frame.overlays.get(unit) ?? []).filter(({ patch }) => patch.tree === document.manifest.root);
    const affixes = this.frame.affixes.get(unit);
    const candidates = this.get(keys.kind(resource.groupKind)).filter(
      (candidate) => unitIn(this.frame, candidate).id === unit,
    );
    return this.located(
      candidates.filter((candidate) => overlays.some((overlay) => addresses(overlay, candidate, affixes))),
    );
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

const places = new WeakMap<SourceFile, ReadonlyMap<Resource, Located>>();

function locatedIn(file: SourceFile): ReadonlyMap<Resource, Located> {
  let found = places.get(file);
  if (!found) {
    const entries = file.documents.flatMap((document) =>
      document.manifest.resources.map((resource) => [resource, { resource, document, file }] as const),
    );
    places.set(file, (found = new Map(entries)));
  }
  return found;
}

/** What a file lost and what it got; all of it when what stayed changed its order. */
function difference(before: Objects, after: Objects): readonly [gone: Objects, come: Objects] {
  const positions = new Map(before.map((resource, position) => [resource, position]));
  const staying = after.flatMap((resource) => positions.get(resource) ?? []);
  if (staying.some((position, index) => position < (staying[index - 1] ?? 0))) return [before, after];
  const kept = new Set(after);
  return [before.filter((resource) => !kept.has(resource)), after.filter((resource) => !positions.has(resource))];
}

/** Whether a file names the same namespaces as before: they decide where its unit's other objects land. */
function sameNamespaces(before: SourceFile, after: SourceFile): boolean {
  const [left, right] = [before, after].map((file) => new Set(objectsOf(file).map(({ namespace }) => namespace)));
  return (
    left !== undefined &&
    right !== undefined &&
    left.size === right.size &&
    [...left].every((namespace) => right.has(namespace))
  );
}

const isOwnScaler = ({ groupKind }: Resource): boolean => groupKind === 'autoscaling/HorizontalPodAutoscaler';

const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));

/** Groups whose objects steer what others run: traffic, secrets, scaling, delivery. No pods come of them. */
const withoutPods =
  /^(?:external-secrets\.io|cert-manager\.io|keda\.sh|argoproj\.io|bitnami\.com|kyverno\.io|projectcontour\.io|getambassador\.io|traefik\.(?:io|containo\.us)|.*\.(?:istio\.io|fluxcd\.io|gke\.io|k8s\.aws)|cloud\.google\.com)\/|\/(?:ServiceMonitor|PodMonitor|Probe|PrometheusRule)$/;

/** Pods that an operator makes for its object carry the labels it is given for them, or its name. */
function operatorMakes(resource: Resource, requirements: readonly Requirement[], sameUnit: boolean): boolean {
  const { value, name } = resource;
  if (withoutPods.test(resource.groupKind)) return false;
  const sources = [
    ['metadata', 'labels'],
    ['spec', 'podMetadata', 'labels'],
    ['spec', 'podTemplate', 'metadata', 'labels'],
    ['spec', 'template', 'metadata', 'labels'],
  ].map((path) => value.at(...path).labels().labels);
  if (sources.some((labels) => requirements.every((requirement) => meets(requirement, labels)))) return true;
  if (sameUnit && value.at('metadata', 'name').templated) return true;
  return name !== undefined && requirements.some(({ values }) => values.includes(name));
}
