/** A loopback server and a session of its own for one test, and what the session asks of the server. */
import { afterEach } from 'vitest';
import { startApiServer, type ApiServer, type ApiServerOptions, type RequestLog } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { connectLive, follow, type Followed } from './harness.ts';
import { node, pod } from './objects.ts';

const folder = temporaryFolder();
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A running server with a session that follows it. */
export interface Running extends Followed {
  readonly server: ApiServer;
  readonly kubeconfig: string;
  /** Requests for a resource since the picture was complete, or since `mark`. */
  asked(resource: string): readonly RequestLog[];
  mark(): void;
}

let count = 0;
/** Starts both; nothing is connected yet. */
export async function start(
  options: ApiServerOptions = {},
  wanted: Parameters<ApiServer['kubeconfig']>[0] = {},
  timings: Parameters<typeof follow>[0] = {},
): Promise<Running> {
  const server = await startApiServer(options);
  ends.push(() => server.close());
  for (const name of ['web-1', 'web-2']) server.store.create(pod(name));
  server.store.create(node('node-a'));
  const followed = follow(timings);
  ends.push(() => followed.session.dispose());
  count += 1;
  const kubeconfig = folder.write(`watch-${count}`, server.kubeconfig(wanted));
  let from = 0;
  const running: Running = {
    ...followed,
    server,
    kubeconfig,
    asked: (resource) => server.requests.slice(from).filter((request) => request.resource === resource),
    mark: () => {
      from = server.requests.length;
    },
  };
  return running;
}

/** Starts both and waits for the complete picture. */
export async function startLive(...args: Parameters<typeof start>): Promise<Running> {
  const running = await start(...args);
  await connectLive(running, { kubeconfig: running.kubeconfig });
  running.mark();
  return running;
}

/** True when that many pods are known and in step. */
export const pods =
  (amount: number) =>
  (view: { connection: { kinds: readonly { resource: string; objects: number; state: string }[] } }): boolean =>
    view.connection.kinds.some(
      (kind) => kind.resource === 'pods' && kind.objects === amount && kind.state === 'synced',
    );

/** A list, or a page of one. */
export const isList = (request: RequestLog): boolean => request.query.get('watch') === null;
/** A watch that begins with everything there is. */
export const isInitial = (request: RequestLog): boolean => request.query.get('sendInitialEvents') === 'true';
