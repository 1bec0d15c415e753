/** What a story can do to a simulated cluster, by the names a person knows. */
import type { Clock } from './clock.ts';
import type { SimulatedCluster } from './sim/cluster.ts';
import type { Pod } from './sim/types.ts';

/** What was begun, on which pod and when. */
export interface Started {
  readonly pod: string;
  readonly uid: string;
  /** Epoch milliseconds at which the first write of it was made. */
  readonly at: number;
  /** Resolves when the cluster has healed it (the container runs again, the pod is gone). */
  readonly done: Promise<void>;
}

/** A container by its workload; without `container` the first one, without `index` the first pod. */
export interface Where {
  readonly namespace: string;
  readonly workload: string;
  readonly container?: string;
  readonly index?: number;
}

export interface Control {
  /** The process ends with an error (exit code 1 unless said otherwise). */
  crash(where: Where, exitCode?: number): Started;
  /** The kernel kills it at its memory limit (137, OOMKilled). */
  oom(where: Where): Started;
  /** Its liveness probe fails until the kubelet kills and restarts it. */
  liveness(where: Where, why?: string): Started;
  /** Its readiness probe fails until `restore` is called. */
  readiness(where: Where, why?: string): Started & { restore(): void };
  /** Somebody deletes the pod; its controller replaces it. */
  deletePod(where: Where): Started;
  /** The node's kubelet goes silent; `done` resolves when its pods were given up. */
  killNode(node: string): { readonly at: number; readonly done: Promise<void> };
  reviveNode(node: string): { readonly at: number; readonly done: Promise<void> };
}

/** A story: it runs until it ends by itself or the clock stops. */
export type Scenario = (control: Control, clock: Clock) => Promise<void>;

export function createControl(cluster: SimulatedCluster, clock: Clock): Control {
  function find(where: Where): { pod: Pod; container: string } {
    const all = cluster.pods(where.namespace, where.workload);
    const container = where.container ?? all[0]?.spec.containers[0]?.name ?? '';
    // Only what runs can break.
    const pods = all.filter((pod) =>
      pod.status.containerStatuses?.some(({ name, state }) => name === container && state.running !== undefined),
    );
    const pod = pods[(where.index ?? 0) % Math.max(1, pods.length)];
    if (pod === undefined)
      throw new Error(`no running container ${container} in the pods of ${where.namespace}/${where.workload}`);
    return { pod, container };
  }

  function begin(pod: Pod, done: Promise<void>): Started {
    return { pod: pod.metadata.name, uid: pod.metadata.uid ?? '', at: clock.now(), done };
  }

  return {
    crash(where, exitCode = 1) {
      const { pod, container } = find(where);
      return begin(pod, cluster.exit(pod, container, { exitCode, reason: 'Error' }));
    },
    oom(where) {
      const { pod, container } = find(where);
      return begin(pod, cluster.exit(pod, container, { exitCode: 137, reason: 'OOMKilled' }));
    },
    liveness(where, why = 'HTTP probe failed with statuscode: 503') {
      const { pod, container } = find(where);
      return begin(pod, cluster.failProbe(pod, container, 'liveness', why));
    },
    readiness(where, why) {
      const { pod, container } = find(where);
      const port = pod.spec.containers.find((one) => one.name === container)?.readinessProbe?.httpGet?.port ?? 8080;
      const refused = `Get "http://${pod.status.podIP}:${port}/readyz": dial tcp ${pod.status.podIP}:${port}: connect: connection refused`;
      let resolve = (): void => {};
      const done = new Promise<void>((fulfil) => {
        resolve = fulfil;
      });
      const end = cluster.failReadiness(pod, container, why ?? refused);
      return {
        ...begin(pod, done),
        restore() {
          end();
          resolve();
        },
      };
    },
    deletePod(where) {
      const { pod } = find(where);
      return begin(pod, cluster.deletePod(pod));
    },
    killNode: (node) => ({ at: clock.now(), done: cluster.loseNode(node) }),
    reviveNode: (node) => ({ at: clock.now(), done: cluster.recoverNode(node) }),
  };
}
