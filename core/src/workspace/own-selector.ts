import { matches, readLabelSelector, readMapSelector } from '../kube/selector.ts';
import type { Plain } from '../yaml/plain.ts';
import { Value } from '../yaml/value.ts';
import type { Resource } from './manifest.ts';

/** Where a workload says which pods are its own; nowhere for kinds of which that is not declared. */
const selectorAt = ({ declared, value }: Resource): Value => {
  if (!declared) return value.at('spec', 'selector');
  return declared.selector ? value.at(...declared.selector) : Value.root(undefined);
};

const selectorOf = (resource: Resource) => {
  const at = selectorAt(resource);
  return resource.kind === 'ReplicationController'
    ? { at, selector: readMapSelector(at) }
    : { at, selector: readLabelSelector(at) };
};

/**
 * A workload's selector as a metav1.LabelSelector that can be copied elsewhere; undefined where it has none or template
 * text is part of it.
 */
export function ownSelector(resource: Resource): Plain | undefined {
  const { at, selector } = selectorOf(resource);
  const json = at.json() as Plain | undefined;
  if (selector.empty || !selector.known || json === undefined || json === null) return undefined;
  return resource.kind === 'ReplicationController' ? { matchLabels: json } : json;
}

/** Whether a workload's selector finds its own pods, as it must. */
export function selectorFits(resource: Resource): boolean {
  const { selector } = selectorOf(resource);
  return selector.known && matches(selector, resource.pod?.labels ?? {});
}
