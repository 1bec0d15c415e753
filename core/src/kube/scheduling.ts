/** What pods ask of the scheduler: spread constraints, affinity terms, node selection. */
import type { Value } from '../yaml/value.ts';
import { matches, readLabelSelector } from './selector.ts';

/** One term of podAntiAffinity or podAffinity. */
export interface AffinityTerm {
  readonly required: boolean;
  /** Item of the list; a preferred one also has a weight. */
  readonly entry: Value;
  /** labelSelector, namespaces and topologyKey. */
  readonly term: Value;
}

/** Terms of a pod spec's podAntiAffinity or podAffinity; undefined where template text may add some. */
export function affinityTerms(
  spec: Value,
  kind: 'podAntiAffinity' | 'podAffinity',
): readonly AffinityTerm[] | undefined {
  const affinity = spec.at('affinity', kind);
  const required = affinity.at('requiredDuringSchedulingIgnoredDuringExecution');
  const preferred = affinity.at('preferredDuringSchedulingIgnoredDuringExecution');
  if (affinity.open || required.open || preferred.open) return undefined;
  return [
    ...required.items().map((entry) => ({ required: true, entry, term: entry })),
    ...preferred.items().map((entry) => ({ required: false, entry, term: entry.at('podAffinityTerm') })),
  ];
}

/**
 * Whether a term finds pods with these labels in this namespace; undefined where it cannot be told. Without labelSelector
 * it finds none; namespaces and namespaceSelector add up, and without both only the pod's own namespace counts.
 */
export function termFinds(
  term: Value,
  labels: Readonly<Record<string, string>>,
  namespace: string,
): boolean | undefined {
  const written = term.at('labelSelector');
  if (term.open || !term.isMap) return undefined;
  if (written.missing) return false;
  const selector = readLabelSelector(written);
  if (!selector.known || !term.at('mismatchLabelKeys').missing) return undefined;
  return matches(selector, labels) ? coversNamespace(term, namespace) : false;
}

/** Whether a term looks into a namespace; an undecided one is empty. */
export function coversNamespace(term: Value, namespace: string): boolean | undefined {
  const names = term.at('namespaces');
  const selector = term.at('namespaceSelector');
  const listed = names.items().map((item) => item.text());
  if (selector.missing && !names.unknown && listed.length === 0) return true;
  if (selector.isMap && !selector.open && selector.entries().length === 0) return true;
  if (namespace === '' || names.open || listed.includes(undefined)) return undefined;
  if (listed.includes(namespace)) return true;
  return selector.missing ? false : undefined;
}

/** Expressions of the terms of a NodeSelector: all expressions of a term must hold, one term is enough. */
export const nodeTerms = (selector: Value): readonly Value[] => selector.at('nodeSelectorTerms').items();

/** Every place in a pod spec where a label of nodes is named: value that holds it, or the map entry it is the key of. */
export interface NodeLabel {
  readonly label: string;
  /** `key`: the last step of the path is the label itself. */
  readonly form: 'key' | 'text';
  readonly at: Value;
}

/** Node labels that a pod spec names: nodeSelector, affinity, spread constraints. */
export function nodeLabels(spec: Value): NodeLabel[] {
  const affinity = spec.at('affinity');
  const preferred = affinity.at('nodeAffinity', 'preferredDuringSchedulingIgnoredDuringExecution').items();
  const terms = [
    ...nodeTerms(affinity.at('nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')),
    ...preferred.map((item) => item.at('preference')),
  ];
  const pods = (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => [
    ...affinity.at(kind, 'requiredDuringSchedulingIgnoredDuringExecution').items(),
    ...affinity
      .at(kind, 'preferredDuringSchedulingIgnoredDuringExecution')
      .items()
      .map((item) => item.at('podAffinityTerm')),
  ]);
  return [
    ...spec
      .at('nodeSelector')
      .entries()
      .map(({ key, value }): NodeLabel => ({ label: key, form: 'key', at: value })),
    ...terms.flatMap(expressionLabels),
    ...[...spec.at('topologySpreadConstraints').items(), ...pods].flatMap((item) => textLabel(item.at('topologyKey'))),
  ];
}

/** Labels that the expressions of one node selector term name. */
export const expressionLabels = (term: Value): NodeLabel[] =>
  term
    .at('matchExpressions')
    .items()
    .flatMap((item) => textLabel(item.at('key')));

/** A value that names a label. */
export function textLabel(at: Value): NodeLabel[] {
  const label = at.text();
  return label === undefined ? [] : [{ label, form: 'text', at }];
}
