/** Error bodies (`kind: Status`) with the texts and details a v1.32 API server sends. */

/** A failed answer: HTTP status, headers and the `Status` body. */
export interface Failure {
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

interface Options {
  readonly reason?: string;
  readonly details?: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

function failure(code: number, message: string, options: Options = {}): Failure {
  return {
    code,
    headers: options.headers ?? {},
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: options.metadata ?? {},
      status: 'Failure',
      message,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(options.details === undefined ? {} : { details: options.details }),
      code,
    },
  };
}

export const unauthorized = (): Failure => failure(401, 'Unauthorized', { reason: 'Unauthorized' });

export const badRequest = (message: string): Failure => failure(400, message, { reason: 'BadRequest' });

/** What a request is about, for the texts of 403 and 404. */
export interface Target {
  readonly group: string;
  readonly resource: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

function detailsOf(target: Target): Record<string, unknown> {
  return {
    ...(target.name === undefined ? {} : { name: target.name }),
    ...(target.group === '' ? {} : { group: target.group }),
    kind: target.resource,
  };
}

function qualified(target: Target): string {
  return target.group === '' ? target.resource : `${target.resource}.${target.group}`;
}

export function forbidden(user: string, verb: string, target: Target): Failure {
  const scope = target.namespace === undefined ? 'at the cluster scope' : `in the namespace "${target.namespace}"`;
  const name = target.name === undefined ? '' : ` "${target.name}"`;
  const message =
    `${qualified(target)}${name} is forbidden: User "${user}" cannot ${verb} resource "${target.resource}" ` +
    `in API group "${target.group}" ${scope}`;
  return failure(403, message, {
    reason: 'Forbidden',
    details: detailsOf(target),
    headers: { 'X-Content-Type-Options': 'nosniff' },
  });
}

export function forbiddenPath(user: string, verb: string, path: string): Failure {
  return failure(403, `forbidden: User "${user}" cannot ${verb} path "${path}"`, {
    reason: 'Forbidden',
    details: {},
    headers: { 'X-Content-Type-Options': 'nosniff' },
  });
}

export function notFound(target: Target): Failure {
  return failure(404, `${qualified(target)} "${target.name ?? ''}" not found`, {
    reason: 'NotFound',
    details: detailsOf(target),
  });
}

export const methodNotAllowed = (): Failure =>
  failure(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  });

/** This server reads JSON only; protobuf bodies, which some clients prefer, are refused. */
export const unsupportedMediaType = (): Failure =>
  failure(415, 'the body of the request was in an unknown format - accepted media types include: application/json', {
    reason: 'UnsupportedMediaType',
    details: {},
  });

export function alreadyExists(target: Target): Failure {
  return failure(409, `${qualified(target)} "${target.name ?? ''}" already exists`, {
    reason: 'AlreadyExists',
    details: detailsOf(target),
  });
}

/** One reason of a 422. */
export interface Cause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden';
  readonly message: string;
  readonly field: string;
}

export function invalid(kind: { group: string; kind: string; name: string }, causes: readonly Cause[]): Failure {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  const type = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return failure(422, `${type} "${kind.name}" is invalid: ${list}`, {
    reason: 'Invalid',
    details: { ...(kind.name === '' ? {} : { name: kind.name }), group: kind.group, kind: kind.kind, causes },
  });
}

/** 422 for list options that contradict each other. */
export function invalidOptions(field: string, text: string): Failure {
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions', name: '' }, [
    { reason: 'FieldValueForbidden', message: `Forbidden: ${text}`, field },
  ]);
}

/** 429 of priority and fairness. `retryAfter` in seconds. */
export const tooManyRequests = (retryAfter: number): Failure =>
  failure(429, 'Too many requests, please try again later.', {
    reason: 'TooManyRequests',
    details: { retryAfterSeconds: retryAfter },
    headers: { 'Retry-After': String(retryAfter) },
  });

export const internalError = (message: string): Failure =>
  failure(500, `Internal error occurred: ${message}`, {
    reason: 'InternalError',
    details: { causes: [{ message }] },
  });

/** A resourceVersion that is no number: the API server answers 500 without a reason. */
export const unparsableVersion = (value: string): Failure =>
  failure(
    500,
    `resourceVersion: Invalid value: ${JSON.stringify(value)}: strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`,
  );

export const gatewayTimeout = (message: string): Failure => failure(504, message, { reason: 'Timeout', details: {} });

export const serviceUnavailable = (): Failure =>
  failure(503, 'the server is currently unable to handle the request', { reason: 'ServiceUnavailable', details: {} });

export const versionTooLarge = (wanted: number, current: number): Failure =>
  failure(504, `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    reason: 'Timeout',
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    headers: { 'Retry-After': '1' },
  });

export const expiredList = (): Failure =>
  failure(410, 'The resourceVersion for the provided list is too old.', { reason: 'Expired' });

const expiredContinueText =
  'The provided continue parameter is too old to display a consistent list result. ' +
  'You can start a new list without the continue parameter, or use the continue token in this response ' +
  'to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - ' +
  'objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

export const expiredContinue = (token: string): Failure =>
  failure(410, expiredContinueText, { reason: 'Expired', metadata: { continue: token } });

/** Sent as an ERROR event on a watch; resources with a watch cache and those without word it differently. */
export function expiredWatch(wanted: number, oldest: number, cached: boolean): Failure {
  const message = cached
    ? `too old resource version: ${wanted} (${oldest})`
    : 'The resourceVersion for the provided watch is too old.';
  return failure(410, message, { reason: 'Expired' });
}
