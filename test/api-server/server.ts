/**
 * A Kubernetes API server on loopback: the parts of the protocol that a read-only client meets, with the shapes,
 * texts and status codes of a real v1.32 server. It never serves Secrets.
 */
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { accessOf, parseResourceRequest, representationOf, type ResourceRequest } from './request.ts';
import {
  allows,
  allowsPath,
  authenticate,
  everything,
  makeUser,
  viewRole,
  type User,
  type UserOptions,
} from './auth.ts';
import { createAuthority, type Authority, type Identity } from './certificates.ts';
import { createFaults, playFault, type FaultBox, type Faults } from './faults.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { list } from './list.ts';
import { sendFailure, sendJson, sendPieces, sendText } from './respond.ts';
import { servePath } from './paths.ts';
import { forbidden, forbiddenPath, methodNotAllowed, notFound, unauthorized, type Target } from './status.ts';
import { trackSockets, type Sockets } from './sockets.ts';
import { createStore, type ClusterStore } from './store.ts';
import { partialObject, table } from './table.ts';
import { watch, type OpenWatch, type WatchSettings } from './watch.ts';
import { remove, write } from './writes.ts';

/** One request that arrived, for assertions. Holds no credentials. */
export interface RequestLog {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly verb: string;
  readonly resource: string;
  readonly user: string;
  /** 0 until answered. */
  status: number;
}

export interface ApiServerOptions {
  /** Plain http, without certificates. */
  readonly http?: boolean;
  readonly port?: number;
  /** Users beside `demo-admin` (everything) and `reader` (the role `view`). */
  readonly users?: readonly UserOptions[];
  readonly store?: ClusterStore;
  readonly bookmarkSeconds?: number;
  readonly watchTimeoutSeconds?: number;
  /** Whether `sendInitialEvents` works; default true. */
  readonly watchList?: boolean;
  /** Changes kept per resource. */
  readonly historyLimit?: number;
  readonly now?: () => number;
}

export interface KubeconfigOptions {
  /** How the user proves itself; `wrong-token` and `none` for the failures. */
  readonly user?: 'token' | 'certificate' | 'wrong-token' | 'wrong-certificate' | 'none';
  /** Name of the user, default `demo-admin`. */
  readonly name?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** A CA that did not sign the server's certificate. */
  readonly wrongCa?: boolean;
}

export interface ApiServer {
  readonly url: string;
  /** The CA's certificate, PEM; empty for plain http. */
  readonly ca: string;
  /** Bearer token of `demo-admin`. */
  readonly token: string;
  tokenOf(user: string): string;
  /** A client certificate of this server's CA. */
  certificate(user: string, groups?: readonly string[]): Identity;
  /** YAML text of a kubeconfig. */
  kubeconfig(options?: KubeconfigOptions): string;
  readonly store: ClusterStore;
  readonly faults: Faults;
  readonly requests: readonly RequestLog[];
  /** Watches open now. */
  openWatches(): number;
  /** TCP connections open now. */
  connections(): number;
  close(): Promise<void>;
}

interface Running {
  readonly users: readonly User[];
  readonly store: ClusterStore;
  readonly faults: FaultBox;
  readonly watches: Set<OpenWatch>;
  readonly sockets: Sockets;
  readonly settings: WatchSettings;
  readonly requests: RequestLog[];
  readonly now: () => number;
  address(): string;
}

const loggedRequests = 20_000;

/** Starts a server on 127.0.0.1 at a free port. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const now = options.now ?? Date.now;
  const authority = options.http === true ? undefined : createAuthority();
  const users = [
    { name: 'demo-admin', grants: everything },
    { name: 'reader', grants: viewRole },
    ...(options.users ?? []),
  ].map(makeUser);
  const store =
    options.store ??
    createStore({ now, ...(options.historyLimit === undefined ? {} : { historyLimit: options.historyLimit }) });
  const watches = new Set<OpenWatch>();
  let port = options.port ?? 0;

  const listener = listenerOf(authority, (request, response) => {
    answer(running, request, response).catch((error: unknown) => {
      process.stderr.write(`api server: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      response.destroy();
    });
  });
  const sockets = trackSockets(listener);

  async function listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', () => {
        listener.off('error', reject);
        resolve();
      });
    });
    port = (listener.address() as AddressInfo).port;
  }
  async function stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => listener.close(() => resolve()));
    sockets.destroyAll();
    await stopped;
  }

  const faults = createFaults(watches, { compact: () => store.compact(), goAway: stop, comeBack: listen });
  const running: Running = {
    users,
    store,
    faults,
    watches,
    sockets,
    now,
    requests: [],
    settings: {
      bookmarkSeconds: options.bookmarkSeconds ?? 60,
      defaultTimeoutSeconds: options.watchTimeoutSeconds ?? 1800,
      watchList: options.watchList ?? true,
    },
    address: () => `127.0.0.1:${port}`,
  };
  await listen();

  const scheme = authority === undefined ? 'http' : 'https';
  const tokenOf = (name: string): string => users.find((user) => user.name === name)?.token ?? '';
  const url = `${scheme}://127.0.0.1:${port}`;
  return {
    url,
    ca: authority?.ca ?? '',
    token: tokenOf('demo-admin'),
    tokenOf,
    certificate: (user, groups) => needed(authority).client(user, groups),
    kubeconfig: (wanted = {}) =>
      kubeconfigText({
        server: url,
        ca: wanted.wrongCa === true ? createAuthority('another-ca').ca : authority?.ca,
        context: wanted.context ?? 'loopback',
        namespace: wanted.namespace,
        user: credentials(wanted, authority, tokenOf),
      }),
    store,
    faults,
    requests: running.requests,
    openWatches: () => watches.size,
    connections: () => sockets.count(),
    async close() {
      for (const each of watches) each.end();
      if (listener.listening) await stop();
    },
  };
}

function needed(authority: Authority | undefined): Authority {
  if (authority === undefined) throw new Error('a server on plain http has no certificates');
  return authority;
}

function credentials(
  wanted: KubeconfigOptions,
  authority: Authority | undefined,
  tokenOf: (name: string) => string,
): { name: string; token?: string; certificate?: Identity } {
  const name = wanted.name ?? 'demo-admin';
  const how = wanted.user ?? 'token';
  if (how === 'none') return { name };
  if (how === 'token') return { name, token: tokenOf(name) };
  if (how === 'wrong-token') return { name, token: 'this-token-belongs-to-nobody' };
  return {
    name,
    certificate: (how === 'certificate' ? needed(authority) : createAuthority('another-ca')).client(name),
  };
}

function listenerOf(
  authority: Authority | undefined,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (authority === undefined) return createHttp(handler);
  const { cert, key } = authority.server();
  return createHttps({ cert, key, ca: authority.ca, requestCert: true, rejectUnauthorized: false }, handler);
}

/** One request from its first line to its answer. */
async function answer(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  const method = request.method ?? 'GET';
  const resource = parseResourceRequest(method, url);
  const user = authenticate(request, running.users);
  const log: RequestLog = {
    at: running.now(),
    method,
    path: url.pathname,
    query: url.searchParams,
    verb: resource?.verb ?? method.toLowerCase(),
    resource: resource?.kind.resource ?? '',
    user: user?.name ?? '',
    status: 0,
  };
  running.requests.push(log);
  if (running.requests.length > loggedRequests) running.requests.splice(0, loggedRequests / 10);
  response.on('close', () => {
    log.status = response.statusCode;
  });

  if (await playFault(running.faults, running.sockets, log, response)) return;
  if (user === undefined) return sendFailure(response, unauthorized());
  if (resource !== undefined) return answerResource(running, resource, user, request, response);
  if (!allowsPath(user, url.pathname)) return sendFailure(response, forbiddenPath(user.name, log.verb, url.pathname));
  if (!(await servePath({ method, url, user, request, response, address: running.address(), now: running.now }))) {
    sendText(response, 404, '404 page not found\n');
  }
}

async function answerResource(
  running: Running,
  resource: ResourceRequest,
  user: User,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { store, now } = running;
  const { kind, namespace, name, verb } = resource;
  const target: Target = { group: kind.group, resource: kind.resource, name, namespace };
  if (!allows(user, accessOf(resource))) return sendFailure(response, forbidden(user.name, verb, target));
  const representation = representationOf(request.headers.accept);
  if (representation === undefined) {
    return sendText(response, 406, 'only the following media types are accepted: application/json\n');
  }
  if (verb === 'watch') {
    const opened = watch({
      request: resource,
      response,
      store,
      representation,
      user: user.name,
      settings: running.settings,
      now,
      onClose: (closed) => running.watches.delete(closed),
      reset: () => running.sockets.reset(response),
    });
    if ('code' in opened) return sendFailure(response, opened);
    if (!response.writableEnded) running.watches.add(opened);
    return;
  }
  if (verb === 'list') {
    const answered = list(resource, store, representation, now());
    if ('code' in answered) return sendFailure(response, answered);
    return sendPieces(response, answered.pieces, (request.headers['accept-encoding'] ?? '').includes('gzip'));
  }
  if (verb === 'get') {
    const entry = resource.subresource === undefined ? store.entry(kind.resource, namespace, name ?? '') : undefined;
    if (entry === undefined) return sendFailure(response, notFound(target));
    const { object } = entry;
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    if (representation === 'Table') return sendJson(response, 200, table(kind.resource, [object], metadata, now()));
    return sendJson(response, 200, representation === 'object' ? object : partialObject(object));
  }
  if (verb === 'create') return write(resource, store, request, response);
  if (verb === 'delete') return remove(resource, store, response);
  sendFailure(response, methodNotAllowed());
}
