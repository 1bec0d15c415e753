/** The Deployment controller: ReplicaSets for each revision, one pod exchanged after another, the progress deadline. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../store.ts';
import { controllerReference, setCondition, type Bench, type Condition, type Workload } from './types.ts';

const revisionKey = 'deployment.kubernetes.io/revision';

export interface Deployments {
  /** Looks at one Deployment, now. */
  reconcile(owner: Workload): void;
  /** Gives a Deployment another template: a new revision is rolled out. */
  rollOut(namespace: string, name: string, change: (template: Workload['spec']['template']) => void): void;
  /** Goes back to the revision before, as `kubectl rollout undo` does. */
  undo(namespace: string, name: string): void;
  /** Asks for so many replicas. */
  scale(namespace: string, name: string, replicas: number): void;
}

const revisionOf = (object: KubeObject): number => Number(object.metadata.annotations?.[revisionKey] ?? 0);
const wantedOf = (owner: Workload): number => owner.spec.replicas ?? 1;
const statusOf = (set: Workload, field: string): number => Number(set.status?.[field] ?? 0);

/** `soon` asks for another look at everything. */
export function createDeployments(bench: Bench, soon: () => void): Deployments {
  const { store, clock, events } = bench;
  /** When each Deployment last got nearer to its goal, and how near it was. */
  const progress = new Map<string, { ready: number; at: number }>();

  const setsOf = (owner: Workload): Workload[] =>
    (store.list('replicasets', owner.metadata.namespace) as Workload[])
      .filter((set) => set.metadata.ownerReferences?.[0]?.uid === owner.metadata.uid)
      .toSorted((a, b) => revisionOf(a) - revisionOf(b));

  function resize(owner: Workload, set: Workload, replicas: number): void {
    const before = wantedOf(set);
    if (before === replicas) return;
    store.patch('replicasets', set.metadata.namespace, set.metadata.name, (draft) => {
      (draft as Workload).spec.replicas = replicas;
    });
    events.record({
      about: owner,
      reason: 'ScalingReplicaSet',
      component: 'deployment-controller',
      message: `Scaled ${replicas > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${replicas}`,
    });
  }

  /** Exchanges one pod at a time: one of the new, and when it is ready one less of the old. */
  function exchange(owner: Workload, sets: readonly Workload[]): void {
    const current = sets.at(-1);
    if (current === undefined) return;
    const old = sets.slice(0, -1).find((set) => wantedOf(set) > 0);
    if (old === undefined) {
      resize(owner, current, wantedOf(owner));
      return;
    }
    if (statusOf(current, 'readyReplicas') < wantedOf(current)) return;
    if (wantedOf(current) < wantedOf(owner)) resize(owner, current, wantedOf(current) + 1);
    resize(owner, old, wantedOf(old) - 1);
  }

  function reconcile(owner: Workload): void {
    let sets = setsOf(owner);
    if (sets.length === 0) sets = [create(owner, 1, wantedOf(owner))];
    exchange(owner, sets);
    writeStatus(owner, setsOf(owner));
  }

  function create(owner: Workload, revision: number, replicas: number): Workload {
    const set = store.create(replicaSetOf(owner, revision, replicas)) as Workload;
    store.patch('deployments', owner.metadata.namespace, owner.metadata.name, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [revisionKey]: String(revision) };
    });
    events.record({
      about: owner,
      reason: 'ScalingReplicaSet',
      component: 'deployment-controller',
      message: `Scaled up replica set ${set.metadata.name} from 0 to ${replicas}`,
    });
    return set;
  }

  function writeStatus(owner: Workload, sets: readonly Workload[]): void {
    const sum = (field: string): number => sets.reduce((total, set) => total + statusOf(set, field), 0);
    const current = sets.at(-1);
    const [replicas, ready, wanted] = [sum('replicas'), sum('readyReplicas'), wantedOf(owner)];
    const updated = current === undefined ? 0 : statusOf(current, 'readyReplicas');
    const conditions = structuredClone((owner.status?.['conditions'] as Condition[] | undefined) ?? []);
    // maxUnavailable 25 % rounds down: a Deployment of three or fewer is available only when all of it is.
    const available = ready >= wanted - Math.floor(wanted / 4);
    setCondition(conditions, bench.stamp(), {
      type: 'Available',
      status: available ? 'True' : 'False',
      reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${available ? 'has' : 'does not have'} minimum availability.`,
    });
    setCondition(conditions, bench.stamp(), progressing(owner, sets, updated));
    setFailure(conditions, current);
    const status = {
      observedGeneration: owner.metadata.generation ?? 1,
      replicas,
      updatedReplicas: current === undefined ? 0 : statusOf(current, 'replicas'),
      ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
      ...(wanted > ready ? { unavailableReplicas: wanted - ready } : {}),
      conditions,
    };
    const stored = store.get('deployments', owner.metadata.namespace, owner.metadata.name);
    if (stored === undefined || JSON.stringify(stored['status']) === JSON.stringify(status)) return;
    store.patch('deployments', owner.metadata.namespace, owner.metadata.name, (draft) => {
      draft['status'] = status;
    });
  }

  /** That pods cannot be created is the ReplicaSet's to say; its Deployment repeats it. */
  function setFailure(conditions: Condition[], current: Workload | undefined): void {
    const told = (current?.status?.['conditions'] as Condition[] | undefined)?.find(
      ({ type }) => type === 'ReplicaFailure',
    );
    const at = conditions.findIndex(({ type }) => type === 'ReplicaFailure');
    if (at >= 0) conditions.splice(at, 1);
    if (told !== undefined) conditions.push(told);
  }

  function progressing(
    owner: Workload,
    sets: readonly Workload[],
    updated: number,
  ): Omit<Condition, 'lastTransitionTime'> {
    const uid = owner.metadata.uid ?? '';
    const name = sets.at(-1)?.metadata.name ?? '';
    const rolling = sets.slice(0, -1).some((set) => wantedOf(set) > 0);
    // Once a revision is whole, what happens to its pods later is no matter of the rollout.
    if (!rolling) {
      progress.delete(uid);
      const message = `ReplicaSet "${name}" has successfully progressed.`;
      return { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message };
    }
    const known = progress.get(uid);
    if (known === undefined || known.ready !== updated) progress.set(uid, { ready: updated, at: clock.now() });
    const since = progress.get(uid)?.at ?? clock.now();
    const passed = ((clock.now() - since) / 1000) * clock.speed;
    if (passed < bench.settings.progressDeadline) {
      clock.after(bench.settings.progressDeadline - passed + 0.1, soon);
      const message = `ReplicaSet "${name}" is progressing.`;
      return { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message };
    }
    const message = `ReplicaSet "${name}" has timed out progressing.`;
    return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message };
  }

  const find = (namespace: string, name: string): Workload | undefined =>
    store.get('deployments', namespace, name) as Workload | undefined;

  return {
    reconcile,
    rollOut(namespace, name, change) {
      const patched = store.patch('deployments', namespace, name, (draft) => {
        draft.metadata.generation = (draft.metadata.generation ?? 1) + 1;
        change((draft as Workload).spec.template);
      }) as Workload | undefined;
      if (patched === undefined) return;
      create(patched, revisionOf(patched) + 1, 1);
      soon();
    },
    undo(namespace, name) {
      const owner = find(namespace, name);
      const before = owner === undefined ? undefined : setsOf(owner).at(-2);
      if (owner === undefined || before === undefined) return;
      const revision = String(revisionOf(owner) + 1);
      const annotate = (draft: KubeObject): void => {
        draft.metadata.annotations = { ...draft.metadata.annotations, [revisionKey]: revision };
      };
      store.patch('replicasets', namespace, before.metadata.name, annotate);
      store.patch('deployments', namespace, name, (draft) => {
        annotate(draft);
        draft.metadata.generation = (draft.metadata.generation ?? 1) + 1;
        const template = structuredClone(before.spec.template);
        delete template.metadata?.labels?.['pod-template-hash'];
        (draft as Workload).spec.template = template;
      });
      soon();
    },
    scale(namespace, name, replicas) {
      store.patch('deployments', namespace, name, (draft) => {
        draft.metadata.generation = (draft.metadata.generation ?? 1) + 1;
        (draft as Workload).spec.replicas = replicas;
      });
      soon();
    },
  };
}

function replicaSetOf(deployment: Workload, revision: number, replicas: number): KubeObject {
  const { template, selector } = deployment.spec;
  const hash = createHash('sha256')
    .update(JSON.stringify([template, revision]))
    .digest('hex')
    .slice(0, 10);
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      generation: 1,
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(wantedOf(deployment)),
        [revisionKey]: String(revision),
      },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      selector: { matchLabels: { ...selector?.matchLabels, 'pod-template-hash': hash } },
      template: { ...structuredClone(template), metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}
