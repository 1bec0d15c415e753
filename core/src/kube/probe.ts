import type { Value } from '../yaml/value.ts';

export type ProbeName = 'livenessProbe' | 'readinessProbe' | 'startupProbe';
export const probeNames: readonly ProbeName[] = ['livenessProbe', 'readinessProbe', 'startupProbe'];
export type HandlerName = 'httpGet' | 'tcpSocket' | 'grpc' | 'exec';
const handlerNames: readonly HandlerName[] = ['httpGet', 'tcpSocket', 'grpc', 'exec'];

/** A probe with the API's defaults applied. Seconds and counts; undefined where template text hides the value. */
export interface Probe {
  readonly name: ProbeName;
  readonly value: Value;
  readonly handler: { readonly name: HandlerName; readonly value: Value } | undefined;
  readonly initialDelaySeconds: number | undefined;
  readonly periodSeconds: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly failureThreshold: number | undefined;
  readonly successThreshold: number | undefined;
  /** failureThreshold × periodSeconds: how long the container keeps failing before the kubelet acts. */
  readonly windowSeconds: number | undefined;
}

/** Defaults of core/v1 Probe (API field documentation). */
const defaults = { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, successThreshold: 1 } as const;

/** Reads a container's probe; undefined when it is certainly absent (null counts as absent). */
export function readProbe(container: Value, name: ProbeName): Probe | undefined {
  const value = container.at(name);
  if (value.missing) return undefined;
  const field = (key: keyof typeof defaults): number | undefined => {
    const written = value.at(key);
    if (written.missing) return defaults[key];
    const number = written.number();
    // The server reads 0 as "not set" for all of these but the delay.
    return number === 0 ? defaults[key] : number;
  };
  const handler = handlerNames.find((candidate) => value.at(candidate).exists);
  const periodSeconds = field('periodSeconds');
  const failureThreshold = field('failureThreshold');
  return {
    name,
    value,
    handler: handler && { name: handler, value: value.at(handler) },
    initialDelaySeconds: field('initialDelaySeconds'),
    periodSeconds,
    timeoutSeconds: field('timeoutSeconds'),
    failureThreshold,
    successThreshold: field('successThreshold'),
    windowSeconds: periodSeconds === undefined || failureThreshold === undefined ? undefined : periodSeconds * failureThreshold,
  };
}

/** A container port as declared. */
export interface Port {
  readonly name: string | undefined;
  readonly number: number | undefined;
  readonly protocol: string;
  readonly value: Value;
}

/** Declared ports of a container; protocol defaults to TCP. */
export function readPorts(container: Value): readonly Port[] {
  return container
    .at('ports')
    .items()
    .map((value) => ({
      value,
      name: value.at('name').text(),
      number: value.at('containerPort').number(),
      protocol: value.at('protocol').text() ?? 'TCP',
    }));
}

/** Port number a handler asks, with names resolved inside the container; undefined for exec, unknown names and template text. */
export function handlerPort(handler: { readonly name: HandlerName; readonly value: Value }, ports: readonly Port[]): number | undefined {
  if (handler.name === 'exec') return undefined;
  const port = handler.value.at('port').intOrString();
  if (typeof port === 'string') return ports.find(({ name }) => name === port)?.number;
  return port;
}

/**
 * A handler in a form that two equal ones share: defaults applied, named ports resolved.
 * Undefined when any of it is unknown.
 */
export function canonicalHandler(probe: Probe, ports: readonly Port[]): string | undefined {
  const { handler } = probe;
  if (!handler) return undefined;
  const { name, value } = handler;
  if (name === 'exec') {
    const command = value.at('command').json();
    return command === undefined ? undefined : JSON.stringify([name, command]);
  }
  const port = handlerPort(handler, ports) ?? value.at('port').intOrString();
  if (port === undefined) return undefined;
  if (name === 'tcpSocket') return JSON.stringify([name, port, value.at('host').text() ?? '']);
  if (name === 'grpc') return JSON.stringify([name, port, value.at('service').text() ?? '']);
  if (value.at('path').templated) return undefined;
  const headers = value.at('httpHeaders').missing ? [] : value.at('httpHeaders').json();
  if (headers === undefined) return undefined;
  return JSON.stringify([name, port, value.at('path').text() ?? '/', value.at('scheme').text() ?? 'HTTP', value.at('host').text() ?? '', headers]);
}

/** What a handler asks, in a few words for a message. */
export function showHandler({ name, value }: { readonly name: HandlerName; readonly value: Value }): string {
  const port = value.at('port').rawText() ?? '?';
  switch (name) {
    case 'httpGet':
      return `GET ${value.at('path').rawText() ?? '/'} (${port})`;
    case 'tcpSocket':
      return `tcp ${port}`;
    case 'grpc':
      return `grpc ${port}`;
    case 'exec': {
      const words = value.at('command').items().map((item) => item.rawText() ?? '…');
      const text = words.join(' ');
      return text.length > 60 ? `${text.slice(0, 59)}…` : text;
    }
  }
}
