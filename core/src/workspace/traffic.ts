import type { Container, PodTemplate } from '../kube/pod.ts';
import type { Port } from '../kube/probe.ts';
import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';
import { belongTogether } from './together.ts';

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
        const wanted = entry.at('targetPort').missing
          ? entry.at('port').number()
          : entry.at('targetPort').intOrString();
        const port = container.ports.find(
          (candidate) => wanted !== undefined && (candidate.name === wanted || candidate.number === wanted),
        );
        return port ? [{ service, port }] : [];
      }),
  );
}

/** One port of a Service with its defaults. */
export interface ServicePort {
  readonly value: Value;
  readonly name: string | undefined;
  readonly number: number | undefined;
  readonly protocol: string;
  /** Where it leads: targetPort, else the port itself (0 counts as omitted); undefined where template text decides. */
  readonly target: number | string | undefined;
  /** Value that says so. */
  readonly at: Value;
}

/** Ports of a Service; protocol defaults to TCP. */
export const servicePorts = ({ resource }: Located): readonly ServicePort[] =>
  resource.value
    .at('spec', 'ports')
    .items()
    .map((value) => {
      const written = value.at('targetPort');
      const at = written.missing || written.number() === 0 ? value.at('port') : written;
      return {
        value,
        name: value.at('name').text(),
        number: value.at('port').number(),
        protocol: value.at('protocol').text() ?? 'TCP',
        target: at.templated ? undefined : at.intOrString(),
        at,
      };
    });

/** Containers whose ports are the pod's for as long as it runs: main ones and sidecars. */
export const servingContainers = (pod: PodTemplate): readonly Container[] =>
  pod.containers.filter(({ role }) => role !== 'init');

/** Whether a Service is there for measurements only: whoever collects them waits for a restart without harm. */
export function isForMetrics({ resource }: Located): boolean {
  const ports = resource.value.at('spec', 'ports').items();
  const names = ports.map((port) => (port.at('name').missing ? port.at('targetPort') : port.at('name')));
  // What template text hides may be called so.
  return (
    names.length > 0 &&
    names.every(
      (name) =>
        (name.templated && !name.missing) ||
        /(?:^|-)(?:\w*metrics(?:https?)?|prometheus|telemetry)(?:-|$)/.test(name.text() ?? ''),
    )
  );
}

/** Services that send requests to a workload's pods, those beside it first: variants elsewhere may have its labels. */
export function servicesFor(workload: Located, around: Surroundings): readonly Located[] {
  const services = around.servicesOf(workload);
  if (services.length < 2) return services;
  const beside = new Set(services.filter((service) => belongTogether(workload, service, around)));
  return [...beside, ...services.filter((service) => !beside.has(service))];
}

/** The Service whose requests a workload's pods answer; those for measurements do not count. */
export const serviceFor = (workload: Located, around: Surroundings): Located | undefined =>
  servicesFor(workload, around).find((service) => !isForMetrics(service));
