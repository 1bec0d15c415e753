import { templateRef } from '../kube/kinds.ts';
import type { Requirement, Selector } from '../kube/selector.ts';
import { comparable, finds, meets } from '../kube/selector.ts';
import { buildsOf, resolvedIn, unitIn } from './frame.ts';
import { lenderOf } from './lenders.ts';
import type { Resource } from './manifest.ts';
import { everywhere, keys, labelOf, serviceSelector, surestLabel } from './object-keys.ts';
import type { Located } from './project.ts';
import type { Sight } from './sight.ts';

/** Workloads whose pods a selector certainly finds. */
export function selectedBy(sight: Sight, near: Located, selector: Selector): Located[] {
  const requirements = comparable(selector);
  if (!requirements) return [];
  const namespace = sight.namespaceOf(near);
  const label = surestLabel(requirements);
  const candidates = sight.get(label === undefined ? keys.workloads(namespace) : keys.label(namespace, label));
  return sight.located(candidates).filter(({ resource: { pod } }) => finds(selector, pod ?? noLabels));
}

const noLabels = { labels: {}, identities: {} };

/**
 * Whether pods may exist that a selector finds, as far as anyone can tell: a workload whose labels match, or may match
 * once templates are filled in; in a namespace that is the same or undecided; or made by an operator for one of its objects.
 * @param hidden whether labels that template text hides count as any
 */
export function mayBeSelected(sight: Sight, near: Located, selector: Selector, hidden: 'any' | 'none'): boolean {
  const home = sight.namespaceOf(near);
  const namespaces = home === '' ? [everywhere] : [home, ''];
  const unit = sight.unitOf(near).id;
  const fixed = sight.frame.units.selectorLabels(unit);
  const requirements = selector.requirements.filter(({ key }) => !fixed.has(key));
  const label = surestLabel(requirements);
  const sameUnit = (candidate: Resource): boolean => hidden === 'any' && unitIn(sight.frame, candidate).id === unit;
  const mayFit = (candidate: Resource): boolean => mayMatch(sight, candidate, requirements, sameUnit(candidate));
  if (label === undefined) {
    if (namespaces.some((namespace) => sight.get(keys.workloads(namespace)).some(mayFit))) return true;
  } else {
    if (namespaces.some((namespace) => sight.get(keys.label(namespace, label)).some(mayFit))) return true;
    if (namespaces.some((namespace) => sight.get(keys.vague(namespace)).some(mayFit))) return true;
  }
  return namespaces.some((namespace) =>
    sight
      .get(keys.custom(namespace))
      .some(
        (candidate) =>
          operatorMakes(candidate, requirements, sameUnit(candidate)) || runsUnseenTemplate(sight, candidate),
      ),
  );
}

/** Whether nothing is known of the labels of a workload's pods. */
function runsUnseenTemplate(sight: Sight, resource: Resource): boolean {
  if (!templateRef(resource.groupKind, resource.value)) return false;
  return sight.built([resource]).every((workload) => !lenderOf(sight, workload));
}

/** What template text hides may be any label, but only where both are rendered together. */
function mayMatch(sight: Sight, workload: Resource, requirements: readonly Requirement[], sameUnit: boolean): boolean {
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
  return buildsOf(sight.frame, workload).some((build) => {
    const made = resolvedIn(sight.frame, build, workload);
    return made === undefined || (made !== workload && fits(made));
  });
}

/** What was filed under a workload's labels, in its namespace. */
function byLabels(
  sight: Sight,
  workload: Located,
  keyOf: (namespace: string, label: string) => string,
  others: readonly string[],
): Resource[] {
  const namespace = sight.namespaceOf(workload);
  const { pod } = workload.resource;
  const labels = Object.entries({ ...pod?.labels, ...pod?.identities }).map(([key, value]) => labelOf(key, value));
  const found = new Set([...labels, ...others].flatMap((label) => sight.get(keyOf(namespace, label))));
  return [...found].sort((a, b) => sight.compare(a, b));
}

/** Services of the workspace that certainly select a workload's pods. */
export function servicesOf(sight: Sight, workload: Located): Located[] {
  const pod = workload.resource.pod ?? noLabels;
  return sight.located(byLabels(sight, workload, keys.serving, [])).filter(({ resource }) => {
    const selector = serviceSelector(resource);
    return selector !== undefined && finds(selector, pod);
  });
}

/** PodDisruptionBudgets that may speak of a workload's pods: what their selectors ask beyond one label is to be checked. */
export const budgetsFor = (sight: Sight, workload: Located): Located[] =>
  sight.located(byLabels(sight, workload, keys.budgets, ['']));

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
