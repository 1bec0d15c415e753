import type { Container, PodTemplate } from '../kube/pod.ts';
import { amountOf } from '../kube/quantity.ts';
import type { KubernetesVersion } from '../kube/version.ts';
import { atLeast } from '../kube/version.ts';
import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';
import { belongTogether } from './together.ts';

/** Which side of `resources`. */
export type Side = 'requests' | 'limits';

const limitRanges = (near: Located, around: Surroundings): Located[] =>
  around.inUnit(near, '/LimitRange').filter((range) => belongTogether(near, range, around));

/** Items of one type of the LimitRanges in an object's unit and namespace. */
export function limitRangeItems(
  near: Located,
  around: Surroundings,
  type: 'Container' | 'Pod' | 'PersistentVolumeClaim',
): { readonly range: Located; readonly item: Value }[] {
  return limitRanges(near, around).flatMap((range) =>
    range.resource.value
      .at('spec', 'limits')
      .items()
      .filter((item) => item.at('type').text() === type)
      .map((item) => ({ range, item })),
  );
}

/**
 * Fields of an item that give a container a value where it has none: `max` becomes the default limit, a default limit
 * the default request, and `min` the default request where nothing else does (defaults of v1 LimitRange).
 */
const defaultFields: Readonly<Record<Side, readonly string[]>> = {
  limits: ['default', 'max'],
  requests: ['defaultRequest', 'default', 'max', 'min'],
};

/** The value a LimitRange gives containers that write none; a value that is unknown counts as given. */
export function defaultFor(near: Located, around: Surroundings, side: Side, name: string): Value | undefined {
  for (const { resource } of limitRanges(near, around)) {
    for (const item of resource.value.at('spec', 'limits').items()) {
      const type = item.at('type');
      if (type.text() !== 'Container' && (!type.templated || type.missing)) continue;
      for (const field of defaultFields[side]) if (!item.at(field, name).missing) return item.at(field, name);
    }
  }
  return undefined;
}

/** Resources of the pod as a whole count from 1.34 on, for cpu, memory and huge pages. */
export const podResources = (pod: PodTemplate, version: KubernetesVersion): Value | undefined =>
  atLeast(version, '1.34') && !pod.spec.at('resources').missing ? pod.spec.at('resources') : undefined;

/**
 * Whether a container will have a request or limit when it runs, or may have: its own, the pod's, a default of its
 * namespace, and for requests also a limit, which the API server copies.
 */
export function mayHave(
  container: Container,
  side: Side,
  name: string,
  located: Located,
  around: Surroundings,
  version: KubernetesVersion,
): boolean {
  const { value, pod } = container;
  const sides: readonly Side[] = side === 'requests' ? ['requests', 'limits'] : ['limits'];
  const whole = podResources(pod, version);
  return (
    sides.some((at) => {
      const own = value.at('resources', at, name);
      return !own.missing || around.patched(located, own) || (whole !== undefined && !whole.at(at, name).missing);
    }) || defaultFor(located, around, side, name) !== undefined
  );
}

/**
 * What a container's field comes to: its own value, its limit where the request is asked for, else a default of its
 * namespace. Undefined when there is none or it cannot be told.
 */
export function effective(
  container: Container,
  side: Side,
  name: string,
  located: Located,
  around: Surroundings,
): { readonly at: Value; readonly amount: number } | undefined {
  const resources = container.value.at('resources');
  const own = resources.at(side, name);
  const limit = resources.at('limits', name);
  const at = !own.missing
    ? own
    : side === 'requests' && !limit.missing
      ? limit
      : defaultFor(located, around, side, name);
  const amount = at && amountOf(at);
  return at === undefined || amount === undefined ? undefined : { at, amount };
}
