import type { Known } from '../lint/configuration.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/** Objects that Helm creates around an installation or upgrade, and that do not stay. */
export const isHelmHook = ({ resource }: Located): boolean =>
  resource.value.at('metadata', 'annotations').has('helm.sh/hook');

/** Whether availability is not to be judged here: hooks, and namespaces that the configuration leaves alone. */
export function isAvailabilityExempt(located: Located, around: Surroundings, known: Known): boolean {
  // Only a namespace that is written counts: one that is guessed from the neighbours may be another.
  const namespace = around.unitOf(located).namespace ?? located.resource.namespace ?? '';
  return isHelmHook(located) || known.namespaces.includes(namespace);
}

/** Folders of overlays that are meant for a machine with one node. */
const oneNode =
  /\/(?:overlays|environments|envs?)\/(?:dev|devel|development|local|kind|k3d|minikube|single-node)(?:\/|$)/;

/** Whether an object belongs to an overlay for a single node, where spreading means nothing. */
export const isForOneNode = ({ file }: Located): boolean => oneNode.test(file.uri);
