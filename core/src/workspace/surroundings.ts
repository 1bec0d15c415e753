import { groupOf } from '../kube/kinds.ts';
import type { Selector } from '../kube/selector.ts';
import { matches, readMapSelector } from '../kube/selector.ts';
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
  private readonly patchList: Located[] = [];
  private readonly explicit = new Map<string, Set<string>>();
  private readonly units: Units;
  private lazyLabels: Map<string, Located[]> | undefined;
  private lazySelections: Map<Located['resource'], Located[]> | undefined;

  constructor(files: Iterable<SourceFile>, units: Units) {
    this.units = units;
    for (const file of files) this.add(file);
  }

  private add(file: SourceFile): void {
    const unit = this.units.of(file.uri).id;
    const patch = this.units.isPatch(file.uri);
    for (const document of file.documents) {
      for (const resource of document.manifest.resources) {
        const located: Located = { resource, document, file };
        if (patch) {
          this.patchList.push(located);
          continue;
        }
        push(this.byKind, resource.groupKind, located);
        push(this.byUnitKind, `${unit} ${resource.groupKind}`, located);
        if (resource.lifetime) this.workloadList.push(located);
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

  /** Patches of the unit that speak of an object, by kind and name. */
  patchesOf(located: Located): Located[] {
    if (this.patchList.length === 0) return [];
    const unit = this.unitOf(located).id;
    const { kind, name } = located.resource;
    return this.patchList.filter(
      (patch) => patch.resource.kind === kind && patch.resource.name === name && this.unitOf(patch).id === unit,
    );
  }
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
