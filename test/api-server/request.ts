/** Reads a request line: which resource, which verb, which options, which representation. */
import { findKind, type ResourceKind } from './kinds.ts';
import type { Access } from './auth.ts';

/** A request for resources, understood. */
export interface ResourceRequest {
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly verb: string;
  readonly query: URLSearchParams;
}

/** What a request asks for in the words of RBAC. */
export function accessOf(request: ResourceRequest): Access {
  const { kind, subresource, verb, namespace } = request;
  const resource = subresource === undefined ? kind.resource : `${kind.resource}/${subresource}`;
  return { verb, group: kind.group, resource, namespace };
}

/** Undefined where the path names no served resource. */
export function parseResourceRequest(method: string, url: URL): ResourceRequest | undefined {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const root = parts.shift();
  const group = root === 'api' ? '' : root === 'apis' ? parts.shift() : undefined;
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;
  let namespace: string | undefined;
  if (parts[0] === 'namespaces' && parts.length > 2) {
    namespace = parts[1];
    parts.splice(0, 2);
  }
  const [resource = '', name, subresource] = parts;
  const kind = findKind(group, version, resource);
  if (kind === undefined || parts.length > 3) return undefined;
  if (namespace !== undefined && !kind.namespaced) return undefined;
  return { kind, namespace, name, subresource, verb: verbOf(method, url.searchParams, name), query: url.searchParams };
}

function verbOf(method: string, query: URLSearchParams, name: string | undefined): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isTrue(query.get('watch'))) return 'watch';
      return name === undefined ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
}

/** Kubernetes takes `1` and `true`. */
export function isTrue(value: string | null): boolean {
  return value === '1' || value?.toLowerCase() === 'true';
}

/** The form of an answer that the client's Accept header asks for. */
export type Representation = 'object' | 'Table' | 'PartialObjectMetadata';

/** The first acceptable form; undefined (406) where the client takes no JSON. */
export function representationOf(accept: string | undefined): Representation | undefined {
  if (accept === undefined || accept.trim() === '') return 'object';
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    if (as === undefined) return 'object';
    if (!parameters.includes('v=v1') || !parameters.includes('g=meta.k8s.io')) continue;
    if (as === 'Table') return 'Table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'PartialObjectMetadata';
  }
  return undefined;
}
