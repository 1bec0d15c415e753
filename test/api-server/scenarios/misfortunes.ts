/**
 * The rest of what can go wrong, one thing after another: rollouts, quotas, volumes, Jobs, autoscalers, nodes. Each
 * heals by itself in the end, so that the story can go on for ever.
 */
import type { Clock } from '../clock.ts';
import type { Control } from '../scenario.ts';
import type { SimulatedCluster } from '../sim/cluster.ts';
import { blindAutoscaler, loadPeak } from '../sim/mishaps/autoscalers.ts';
import { failJob, missSchedule } from '../sim/mishaps/jobs.ts';
import {
  drain,
  failPreStop,
  memoryPressure,
  passDeadline,
  reboot,
  refusePod,
  stickToFinalizer,
  systemOutOfMemory,
} from '../sim/mishaps/nodes.ts';
import { claimWithoutClass, loseVolume } from '../sim/mishaps/storage.ts';
import type { Obstacle } from '../sim/obstacles.ts';
import type { Pod } from '../sim/types.ts';
import { volumeOf } from '../sim/volumes.ts';

const storefront = 'shop-storefront';
const orders = 'shop-orders';
const data = 'shop-data';

/** Names of the misfortunes with what begins them; each resolves when all is well again. */
export type Misfortunes = Readonly<Record<string, () => Promise<void>>>;

/** The misfortunes of the sample shop. */
export function misfortunesOf(cluster: SimulatedCluster, control: Control, clock: Clock): Misfortunes {
  const { bench, deployments } = cluster;

  function pod(namespace: string, workload: string): Pod {
    const found = cluster.pods(namespace, workload).find(({ status }) => status.phase === 'Running');
    if (found === undefined) throw new Error(`no running pod of ${namespace}/${workload}`);
    return found;
  }

  const container = ({ spec }: Pod): string => spec.containers[0]?.name ?? '';

  /** Something is in the way of a workload's new pods for a while. */
  async function obstructed(
    namespace: string,
    workload: string,
    obstacle: Obstacle,
    seconds: number,
    begin: () => void,
  ): Promise<void> {
    const clear = cluster.obstruct(namespace, workload, obstacle);
    begin();
    await clock.sleep(seconds);
    clear();
    await clock.sleep(20);
  }

  const replaced = (namespace: string, workload: string, obstacle: Obstacle, seconds: number): Promise<void> =>
    obstructed(namespace, workload, obstacle, seconds, () => void cluster.deletePod(pod(namespace, workload)));

  async function failedRollout(namespace: string, name: string, image: string, obstacle: Obstacle): Promise<void> {
    const clear = cluster.obstruct(namespace, name, obstacle);
    deployments.rollOut(namespace, name, (template) => {
      const [container] = template.spec.containers;
      if (container !== undefined) template.spec.containers[0] = { ...container, image };
    });
    // Longer than the progress deadline: the rollout is given up, and a person takes it back.
    await clock.sleep(75);
    deployments.undo(namespace, name);
    clear();
    await clock.sleep(20);
  }

  async function outage(namespace: string, workload: string, seconds: number): Promise<void> {
    const all = cluster
      .pods(namespace, workload)
      .map((_pod, index) => control.readiness({ namespace, workload, index }));
    await clock.sleep(seconds);
    for (const one of all) one.restore();
  }

  /** The first pod of a set is not ready; the second, deleted, has to wait for it. */
  async function blockedSet(namespace: string, workload: string, seconds: number): Promise<void> {
    const first = control.readiness({ namespace, workload, index: 0 });
    await clock.sleep(25);
    const second = cluster.pods(namespace, workload)[1];
    if (second !== undefined) void cluster.deletePod(second);
    await clock.sleep(seconds);
    first.restore();
  }

  return {
    'a rollout to an image that does not exist': () =>
      failedRollout(storefront, 'catalog', 'registry.example/shop/catalog:9.9.9', {
        stage: 'pull',
        message: 'failed to resolve reference "registry.example/shop/catalog:9.9.9": not found',
      }),
    'a quota that is used up': () =>
      replaced(
        storefront,
        'reviews',
        {
          stage: 'create',
          message:
            'pods "reviews-" is forbidden: exceeded quota: storefront, requested: limits.memory=512Mi, used: limits.memory=8Gi, limited: limits.memory=8Gi',
        },
        50,
      ),
    'no room on any node': () =>
      replaced(
        orders,
        'shipping',
        {
          stage: 'schedule',
          message:
            '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
        },
        50,
      ),
    'a volume that is still attached elsewhere': () =>
      obstructed(
        orders,
        'invoice-archive',
        {
          stage: 'attach',
          message: `Multi-Attach error for volume "${volumeOf('invoice-archive')}" Volume is already exclusively attached to one node and can't be attached to another`,
        },
        40,
        () =>
          deployments.rollOut(orders, 'invoice-archive', (template) => {
            Object.assign(template.spec.containers[0] ?? {}, { image: 'registry.example/shop/invoice-archive:2.0.1' });
          }),
      ),
    'a certificate that is not there': () =>
      replaced(
        storefront,
        'api-gateway',
        { stage: 'mount', message: 'MountVolume.SetUp failed for volume "tls" : secret "gateway-tls" not found' },
        45,
      ),
    'a network plugin that does not answer': () =>
      replaced(
        storefront,
        'frontend',
        {
          stage: 'sandbox',
          message:
            'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "5f2c": plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized',
        },
        45,
      ),
    'settings that are not there': () =>
      replaced(orders, 'payments', { stage: 'configure', message: 'configmap "payments-limits" not found' }, 75),
    'a hook that fails': () =>
      replaced(
        storefront,
        'image-resizer',
        {
          stage: 'hook',
          message: 'Exec lifecycle hook ([/bin/warm-cache]) for Container "resizer" failed: exit status 7',
        },
        40,
      ),
    'a Job that gives up': () => failJob(bench, data, 'warehouse-rebuild', 3),
    'a backup that is not made': () => missSchedule(bench, data, 'ledger-backup', 60),
    'a claim for a class that nobody made': () => claimWithoutClass(bench, data, 'search-scratch', 60),
    'a volume that is lost': () => loseVolume(bench, data, 'event-archive', 60),
    'an autoscaler that cannot measure': () => blindAutoscaler(cluster, 'shop-platform', 'edge-proxy', 100),
    'a peak that takes all replicas': () => loadPeak(cluster, orders, 'fraud-check', 960),
    'a Service that nobody answers for': () => outage(orders, 'checkout', 60),
    'a set that waits for its first pod': () => blockedSet(data, 'orders-db', 60),
    'a drain that a budget holds up': () => drain(cluster, pod(orders, 'inventory').spec.nodeName ?? '', 100),
    'a node short of memory': () => memoryPressure(cluster, pod(storefront, 'image-resizer'), 'resizer'),
    'a kill by the kernel': () => systemOutOfMemory(cluster, pod(storefront, 'catalog-search'), 'search'),
    'a start that takes too long': () => {
      const slow = pod(storefront, 'recommendations');
      const why = 'Get "http://10.244.1.7:8080/healthz": dial tcp 10.244.1.7:8080: connect: connection refused';
      return cluster.failProbe(slow, 'recommendations', 'startup', why);
    },
    'a hook that fails at the end': () => {
      const ending = pod(storefront, 'accounts-api');
      return failPreStop(cluster, ending, container(ending));
    },
    'a pod that ran too long': () => passDeadline(cluster, pod(orders, 'email-worker')),
    'a pod that its node refuses': () => refusePod(cluster, pod(storefront, 'reviews')),
    'a pod that a finalizer holds': () => stickToFinalizer(cluster, pod(storefront, 'reviews'), 100),
    'a node that starts anew': () => reboot(cluster, 'shop-node-c'),
  };
}

/** Between two misfortunes (seconds). */
const pause = 25;

/** Tells them one after another, for ever; the first after `wait` seconds. */
export async function misfortunes(all: Misfortunes, clock: Clock, wait: number): Promise<void> {
  await clock.sleep(wait);
  for (;;) {
    for (const begin of Object.values(all)) {
      try {
        void begin().catch(() => undefined);
      } catch {
        // What should break is not there in this moment; its turn comes again.
      }
      await clock.sleep(pause);
    }
  }
}
