import type { Requirement, Selector } from '../kube/selector.ts';
import { meets, showRequirement, unmet } from '../kube/selector.ts';
import type { Known } from '../lint/configuration.ts';
import type { Data, Related } from '../lint/rule.ts';
import { editDistance } from '../text/nearest.ts';
import type { Operation } from '../yaml/edit.ts';
import type { Path } from '../yaml/value.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';
import { belongTogether } from './together.ts';

/** Labels that controllers give pods beside those of the template. */
const added =
  /^(?:statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|pod-template-hash|rollouts-pod-template-hash|controller-revision-hash|(?:batch\.kubernetes\.io\/)?(?:job-name|controller-uid|job-completion-index))$/;

/** A selector without those labels: they match whatever the template says. */
export const withoutAdded = (selector: Selector): Selector => ({
  ...selector,
  requirements: selector.requirements.filter(({ key }) => !added.test(key)),
});

/** Whether a selector asks for a label that operators give their pods, as the configuration says. */
export const asksForKnown = ({ requirements }: Selector, { selectors }: Known): boolean =>
  requirements.some(({ key, values }) => selectors.some((entry) => `${key}=${values[0]}`.includes(entry)));

/** Labels that say which program a pod runs. Where one has another value, other pods are meant. */
const identity = /^(?:app|name|k8s-app|run|component|app\.kubernetes\.io\/(?:name|component))$/;

/** Pods that come close to what a selector asks for. */
export interface Closest {
  readonly workload: Located;
  readonly missing: readonly Requirement[];
  /** All labels but one fit, or the only one is a slip of the pen. */
  readonly near: boolean;
}

/** The workload whose pods fit the selector best; undefined when none has anything in common with it. */
function findClosest(near: Located, selector: Selector, around: Surroundings): Closest | undefined {
  const { requirements } = selector;
  let best: Closest | undefined;
  for (const workload of around.workloads(near, 'workspace')) {
    const pod = workload.resource.pod;
    if (!pod?.labelsKnown) continue;
    const missing = unmet(selector, pod.labels);
    if (missing.some((requirement) => isAnother(requirement, pod.labels))) continue;
    const slip = missing.length === 1 && isSlip(missing[0], pod.labels);
    const near = missing.length === 1 && (requirements.length > 1 || slip);
    if (!near && missing.length === requirements.length) continue;
    const better = !best || missing.length < best.missing.length || (missing.length === best.missing.length && slip);
    if (better) best = { workload, missing, near };
  }
  return best;
}

/**
 * The pods that come closest to a selector that finds none; `found` where it may find some. Pods whose labels template
 * text hides may be meant, but outside of charts a near miss in the same place outweighs those of other places.
 */
export function closestOf(near: Located, selector: Selector, around: Surroundings): Closest | 'found' | undefined {
  if (around.mayBeSelected(near, selector, 'none')) return 'found';
  const closest = findClosest(near, selector, around);
  if (!around.mayBeSelected(near, selector)) return closest;
  const isHere = (workload: Located): boolean => belongTogether(near, workload, around);
  const hidden = around
    .workloads(near, 'unit')
    .some((workload) => !workload.resource.pod?.labelsKnown && isHere(workload));
  return closest?.near === true && around.unitOf(near).type !== 'chart' && !hidden && isHere(closest.workload)
    ? closest
    : 'found';
}

/** What a rule says of pods that a selector nearly finds: a label is missing, or has another value. */
export function nearMissOf({ workload, missing }: Closest): {
  readonly message: 'lacks' | 'differs';
  readonly data: Data;
  readonly related: readonly Related[];
} {
  const { pod, kind, name, value } = workload.resource;
  const key = missing[0]?.key ?? '';
  const actual = pod?.labels[key];
  return {
    message: actual === undefined ? 'lacks' : 'differs',
    data: {
      wanted: missing.map(showRequirement).join(', '),
      kind,
      workload: name ?? '…',
      actual: `${key}=${actual}`,
    },
    related: [{ located: workload, at: pod?.value.at('metadata', 'labels') ?? value, message: 'candidate' }],
  };
}

function isSlip(requirement: Requirement | undefined, labels: Readonly<Record<string, string>>): boolean {
  const [wanted, actual] = [requirement?.values[0], labels[requirement?.key ?? '']];
  return wanted !== undefined && actual !== undefined && actual.length > 2 && editDistance(wanted, actual, 2) <= 2;
}

function isAnother(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  return identity.test(requirement.key) && requirement.key in labels && !isSlip(requirement, labels);
}

/** Each label that does not fit takes the value of the pods, or goes where they have none; undefined for other requirements. */
export function labelsToFit({ workload, missing }: Closest, path: Path): Operation[] | undefined {
  const labels = workload.resource.pod?.labels ?? {};
  if (!missing.every(({ operator, values }) => operator === 'In' && values.length === 1)) return undefined;
  return missing.map((requirement): Operation => {
    const at = [...path, requirement.key];
    const value = labels[requirement.key];
    return value === undefined || meets(requirement, labels)
      ? { op: 'remove', path: at }
      : { op: 'set', path: at, value };
  });
}
