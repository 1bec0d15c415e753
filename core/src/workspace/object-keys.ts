import { groupOf, templateRef } from '../kube/kinds.ts';
import type { Requirement, Selector } from '../kube/selector.ts';
import { comparable, readMapSelector } from '../kube/selector.ts';
import { budgetSelector } from './budgets.ts';
import type { Resource } from './manifest.ts';
import { identityOf } from './manifest.ts';

/** Where an object belongs; an undecided namespace is empty. */
export interface Home {
  readonly unit: string;
  readonly namespace: string;
  /** Whether patches of its unit may change it. */
  readonly patchable: boolean;
}

/** Stands for all namespaces in a key; no namespace is called so. */
export const everywhere = '*';

const join = (...parts: readonly string[]): string => parts.join('\0');

/** Keys of the index, by what they find. */
export const keys = {
  kind: (groupKind: string): string => join('kind', groupKind),
  inNamespace: (namespace: string, groupKind: string): string => join('namespace', namespace, groupKind),
  inUnit: (unit: string, namespace: string, groupKind: string): string => join('unit', unit, namespace, groupKind),
  named: (namespace: string, groupKind: string, name: string): string => join('name', namespace, groupKind, name),
  workloads: (namespace: string): string => join('workloads', namespace),
  workloadsOfUnit: (unit: string, namespace: string): string => join('workloads', namespace, unit),
  /** Workloads whose name template text hides, or that have none. */
  unnamed: (unit: string, namespace: string): string => join('unnamed', unit, namespace),
  /** Workloads with an argument that ends in `=` and this name. */
  told: (unit: string, namespace: string, name: string): string => join('told', unit, namespace, name),
  /** Workloads whose pods carry a label. */
  label: (namespace: string, label: string): string => join('label', namespace, label),
  /** Workloads whose pods may carry any label: template text or a patch decides. */
  vague: (namespace: string): string => join('vague', namespace),
  custom: (namespace: string): string => join('custom', namespace),
  /** Workloads that run the pod template of another object, all of them and by that object. */
  borrowers: join('borrowers'),
  borrowing: (namespace: string, groupKind: string, name: string): string =>
    join('borrowing', namespace, groupKind, name),
  /** Services by one label that they ask for. */
  serving: (namespace: string, label: string): string => join('serving', namespace, label),
  /** PodDisruptionBudgets by one label that they ask for; without one, by the empty text. */
  budgets: (namespace: string, label: string): string => join('budgets', namespace, label),
  /** Autoscalers by their target. */
  scaling: (namespace: string, kind: string, name: string): string => join('scaling', namespace, kind, name),
  /** Autoscalers whose target template text hides. */
  scalingUnknown: (unit: string, namespace: string): string => join('scaling?', unit, namespace),
};

/** Kinds that scale workloads. */
const autoscalers: ReadonlySet<string> = new Set(['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject']);

/** Label that every object a selector finds must carry; undefined where none is sure. */
export function surestLabel(requirements: readonly Requirement[]): string | undefined {
  const exact = requirements.find(({ operator, values }) => operator === 'In' && values.length === 1);
  return exact && labelOf(exact.key, exact.values[0] ?? '');
}

export const labelOf = (key: string, value: string): string => `${key}=${value}`;

/** Selector of a Service that finds pods by itself; undefined where it has none, or template text hides it. */
export function serviceSelector({ value }: Resource): Selector | undefined {
  const selector = readMapSelector(value.at('spec', 'selector'));
  return (comparable(selector)?.length ?? 0) === 0 ? undefined : selector;
}

/** Kinds that pods refer to by name, where the namespace of either may be undecided. */
const referred: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  'scheduling.k8s.io/PriorityClass',
]);

/** All keys that an object is found by. */
export function keysOf(resource: Resource, home: Home): string[] {
  const { groupKind, name } = resource;
  const { namespace, unit } = home;
  const found = [keys.kind(groupKind), keys.inNamespace(namespace, groupKind), keys.inUnit(unit, namespace, groupKind)];
  const identity = identityOf(resource);
  if (identity !== undefined) found.push(keys.named(namespace, groupKind, identity));
  if (name !== undefined && referred.has(groupKind)) found.push(keys.named(everywhere, groupKind, name));
  if (resource.lifetime) found.push(...workloadKeys(resource, home));
  else if (isCustom(groupKind)) found.push(keys.custom(namespace), keys.custom(everywhere));
  const ref = templateRef(groupKind, resource.value);
  if (ref && ref !== 'unknown') found.push(keys.borrowers, keys.borrowing(namespace, ref.groupKind, ref.name));
  if (groupKind === '/Service') {
    const selector = serviceSelector(resource);
    const label = selector && surestLabel(comparable(selector) ?? []);
    if (label !== undefined) found.push(keys.serving(namespace, label));
  }
  if (groupKind === 'policy/PodDisruptionBudget') {
    const selector = budgetSelector({ resource });
    if (selector) found.push(keys.budgets(namespace, surestLabel(comparable(selector) ?? []) ?? ''));
  }
  if (autoscalers.has(groupKind)) found.push(...scalerKeys(resource, home));
  return found;
}

/** What stands behind the last `=` of a workload's arguments, where it could be an object's name. */
export function toldNames({ pod }: Resource): readonly string[] {
  const lists = (pod?.containers ?? []).flatMap(({ value }) => [value.at('args'), value.at('command')]);
  return lists.flatMap((list) =>
    list.items().flatMap((item) => /=([a-z0-9][a-z0-9.-]{0,252})$/.exec(item.rawText() ?? '')?.[1] ?? []),
  );
}

function workloadKeys(resource: Resource, { unit, namespace, patchable }: Home): string[] {
  const { pod } = resource;
  const found = [keys.workloads(namespace), keys.workloads(everywhere), keys.workloadsOfUnit(unit, namespace)];
  if (resource.name === undefined) found.push(keys.unnamed(unit, namespace));
  for (const name of new Set(toldNames(resource))) found.push(keys.told(unit, namespace, name));
  for (const [key, value] of Object.entries({ ...pod?.labels, ...pod?.identities }))
    found.push(keys.label(namespace, labelOf(key, value)), keys.label(everywhere, labelOf(key, value)));
  if (patchable || !pod?.labelsKnown) found.push(keys.vague(namespace), keys.vague(everywhere));
  return found;
}

function scalerKeys({ value }: Resource, { unit, namespace }: Home): string[] {
  const target = value.at('spec', 'scaleTargetRef');
  const name = target.at('name').identity();
  if (name === undefined && target.at('name').templated) return [keys.scalingUnknown(unit, namespace)];
  return name === undefined ? [] : [keys.scaling(namespace, target.at('kind').text() ?? 'Deployment', name)];
}

/** Whether an autoscaler's target is of an object's API group; an absent version fits any. */
export function aimsAtGroup({ value }: Resource, apiVersion: string): boolean {
  const target = value.at('spec', 'scaleTargetRef', 'apiVersion').text();
  return target === undefined || groupOf(target).group === groupOf(apiVersion).group;
}

/** Kinds of groups that no Kubernetes release brings: what operators watch. */
function isCustom(groupKind: string): boolean {
  const group = groupKind.slice(0, groupKind.indexOf('/'));
  return group.includes('.') && !group.endsWith('.k8s.io') && group !== 'k8s.io';
}
