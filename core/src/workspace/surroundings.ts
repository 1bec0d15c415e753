import { groupOf } from '../kube/kinds.ts';
import type { Requirement, Selector } from '../kube/selector.ts';
import { matches, meets, readMapSelector } from '../kube/selector.ts';
import { Value } from '../yaml/value.ts';
import type { Overlay } from './overlays.ts';
import { addresses, overlayOf, writes } from './overlays.ts';
import type { Located, SourceFile } from './project.ts';
import type { Unit, Units } from './units.ts';

/**
 * Looks up the objects around an object: those of its unit and namespace first, then those of the whole workspace.
 * Objects that are patches are no objects of their own and are never found.
 */
export class Surroundings {
  private readonly byKind = new Map<string, Located[]>();
  private readonly byUnitKind = new Map<string, Located[]>();
  private readonly workloadList: Located[] = [];
  private readonly customList: Located[] = [];
  private readonly overlays = new Map<string, Overlay[]>();
  private readonly explicit = new Map<string, Set<string>>();
  private readonly units: Units;
  private lazyLabels: Map<string, Located[]> | undefined;
  private lazySelections: Map<Located['resource'], Located[]> | undefined;

  constructor(files: Iterable<SourceFile>, units: Units) {
    this.units = units;
    for (const [unit, inline] of units.overlays) this.overlays.set(unit, [...inline]);
    for (const file of files) this.add(file);
  }

  private add(file: SourceFile): void {
    const unit = this.units.of(file.uri).id;
    const patch = this.units.isPatch(file.uri);
    for (const document of file.documents) {
      if (patch) {
        const { root } = document.manifest;
        if (root) push(this.overlays, unit, overlayOf(Value.root(root), this.units.targetOf(file.uri)));
        continue;
      }
      for (const resource of document.manifest.resources) {
        const located: Located = { resource, document, file };
        push(this.byKind, resource.groupKind, located);
        push(this.byUnitKind, `${unit} ${resource.groupKind}`, located);
        if (resource.lifetime) this.workloadList.push(located);
        else if (isCustom(resource.groupKind)) this.customList.push(located);
        if (resource.namespace !== undefined) addTo(this.explicit, unit, resource.namespace);
      }
    }
  }

  unitOf(located: Located): Unit {
    return this.units.of(located.file.uri);
  }

  isPatch(located: Located): boolean {
    return this.units.isPatch(located.file.uri);
  }

  /** Namespace an object lands in: its own, the kustomization's, or the only one its unit names; empty when undecided. */
  namespaceOf(located: Located): string {
    const { namespace } = located.resource;
    const unit = this.unitOf(located);
    if (unit.namespace !== undefined) return unit.namespace;
    if (namespace !== undefined) return namespace;
    const only = this.explicit.get(unit.id);
    return only?.size === 1 ? ([...only][0] ?? '') : '';
  }

  private together(a: Located, b: Located): boolean {
    return this.namespaceOf(a) === this.namespaceOf(b);
  }

  /** Objects of a kind (`group/Kind`) in the unit and namespace of an object. */
  inUnit(near: Located, groupKind: string): Located[] {
    const found = this.byUnitKind.get(`${this.unitOf(near).id} ${groupKind}`) ?? [];
    return found.filter((candidate) => this.together(near, candidate));
  }

  /** The same in the whole workspace. */
  anywhere(near: Located, groupKind: string): Located[] {
    return (this.byKind.get(groupKind) ?? []).filter((candidate) => this.together(near, candidate));
  }

  /** Workloads of the unit in the namespace of an object. */
  workloads(near: Located, where: 'unit' | 'workspace'): Located[] {
    const unit = this.unitOf(near).id;
    return this.workloadList.filter(
      (candidate) =>
        (where === 'workspace' || this.unitOf(candidate).id === unit) && this.together(near, candidate),
    );
  }

  /** Workloads whose pods carry the labels a selector asks for. */
  selected(near: Located, selector: Selector): Located[] {
    const first = selector.requirements.find(({ operator, values }) => operator === 'In' && values.length === 1);
    const candidates = first ? (this.labels.get(`${first.key}=${first.values[0]}`) ?? []) : this.workloadList;
    return candidates.filter(
      (candidate) => this.together(near, candidate) && matches(selector, candidate.resource.pod?.labels ?? {}),
    );
  }

  private get labels(): Map<string, Located[]> {
    if (this.lazyLabels) return this.lazyLabels;
    const index = new Map<string, Located[]>();
    for (const workload of this.workloadList)
      for (const [key, value] of Object.entries(workload.resource.pod?.labels ?? {})) push(index, `${key}=${value}`, workload);
    return (this.lazyLabels = index);
  }

  /**
   * Whether pods may exist that a selector finds, as far as anyone can tell: a workload whose labels match, or may match
   * once templates are filled in; in a namespace that is the same or undecided; or made by an operator for one of its objects.
   */
  mayBeSelected(near: Located, selector: Selector): boolean {
    const home = this.namespaceOf(near);
    const reachable = (candidate: Located): boolean => {
      const namespace = this.namespaceOf(candidate);
      return namespace === home || namespace === '' || home === '';
    };
    const fixed = this.units.selectorLabels(this.unitOf(near).id);
    const requirements = selector.requirements.filter(({ key }) => !fixed.has(key));
    const unit = this.unitOf(near).id;
    const found = this.workloadList.some(
      (candidate) => reachable(candidate) && this.mayMatch(candidate, requirements, this.unitOf(candidate).id === unit),
    );
    if (found) return true;
    return this.customList.some((candidate) => reachable(candidate) && operatorMakes(candidate, requirements, this.unitOf(candidate).id === unit));
  }

  /** What template text hides may be any label, but only where both are rendered together. */
  private mayMatch(workload: Located, requirements: readonly Requirement[], sameUnit: boolean): boolean {
    const { pod } = workload.resource;
    if (!pod) return false;
    const hidden = sameUnit && !pod.labelsKnown;
    const patched = this.patched(workload, pod.value.at('metadata', 'labels'));
    return requirements.every(
      (requirement) => meets(requirement, pod.labels) || patched || (hidden && !Object.hasOwn(pod.labels, requirement.key)),
    );
  }

  /** Services of the workspace that select a workload's pods. */
  servicesOf(workload: Located): readonly Located[] {
    if (!this.lazySelections) {
      this.lazySelections = new Map();
      for (const service of this.byKind.get('/Service') ?? []) {
        const selector = readMapSelector(service.resource.value.at('spec', 'selector'));
        if (selector.empty || !selector.known || selector.requirements.length === 0) continue;
        for (const target of this.selected(service, selector)) push(this.lazySelections, target.resource, service);
      }
    }
    return this.lazySelections.get(workload.resource) ?? [];
  }

  /** HorizontalPodAutoscalers and KEDA ScaledObjects that scale a workload. */
  autoscalersOf(workload: Located): Located[] {
    const { kind, apiVersion, name } = workload.resource;
    if (name === undefined) return [];
    return ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject']
      .flatMap((groupKind) => this.anywhere(workload, groupKind))
      .filter(({ resource }) => {
        const target = resource.value.at('spec', 'scaleTargetRef');
        if (target.at('name').text() !== name) return false;
        const targetKind = target.at('kind').text() ?? 'Deployment';
        const targetApi = target.at('apiVersion').text();
        return targetKind === kind && (targetApi === undefined || groupOf(targetApi).group === groupOf(apiVersion).group);
      });
  }

  /** Whether an autoscaler may scale a workload, but template text hides the name of one or the other. */
  hasUnknownAutoscaler(workload: Located): boolean {
    return ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject']
      .flatMap((groupKind) => this.inUnit(workload, groupKind))
      .filter(({ resource }) => workload.resource.name === undefined || resource.value.at('spec', 'scaleTargetRef', 'name').templated)
      .some((scaler) => this.unitOf(workload).type === 'chart' || folderOf(scaler) === folderOf(workload));
  }

  /** Objects of a kind without namespaces, in the whole workspace. */
  clusterWide(groupKind: string): readonly Located[] {
    return this.byKind.get(groupKind) ?? [];
  }

  /**
   * Whether the object's unit changes it at a place when it is built, so that what is written there, or is not, does not
   * decide: kustomize patches and replica counts.
   */
  patched(located: Located, at: Value): boolean {
    const overlays = this.overlays.get(this.unitOf(located).id);
    if (!overlays) return false;
    const { resource } = located;
    const path = at.path.slice(resource.value.path.length);
    return overlays.some((overlay) => addresses(overlay, resource) && writes(overlay, path, resource));
  }

  /** Label keys that the unit sets on selectors and pod templates alike. */
  sharedLabels(located: Located): ReadonlySet<string> {
    return this.units.selectorLabels(this.unitOf(located).id);
  }
}

const folderOf = ({ file }: Located): string => file.uri.slice(0, file.uri.lastIndexOf('/'));

/** Kinds of groups that no Kubernetes release brings: what operators watch. */
const isCustom = (groupKind: string): boolean => {
  const group = groupKind.slice(0, groupKind.indexOf('/'));
  return group.includes('.') && !group.endsWith('.k8s.io') && group !== 'k8s.io';
};

/** Groups whose objects steer what others run: traffic, secrets, scaling, delivery. No pods come of them. */
const withoutPods =
  /^(?:external-secrets\.io|cert-manager\.io|keda\.sh|argoproj\.io|bitnami\.com|kyverno\.io|projectcontour\.io|getambassador\.io|traefik\.(?:io|containo\.us)|.*\.(?:istio\.io|fluxcd\.io|gke\.io|k8s\.aws)|cloud\.google\.com)\/|\/(?:ServiceMonitor|PodMonitor|Probe|PrometheusRule)$/;

/** Pods that an operator makes for its object carry the labels it is given for them, or its name. */
function operatorMakes({ resource }: Located, requirements: readonly Requirement[], sameUnit: boolean): boolean {
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

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

function addTo<Key, Item>(map: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const set = map.get(key);
  if (set) set.add(item);
  else map.set(key, new Set([item]));
}
