/** Paths outside the resources: discovery, version, health, and the reviews a user asks about itself. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { accessReview, rulesReview, userReview, type User } from './auth.ts';
import { aggregatedDiscovery, apiGroup, apiGroups, apiVersions, resourceList, version } from './discovery.ts';
import { readJson } from './writes.ts';
import { sendFailure, sendJson, sendText } from './respond.ts';
import { methodNotAllowed } from './status.ts';
import { rfc3339 } from './store.ts';

export interface PathContext {
  readonly method: string;
  readonly url: URL;
  readonly user: User;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** `host:port` of this server. */
  readonly address: string;
  readonly now: () => number;
}

const checks = ['ping', 'log', 'etcd', 'informer-sync', 'poststarthook/start-apiextensions-controllers', 'shutdown'];
const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Answers the request, or returns false where there is no such path. */
export async function servePath(context: PathContext): Promise<boolean> {
  const { url, response } = context;
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname;
  if (/^\/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/.test(path)) {
    await review(context, path.endsWith('selfsubjectaccessreviews'));
    return true;
  }
  if (path === '/apis/authentication.k8s.io/v1/selfsubjectreviews') {
    await whoAmI(context);
    return true;
  }
  const document = discoveryDocument(path, context);
  if (document === undefined && !/^\/(healthz|livez|readyz)$/.test(path)) return false;
  if (context.method !== 'GET' && context.method !== 'HEAD') sendFailure(response, methodNotAllowed());
  else if (document === undefined) health(path, url, response);
  else sendJson(response, 200, document.body, document.type);
  return true;
}

interface Document {
  readonly body: unknown;
  readonly type: string;
}

function discoveryDocument(path: string, context: PathContext): Document | undefined {
  const plain = (body: unknown): Document | undefined =>
    body === undefined ? undefined : { body, type: 'application/json' };
  const accept = context.request.headers.accept ?? '';
  const aggregated = /as=APIGroupDiscoveryList/.test(accept) && /v=v2(?![a-z0-9])/.test(accept);
  if (path === '/version') return plain(version);
  if (path === '/api' || path === '/apis') {
    if (aggregated) return { body: aggregatedDiscovery(path), type: aggregatedType };
    return plain(path === '/api' ? apiVersions(context.address) : apiGroups());
  }
  const parts = path.split('/').slice(1);
  if (parts[0] === 'api' && parts.length === 2) return plain(resourceList('', parts[1] ?? ''));
  if (parts[0] !== 'apis') return undefined;
  if (parts.length === 2) return plain(apiGroup(parts[1] ?? ''));
  return parts.length === 3 ? plain(resourceList(parts[1] ?? '', parts[2] ?? '')) : undefined;
}

function health(path: string, url: URL, response: ServerResponse): void {
  if (!url.searchParams.has('verbose')) return sendText(response, 200, 'ok');
  sendText(response, 200, `${checks.map((check) => `[+]${check} ok\n`).join('')}${path.slice(1)} check passed\n`);
}

async function whoAmI({ method, request, response, user, now }: PathContext): Promise<void> {
  if (method !== 'POST') return sendFailure(response, methodNotAllowed());
  const body = await readJson(request, 'SelfSubjectReview');
  if ('failure' in body) return sendFailure(response, body.failure);
  sendJson(response, 201, userReview(user, rfc3339(now())));
}

async function review(context: PathContext, access: boolean): Promise<void> {
  const { request, response, user } = context;
  if (context.method !== 'POST') return sendFailure(response, methodNotAllowed());
  const body = await readJson(request, access ? 'SelfSubjectAccessReview' : 'SelfSubjectRulesReview');
  if ('failure' in body) return sendFailure(response, body.failure);
  const agent = (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  sendJson(
    response,
    201,
    access ? accessReview(user, body.object, agent, rfc3339(context.now())) : rulesReview(user, body.object),
  );
}
