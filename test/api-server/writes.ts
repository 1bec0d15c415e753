/** The few writes the server takes: creating and deleting objects, with the refusals a client meets. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { apiVersionOf, type ResourceKind } from './kinds.ts';
import type { ResourceRequest } from './request.ts';
import { sendFailure, sendJson } from './respond.ts';
import {
  alreadyExists,
  badRequest,
  invalid,
  methodNotAllowed,
  notFound,
  unsupportedMediaType,
  type Cause,
  type Failure,
} from './status.ts';
import type { ClusterStore, KubeObject } from './store.ts';

const largestBody = 3 * 1024 * 1024;

/** Reads a JSON object; `type` is the kind expected, for the text of the refusal. */
export async function readJson(
  request: IncomingMessage,
  type: string,
): Promise<{ object: Record<string, unknown> } | { failure: Failure }> {
  if (!/^(application\/json|$)/.test(request.headers['content-type'] ?? '')) return { failure: unsupportedMediaType() };
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestBody) return { failure: badRequest('request body too large') };
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { object: value as Record<string, unknown> };
  } catch {
    // answered below, in the API server's words
  }
  // Go's parser names the first character that cannot begin a key; other errors are worded after the same pattern.
  const first = /^\s*\{\s*([^"\s])/.exec(text)?.[1] ?? text.trimStart().slice(0, 1);
  const error = `json parse error: invalid character '${first}' looking for beginning of object key string (${text.slice(0, 100)})`;
  return {
    failure: badRequest(
      `the object provided is unrecognized (must be of type ${type}): couldn't get version/kind; ${error}`,
    ),
  };
}

/** The two checks of a workload that every manifest can fail; everything else is accepted as it is. */
function problemsOf(kind: ResourceKind, object: KubeObject): Cause[] {
  if (kind.group !== 'apps') return [];
  const spec = object['spec'] as
    | {
        selector?: { matchLabels?: Record<string, string> };
        template?: { metadata?: { labels?: Record<string, string> }; spec?: { containers?: unknown[] } };
      }
    | undefined;
  const causes: Cause[] = [];
  const labels = spec?.template?.metadata?.labels ?? {};
  const unmatched = Object.entries(spec?.selector?.matchLabels ?? {}).some(([key, value]) => labels[key] !== value);
  if (unmatched) {
    const shown = Object.entries(labels)
      .map(([key, value]) => `"${key}":"${value}"`)
      .join(', ');
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: map[string]string{${shown}}: \`selector\` does not match template \`labels\``,
      field: 'spec.template.metadata.labels',
    });
  }
  if ((spec?.template?.spec?.containers ?? []).length === 0) {
    causes.push({ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.template.spec.containers' });
  }
  return causes;
}

/** `POST` of an object. */
export async function write(
  resource: ResourceRequest,
  store: ClusterStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { kind, namespace } = resource;
  if (resource.name !== undefined) return sendFailure(response, methodNotAllowed());
  const body = await readJson(request, kind.kind);
  if ('failure' in body) return sendFailure(response, body.failure);
  const metadata = (body.object['metadata'] ?? {}) as KubeObject['metadata'];
  const object: KubeObject = {
    ...body.object,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: kind.namespaced && namespace !== undefined ? { ...metadata, namespace } : metadata,
  };
  const target = { group: kind.group, resource: kind.resource, name: metadata.name, namespace };
  if (typeof metadata.name !== 'string') {
    const cause: Cause = {
      reason: 'FieldValueRequired',
      message: 'Required value: name or generateName is required',
      field: 'metadata.name',
    };
    return sendFailure(response, invalid({ group: kind.group, kind: kind.kind, name: '' }, [cause]));
  }
  const problems = problemsOf(kind, object);
  if (problems.length > 0)
    return sendFailure(response, invalid({ group: kind.group, kind: kind.kind, name: metadata.name }, problems));
  if (store.entry(kind.resource, namespace, metadata.name) !== undefined)
    return sendFailure(response, alreadyExists(target));
  sendJson(response, 201, resource.query.get('dryRun') === 'All' ? object : store.create(object));
}

/** `DELETE` of one object; it is gone at once, as with a grace period of 0. */
export function remove(resource: ResourceRequest, store: ClusterStore, response: ServerResponse): void {
  const { kind, namespace, name = '' } = resource;
  const target = { group: kind.group, resource: kind.resource, name, namespace };
  const found = store.get(kind.resource, namespace, name);
  if (found === undefined) return sendFailure(response, notFound(target));
  if (resource.query.get('dryRun') !== 'All') store.delete(kind.resource, namespace, name);
  sendJson(response, 200, found);
}
