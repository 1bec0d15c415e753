import type { Container, PodTemplate } from '../kube/pod.ts';
import type { Port } from '../kube/probe.ts';
import type { Located } from './project.ts';

/** A declared port of a container that a Service sends traffic to. */
export interface Target {
  readonly service: Located;
  readonly port: Port;
}

/** Declared ports of a container that the Services aim at, by name or number; targetPort defaults to port. */
export function targetsOf(container: Container, services: readonly Located[]): Target[] {
  return services.flatMap((service) =>
    service.resource.value
      .at('spec', 'ports')
      .items()
      .flatMap((entry): Target[] => {
        const wanted = entry.at('targetPort').missing ? entry.at('port').number() : entry.at('targetPort').intOrString();
        const port = container.ports.find((candidate) => wanted !== undefined && (candidate.name === wanted || candidate.number === wanted));
        return port ? [{ service, port }] : [];
      }),
  );
}

/** Containers whose ports are the pod's for as long as it runs: main ones and sidecars. */
export const servingContainers = (pod: PodTemplate): readonly Container[] => pod.containers.filter(({ role }) => role !== 'init');
