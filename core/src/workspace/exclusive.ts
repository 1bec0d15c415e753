import type { PodTemplate } from '../kube/pod.ts';
import { mountedClaims } from './claims.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/** Ports of the node that a pod takes for itself; undefined entries are template text. */
export function hostPorts(pod: PodTemplate): readonly (number | undefined)[] {
  const host = pod.spec.at('hostNetwork').boolean() === true;
  return pod.containers
    .filter(({ role }) => role !== 'init')
    .flatMap(({ ports }) =>
      ports.flatMap(({ value, number }) => {
        const port = value.at('hostPort');
        if (!port.missing && port.number() !== 0) return [port.number()];
        return host ? [number] : [];
      }),
    );
}

/**
 * Whether two pods of a workload may be unable to run side by side, so that an update has to stop the old one first: they
 * take a port of the node, or a volume that one node or one pod at a time may use.
 */
export function bindsToOnePod(workload: Located, around: Surroundings): boolean {
  const pod = workload.resource.pod;
  return (
    pod !== undefined &&
    (hostPorts(pod).length > 0 || mountedClaims(workload, around).some(({ access }) => access !== 'many'))
  );
}
