/** One EndpointSlice per Service with a selector, kept in step with its pods. */
import type { KubeObject } from '../store.ts';
import { controllerReference, isReady, terminating, type Bench, type Pod } from './types.ts';

/** Brings the slice of a Service up to date. */
export function endpointSlice(bench: Bench, service: KubeObject): void {
  const { store } = bench;
  const { namespace, name } = service.metadata;
  const spec = service['spec'] as {
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; targetPort?: number | string }[];
  };
  if (spec.selector === undefined) return;
  const wanted = Object.entries(spec.selector);
  const pods = (store.list('pods', namespace) as Pod[]).filter(
    (pod) => pod.status.podIP !== undefined && wanted.every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  const endpoints = pods.map((pod) => ({
    addresses: [pod.status.podIP],
    conditions: { ready: isReady(pod) && !terminating(pod), serving: isReady(pod), terminating: terminating(pod) },
    targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    nodeName: pod.spec.nodeName,
  }));
  const ports = (spec.ports ?? []).map((port) => ({
    name: port.name ?? '',
    protocol: 'TCP',
    port: portNumber(pods[0], port.targetPort ?? port.port),
  }));
  const sliceName = `${name}-slice`;
  const old = store.get('endpointslices', namespace, sliceName);
  if (old !== undefined && JSON.stringify(old['endpoints']) === JSON.stringify(endpoints)) return;
  const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': bench.stamp() };
  store.put({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: sliceName,
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      generation: (old?.metadata.generation ?? 0) + 1,
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      annotations,
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    endpoints: endpoints.length === 0 ? null : endpoints,
    ports: endpoints.length === 0 ? null : ports,
  });
}

function portNumber(pod: Pod | undefined, port: number | string): number {
  if (typeof port === 'number') return port;
  const named = pod?.spec.containers.flatMap((container) => container.ports ?? []).find((one) => one.name === port);
  return named?.containerPort ?? 0;
}
