import type { Value } from '../yaml/value.ts';

export type ProbeName = 'livenessProbe' | 'readinessProbe' | 'startupProbe';
export const probeNames: readonly ProbeName[] = ['livenessProbe', 'readinessProbe', 'startupProbe'];
export type HandlerName = 'httpGet' | 'tcpSocket' | 'grpc' | 'exec';
const handlerNames: readonly HandlerName[] = ['httpGet', 'tcpSocket', 'grpc', 'exec'];

/** How a probe asks. */
export interface Handler {
  readonly name: HandlerName;
  readonly value: Value;
}

/** A probe with the API's defaults applied. Seconds and counts; undefined where template text hides the value. */
export interface Probe {
  readonly name: ProbeName;
  readonly value: Value;
  /** The first handler, and there should be no other. */
  readonly handler: Handler | undefined;
  /** Every handler that is written, in the order of the API's fields; empty ones too. */
  readonly handlers: readonly Handler[];
  readonly initialDelaySeconds: number | undefined;
  readonly periodSeconds: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly failureThreshold: number | undefined;
  readonly successThreshold: number | undefined;
  /** failureThreshold × periodSeconds: how long the container keeps failing before the kubelet acts. */
  readonly windowSeconds: number | undefined;
  /** initialDelaySeconds plus that window: how long a container that never answers lives. */
  readonly budgetSeconds: number | undefined;
}

/** Defaults of core/v1 Probe (API field documentation). */
const defaults = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
  successThreshold: 1,
} as const;

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
  const handlers = handlersOf(value);
  const initialDelaySeconds = field('initialDelaySeconds');
  const periodSeconds = field('periodSeconds');
  const failureThreshold = field('failureThreshold');
  const windowSeconds = product(periodSeconds, failureThreshold);
  return {
    name,
    value,
    handler: handlers[0],
    handlers,
    initialDelaySeconds,
    periodSeconds,
    timeoutSeconds: field('timeoutSeconds'),
    failureThreshold,
    successThreshold: field('successThreshold'),
    windowSeconds,
    budgetSeconds:
      initialDelaySeconds === undefined || windowSeconds === undefined
        ? undefined
        : initialDelaySeconds + windowSeconds,
  };
}

const product = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a * b;

const handlersOf = (value: Value): Handler[] =>
  handlerNames.filter((name) => value.at(name).exists).map((name) => ({ name, value: value.at(name) }));

/**
 * Whether a probe has exactly one handler with something in it, as the API wants; anything else is rejected, so that
 * what the handler asks does not matter. Undecided counts as valid.
 */
export function asksOneThing({ handlers, value }: Probe): boolean {
  if (value.open) return true;
  const [only, ...others] = handlers;
  return only !== undefined && others.length === 0 && !isEmptyMap(only.value);
}

/** `{}`, which counts as written. */
export const isEmptyMap = (value: Value): boolean => value.isMap && !value.open && value.entries().length === 0;

export type HookName = 'postStart' | 'preStop';
export type HookHandlerName = 'exec' | 'httpGet' | 'tcpSocket' | 'sleep';
const hookHandlerNames: readonly HookHandlerName[] = ['exec', 'httpGet', 'tcpSocket', 'sleep'];

/** A lifecycle hook of a container. */
export interface Hook {
  readonly name: HookName;
  readonly value: Value;
  readonly handlers: readonly { readonly name: HookHandlerName; readonly value: Value }[];
}

/** Lifecycle hooks that a container writes. */
export function readHooks(container: Value): Hook[] {
  return (['postStart', 'preStop'] as const).flatMap((name): Hook[] => {
    const value = container.at('lifecycle', name);
    if (value.missing) return [];
    const handlers = hookHandlerNames.filter((handler) => value.at(handler).exists);
    return [{ name, value, handlers: handlers.map((handler) => ({ name: handler, value: value.at(handler) })) }];
  });
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
export function handlerPort(handler: Handler, ports: readonly Port[]): number | undefined {
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
  return JSON.stringify([
    name,
    port,
    value.at('path').text() ?? '/',
    value.at('scheme').text() ?? 'HTTP',
    value.at('host').text() ?? '',
    headers,
  ]);
}

/** What a handler asks, in a few words for a message. */
export function showHandler({ name, value }: Handler): string {
  const port = value.at('port').rawText() ?? '?';
  switch (name) {
    case 'httpGet':
      return `GET ${value.at('path').rawText() ?? '/'} (${port})`;
    case 'tcpSocket':
      return `tcp ${port}`;
    case 'grpc':
      return `grpc ${port}`;
    case 'exec': {
      const words = value
        .at('command')
        .items()
        .map((item) => item.rawText() ?? '…');
      const text = words.join(' ');
      return text.length > 60 ? `${text.slice(0, 59)}…` : text;
    }
  }
}
