/** A server that answers with what a real API server answered, and that can go away and come back on the same port. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchedKinds } from '../../core/src/live/kinds.ts';
import { collectionPath } from '../../server/src/cluster/watcher-types.ts';
import { fixtures } from '../api-server/recorded.ts';

/** What a watcher asks for. `initial`: a watch that begins with all there is; `page`: a list with a continue token. */
export interface RecordedRequest {
  readonly resource: string;
  readonly mode: 'initial' | 'list' | 'page' | 'watch';
  readonly path: string;
  readonly resourceVersion: string | undefined;
  /** Reasons of events that the field selector leaves out. */
  readonly withoutReasons: ReadonlySet<string>;
}

export interface RecordedServer {
  readonly kubeconfig: string;
  readonly requests: readonly RecordedRequest[];
  /** Ends every answer that is still open, as a server does that shuts down in order, and listens no more. */
  refuse(): Promise<void>;
  /** Listens again. */
  accept(): Promise<void>;
  close(): Promise<void>;
}

const discovery = (file: string): string => readFileSync(join(fixtures, 'discovery', file), 'utf8');
const resourceOf = new Map(
  watchedKinds.flatMap((kind) => [
    [collectionPath(kind, undefined), kind],
    [collectionPath(kind, 'default'), kind],
  ]),
);

function requestOf(url: URL): RecordedRequest | undefined {
  const kind = resourceOf.get(url.pathname);
  if (kind === undefined) return undefined;
  const query = url.searchParams;
  const watch = query.get('watch') === 'true';
  const initial = query.get('sendInitialEvents') === 'true';
  const mode = initial ? 'initial' : watch ? 'watch' : query.has('continue') ? 'page' : 'list';
  const withoutReasons = new Set(
    [...(query.get('fieldSelector') ?? '').matchAll(/reason!=(\w+)/g)].map(([, reason]) => reason ?? ''),
  );
  const resourceVersion = query.get('resourceVersion') ?? undefined;
  return { resource: kind.resource, mode, path: url.pathname, resourceVersion, withoutReasons };
}

/** Begins an answer of JSON that may go on for long. */
export function begin(response: ServerResponse, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).flushHeaders();
}

/** The mark between what there was and what comes, in the form of the recorded one. */
export function initialEventsEnd(resourceVersion: string): string {
  const metadata = { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } };
  return `${JSON.stringify({ type: 'BOOKMARK', object: { metadata } })}\n`;
}

/** A kind without objects: in step at once, and silent. */
function empty(request: RecordedRequest, response: ServerResponse): void {
  begin(response);
  if (request.mode === 'initial') response.write(initialEventsEnd('1'));
  if (request.mode === 'list' || request.mode === 'page')
    response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] }));
}

/**
 * Starts the server.
 * @param answer answers a request (true) or leaves it to a kind without objects
 * @param onRequest hears of every request before it is answered
 */
export async function startRecordedServer(
  answer: (request: RecordedRequest, response: ServerResponse) => boolean,
  onRequest: () => void = () => undefined,
): Promise<RecordedServer> {
  const requests: RecordedRequest[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer((incoming, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    if (url.pathname === '/version' || url.pathname === '/apis') {
      begin(response);
      response.end(discovery(url.pathname === '/version' ? 'version.json' : 'discovery-apis.json'));
      return;
    }
    const request = requestOf(url);
    if (request === undefined) {
      begin(response, 404);
      response.end('{}');
      return;
    }
    requests.push(request);
    onRequest();
    if (!answer(request, response)) empty(request, response);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const refuse = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    // What was said before the end arrives before the end.
    await Promise.all([...open].map((response) => new Promise<void>((resolve) => response.end(resolve))));
    server.closeAllConnections();
    await closed;
  };
  return {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'recorded',
      clusters: [{ name: 'recorded', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'recorded', user: {} }],
      contexts: [{ name: 'recorded', context: { cluster: 'recorded', user: 'recorded' } }],
    }),
    requests,
    refuse,
    accept: () => listen(port),
    close: () => (server.listening ? refuse() : Promise.resolve()),
  };
}
