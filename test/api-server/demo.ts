/**
 * The demo cluster: the sample shop on three simulated nodes, behind the loopback API server.
 *
 * usage: node test/api-server/demo.ts --kubeconfig FILE [--speed N] [--manifests FOLDER] [--quiet]
 *   --kubeconfig FILE   where to write the kubeconfig; it is removed at the end
 *   --speed N           let the story run N times as fast
 *   --manifests FOLDER  apply this folder instead of samples/shop
 *   --quiet             nothing goes wrong by itself
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { preparedClock } from './clock.ts';
import { loadManifests } from './manifests.ts';
import { createControl, type Control } from './scenario.ts';
import { misfortunes, misfortunesOf } from './scenarios/misfortunes.ts';
import { lostNode, shopStory } from './scenarios/shop.ts';
import { startApiServer, type ApiServer, type ApiServerOptions } from './server.ts';
import { simulateCluster, type SimulatedCluster } from './sim/cluster.ts';
import { wakeAutoscalers } from './sim/mishaps/autoscalers.ts';
import type { Pod, Settings } from './sim/types.ts';
import { createStore, type KubeObject } from './store.ts';

export interface DemoOptions {
  /** How many seconds of the story pass in a second. */
  readonly speed?: number;
  /** Folder of manifests, default samples/shop. */
  readonly manifests?: string;
  /** Whether incidents happen by themselves; default true. */
  readonly story?: boolean;
  readonly server?: Omit<ApiServerOptions, 'store'>;
}

export interface Demo {
  readonly server: ApiServer;
  /** Causes incidents at a known time. */
  readonly control: Control;
  stop(): Promise<void>;
}

/** Seconds for which the cluster has been up when it appears. */
const uptime = 3600;

/** The first minutes tell the everyday incidents alone; then rarer ones come in between (seconds). */
const quietFor = 150;

/** Workloads left out so that the picture stays small enough to take in. */
const leftOut = new Set([
  'accounts-worker',
  'catalog-index',
  'clickstream',
  'feature-flags',
  'kube-objects-exporter',
  'loyalty',
  'metrics-gateway',
  'node-clock-watch',
  'outbox-relay',
  'pricing',
  'refunds-worker',
  'status-page',
  'warehouse-loader',
]);
/** Nothing runs Jobs here but the story, which brings its own. */
const leftOutKinds = new Set(['Job', 'CronJob']);

/** Pods that the story wants on the node that gets lost: two of three frontends, one of the database's. */
function place(): (pod: Pod) => string | undefined {
  let frontends = 0;
  return (pod) => {
    if (pod.metadata.name === 'orders-db-1') return lostNode;
    if (pod.metadata.name === 'orders-db-0') return 'shop-node-a';
    if (pod.metadata.labels?.['app.kubernetes.io/name'] !== 'frontend') return undefined;
    frontends += 1;
    return frontends % 3 === 0 ? 'shop-node-c' : lostNode;
  };
}

function namespacesOf(objects: readonly KubeObject[]): KubeObject[] {
  const names = new Set([
    'default',
    'kube-system',
    'kube-node-lease',
    ...objects.flatMap((object) => object.metadata.namespace ?? []),
  ]);
  return [...names].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }));
}

/** Time constants of the demo: short enough to see things heal. */
export const demoSettings = (): Partial<Settings> => ({
  nodeGrace: 20,
  toleration: 30,
  backoffMax: 80,
  backoffReset: 60,
  progressDeadline: 45,
  place: place(),
});

/** Puts nodes and the manifests of a folder into a cluster. */
export function demoObjects(cluster: SimulatedCluster, folder: string): void {
  const objects = loadManifests(folder).filter(
    (object) => !leftOutKinds.has(object.kind) && !leftOut.has(object.metadata.name),
  );
  for (const namespace of namespacesOf(objects)) cluster.bench.store.put(namespace);
  for (const [index, node] of ['shop-node-a', lostNode, 'shop-node-c'].entries())
    cluster.addNode(node, `zone-${index + 1}`);
  cluster.apply(objects);
  wakeAutoscalers(cluster.bench);
}

/** Starts the demo cluster: up for an hour, every pod ready, the story about to begin. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const folder = options.manifests ?? join(import.meta.dirname, '../../samples/shop');
  const clock = preparedClock(uptime, options.speed ?? 1);
  const store = createStore({ now: () => clock.now() });
  const cluster = simulateCluster(store, clock, demoSettings());
  demoObjects(cluster, folder);
  await clock.catchUp();
  await cluster.settled();

  const server = await startApiServer({ ...options.server, store });
  const control = createControl(cluster, clock);
  if (options.story !== false) {
    void shopStory(control, clock);
    void misfortunes(misfortunesOf(cluster, control, clock), clock, quietFor);
  }
  return {
    server,
    control,
    async stop() {
      clock.stop();
      await server.close();
    },
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kubeconfig: { type: 'string' },
      speed: { type: 'string', default: '1' },
      manifests: { type: 'string' },
      quiet: { type: 'boolean', default: false },
    },
  });
  const speed = Number(values.speed);
  if (values.kubeconfig === undefined || !(speed > 0)) {
    console.error('usage: node test/api-server/demo.ts --kubeconfig FILE [--speed N] [--manifests FOLDER] [--quiet]');
    process.exitCode = 2;
    return;
  }
  const file = values.kubeconfig;
  const demo = await startDemo({
    speed,
    story: !values.quiet,
    ...(values.manifests === undefined ? {} : { manifests: values.manifests }),
  });
  writeFileSync(file, demo.server.kubeconfig({ context: 'shop-demo', namespace: 'shop-storefront' }), { mode: 0o600 });
  const end = (): void => {
    rmSync(file, { force: true });
    void demo.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  console.log(
    `demo cluster ready: ${demo.server.store.list('pods').length} pods on ${demo.server.url}, kubeconfig ${file}`,
  );
}

if (import.meta.main) await main();
