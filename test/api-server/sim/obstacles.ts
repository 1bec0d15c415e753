/** What stands in the way of a workload's new pods until the story clears it away. */
import type { Pod } from './types.ts';

/** Where on its way from the controller to running a pod is held up. */
export type Stage = 'create' | 'schedule' | 'attach' | 'mount' | 'sandbox' | 'configure' | 'pull' | 'hook';

export interface Obstacle {
  readonly stage: Stage;
  /** What the component says, as it would say it. */
  readonly message: string;
}

export interface Obstacles {
  /** Puts an obstacle before the new pods of a workload; the result takes it away. */
  put(namespace: string, workload: string, obstacle: Obstacle): () => void;
  find(pod: Pick<Pod, 'metadata'>, stage: Stage): Obstacle | undefined;
  /** The same by the name of the owner, before there is a pod. */
  findFor(namespace: string | undefined, owner: string, stage: Stage): Obstacle | undefined;
}

/** `cleared` is called when an obstacle is taken away. */
export function createObstacles(cleared: () => void): Obstacles {
  const standing = new Map<string, Obstacle>();

  function findFor(namespace: string | undefined, owner: string, stage: Stage): Obstacle | undefined {
    // A ReplicaSet is named after its Deployment and a hash.
    for (const name of [owner, owner.slice(0, owner.lastIndexOf('-'))]) {
      const found = standing.get(`${namespace ?? ''}/${name}`);
      if (found?.stage === stage) return found;
    }
    return undefined;
  }

  return {
    put(namespace, workload, obstacle) {
      const key = `${namespace}/${workload}`;
      standing.set(key, obstacle);
      return () => {
        if (standing.get(key) !== obstacle) return;
        standing.delete(key);
        cleared();
      };
    },
    findFor,
    find: (pod, stage) =>
      findFor(pod.metadata.namespace, pod.metadata.ownerReferences?.[0]?.name ?? pod.metadata.name, stage),
  };
}
