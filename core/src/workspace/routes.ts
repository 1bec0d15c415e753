import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';

/** A Service that an Ingress or a route sends requests to. */
export interface Backend {
  /** The whole reference. */
  readonly value: Value;
  readonly name: Value;
  /** Absent where the object's own namespace is meant. */
  readonly namespace: string | undefined;
  /** Number or name of the port; missing where none is written. */
  readonly port: Value;
}

/** Kinds that send requests to Services. */
export const routeKinds: readonly string[] = [
  'networking.k8s.io/Ingress',
  'extensions/Ingress',
  ...['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'].map((kind) => `gateway.networking.k8s.io/${kind}`),
];

/** Backends of an Ingress or route that are Services; other resources are left out. */
export function backendsOf({ resource }: Located): Backend[] {
  const spec = resource.value.at('spec');
  if (resource.kind !== 'Ingress') return routeBackends(spec);
  const paths = spec
    .at('rules')
    .items()
    .flatMap((rule) => rule.at('http', 'paths').items());
  const backends = [spec.at('defaultBackend'), spec.at('backend'), ...paths.map((path) => path.at('backend'))];
  return backends.filter((backend) => backend.isMap).flatMap(ingressBackend);
}

/** In v1 the Service has a map of its own, in v1beta1 two fields. */
function ingressBackend(value: Value): Backend[] {
  if (value.has('serviceName'))
    return [{ value, name: value.at('serviceName'), namespace: undefined, port: value.at('servicePort') }];
  const service = value.at('service');
  if (!service.isMap) return [];
  const port = service.at('port');
  const number = port.at('number');
  return [{ value, name: service.at('name'), namespace: undefined, port: number.missing ? port.at('name') : number }];
}

const routeBackends = (spec: Value): Backend[] =>
  spec
    .at('rules')
    .items()
    .flatMap((rule) => rule.at('backendRefs').items())
    .filter(
      (ref) =>
        (ref.at('kind').missing || ref.at('kind').text() === 'Service') &&
        (ref.at('group').missing || ref.at('group').text() === ''),
    )
    .map((value) => ({
      value,
      name: value.at('name'),
      namespace: value.at('namespace').text(),
      port: value.at('port'),
    }));
