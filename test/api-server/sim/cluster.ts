/** A simulated cluster over a store: nodes, kubelets and controllers, and the mishaps a story can cause. */
import type { Clock } from '../clock.ts';
import { kindOfObject } from '../kinds.ts';
import { rfc3339, type ClusterStore, type KubeObject } from '../store.ts';
import { createControllers } from './controllers.ts';
import { createEventRecorder } from './events.ts';
import { createKubelets, type Exit } from './kubelet.ts';
import { createNodes, markDeleted } from './nodes.ts';
import { createObstacles, type Obstacle } from './obstacles.ts';
import { createDeployments, type Deployments } from './rollouts.ts';
import { bindClaim } from './volumes.ts';
import { createScheduler } from './scheduler.ts';
import { defaultSettings, isReady, terminating, type Bench, type Pod, type Settings, type Workload } from './types.ts';

export interface SimulatedCluster {
  readonly settings: Settings;
  addNode(name: string, zone?: string): void;
  /** Creates the objects of manifests; Deployments get a ReplicaSet, controllers make the pods. Secrets are left out. */
  apply(objects: readonly KubeObject[]): void;
  /** Pods of a workload (Deployment, StatefulSet, DaemonSet), oldest first, without those being deleted. */
  pods(namespace: string, workload: string): Pod[];
  exit(pod: Pod, container: string, exit: Exit): Promise<void>;
  failProbe(pod: Pod, container: string, probe: 'liveness' | 'startup', why: string): Promise<void>;
  failReadiness(pod: Pod, container: string, why: string): () => void;
  deletePod(pod: Pod): Promise<void>;
  loseNode(name: string): Promise<void>;
  recoverNode(name: string): Promise<void>;
  /** Resolves when every pod is ready. */
  settled(): Promise<void>;
  readonly deployments: Deployments;
  /** Holds up the new pods of a workload; the result lets them go on. */
  obstruct(namespace: string, workload: string, obstacle: Obstacle): () => void;
  /** What the cluster's parts work with, for mishaps that none of them has a hand in. */
  readonly bench: Bench;
}

/** Starts the controllers over the store; `clock.stop()` ends them. */
export function simulateCluster(store: ClusterStore, clock: Clock, settings: Partial<Settings> = {}): SimulatedCluster {
  let due = false;
  const bench: Bench = {
    store,
    clock,
    events: createEventRecorder(store, clock),
    settings: { ...defaultSettings, ...settings },
    obstacles: createObstacles(soon),
    stamp: () => rfc3339(clock.now()),
  };
  const kubelets = createKubelets(bench);
  const deployments = createDeployments(bench, soon);
  const controllers = createControllers(bench, {
    deployments,
    schedule: createScheduler(bench, (pod) => void kubelets.run(pod), soon),
    remove: (pod) => void deletePod(pod),
    soon,
  });
  const nodes = createNodes(bench, kubelets, (pod) => void deletePod(pod));

  function soon(): void {
    if (due) return;
    due = true;
    clock.after(0.05, () => {
      due = false;
      controllers.reconcile();
    });
  }
  store.subscribe('pods', soon);
  store.subscribe('nodes', soon);
  store.subscribe('replicasets', (change) => {
    if (change.type === 'ADDED') soon();
  });

  function beat(): void {
    nodes.heartbeat();
    clock.after(10, beat);
  }
  clock.after(10, beat);

  async function deletePod(pod: Pod): Promise<void> {
    const marked = markDeleted(bench, pod);
    if (marked !== undefined) await kubelets.stop(marked);
  }

  function apply(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      if (object.kind === 'Secret' || kindOfObject(object.apiVersion, object.kind) === undefined) continue;
      const { namespace, name } = object.metadata;
      store.put(withDefaults({ ...object, metadata: { ...object.metadata, generation: 1 } }));
      if (object.kind === 'PersistentVolumeClaim') bindClaim(bench, namespace, name);
    }
    soon();
  }

  return {
    settings: bench.settings,
    addNode: (name, zone = 'zone-1') => nodes.add(name, zone),
    apply,
    pods(namespace, workload) {
      const owners = new Set<string | undefined>();
      for (const resource of ['statefulsets', 'daemonsets', 'deployments'])
        owners.add(store.get(resource, namespace, workload)?.metadata.uid);
      for (const set of store.list('replicasets', namespace)) {
        if (owners.has(set.metadata.ownerReferences?.[0]?.uid)) owners.add(set.metadata.uid);
      }
      owners.delete(undefined);
      return (store.list('pods', namespace) as Pod[]).filter(
        (pod) => owners.has(pod.metadata.ownerReferences?.[0]?.uid) && !terminating(pod),
      );
    },
    exit: (pod, container, exit) => kubelets.exit(pod, container, exit),
    failProbe: (pod, container, probe, why) => kubelets.failProbe(pod, container, probe, why),
    failReadiness: (pod, container, why) => kubelets.failReadiness(pod, container, why),
    deletePod,
    loseNode: (name) => nodes.lose(name),
    recoverNode: (name) => nodes.recover(name),
    deployments,
    obstruct: (namespace, workload, obstacle) => bench.obstacles.put(namespace, workload, obstacle),
    bench,
    async settled() {
      const calm = (): boolean => {
        const pods = store.list('pods') as Pod[];
        return (
          pods.length > 0 &&
          pods.every(isReady) &&
          store
            .list('statefulsets')
            .every((set) => replicasOf(set) === Number((set as Workload).status?.['readyReplicas'] ?? 0))
        );
      };
      while (!calm()) await clock.sleep(0.2);
    },
  };
}

/** The one default that clients look at: a missing replica count means one. */
function withDefaults(object: KubeObject): KubeObject {
  if (object.kind !== 'Deployment' && object.kind !== 'StatefulSet') return object;
  return { ...object, spec: { replicas: 1, ...(object['spec'] as object) } };
}

const replicasOf = (object: KubeObject): number => (object as Workload).spec.replicas ?? 1;
