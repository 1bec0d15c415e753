/** The workload controllers: they look at the pods and bring about what is wanted. */
import type { KubeObject } from '../store.ts';
import { budgetStatus } from './budgets.ts';
import { endpointSlice } from './endpoints.ts';
import { newPod } from './pods.ts';
import type { Deployments } from './rollouts.ts';
import { pinnedNode } from './scheduler.ts';
import { isActive, isReady, setCondition, type Bench, type Condition, type Pod, type Workload } from './types.ts';

export interface Controllers {
  /** Looks at everything once, now. */
  reconcile(): void;
}

/** The parts that controllers act through. */
export interface Hands {
  readonly deployments: Deployments;
  /** Finds a node for a pod. */
  schedule(pod: Pod): void;
  /** Deletes a pod through the API. */
  remove(pod: Pod): void;
  /** Asks for another look at everything. */
  soon(): void;
}

/** How often a controller tries again to create a pod that the API server refuses (seconds). */
const retryEvery = 5;

export function createControllers(bench: Bench, hands: Hands): Controllers {
  const { store, events, clock } = bench;
  const refusedAt = new Map<string, number>();

  const podsOf = (owner: KubeObject): Pod[] =>
    (store.list('pods', owner.metadata.namespace) as Pod[]).filter((pod) =>
      pod.metadata.ownerReferences?.some(
        (reference) => reference.controller === true && reference.uid === owner.metadata.uid,
      ),
    );

  function setStatus(resource: string, object: KubeObject, status: Record<string, unknown>): void {
    if (JSON.stringify(object['status']) === JSON.stringify(status)) return;
    store.patch(resource, object.metadata.namespace, object.metadata.name, (draft) => {
      draft['status'] = status;
    });
  }

  function create(
    owner: Workload,
    plan: { name?: string; labels?: Record<string, string>; node?: string },
    component: string,
  ): void {
    const obstacle = bench.obstacles.findFor(owner.metadata.namespace, owner.metadata.name, 'create');
    if (obstacle !== undefined) {
      refuse(owner, `Error creating: ${obstacle.message}`, component);
      return;
    }
    refusedAt.delete(owner.metadata.uid ?? '');
    const pod = newPod({ owner, template: owner.spec.template, ...plan }, bench.settings);
    const created = store.create(pod);
    const text =
      owner.kind === 'StatefulSet'
        ? `create Pod ${created.metadata.name} in StatefulSet ${owner.metadata.name} successful`
        : `Created pod: ${created.metadata.name}`;
    events.record({ about: owner, reason: 'SuccessfulCreate', message: text, component });
  }

  /** The API server does not take the pod: the controller says so and tries again. */
  function refuse(owner: Workload, message: string, component: string): void {
    const uid = owner.metadata.uid ?? '';
    const last = refusedAt.get(uid);
    if (last !== undefined && clock.now() - last < (retryEvery * 1000) / clock.speed) return;
    refusedAt.set(uid, clock.now());
    events.record({ about: owner, type: 'Warning', reason: 'FailedCreate', message, component });
    clock.after(retryEvery, hands.soon);
  }

  /** `ReplicaFailure` stays as long as creating fails. */
  function failure(owner: Workload): Condition[] {
    const obstacle = bench.obstacles.findFor(owner.metadata.namespace, owner.metadata.name, 'create');
    if (obstacle === undefined || !refusedAt.has(owner.metadata.uid ?? '')) return [];
    const conditions = structuredClone((owner.status?.['conditions'] as Condition[] | undefined) ?? []);
    const { message } = obstacle;
    setCondition(conditions, bench.stamp(), {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message,
    });
    return conditions;
  }

  /** Unready pods go first, then the youngest. */
  function shrink(owner: Workload, active: readonly Pod[], surplus: number): void {
    const order = active.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)));
    for (const pod of order.slice(0, surplus)) {
      events.record({
        about: owner,
        reason: 'SuccessfulDelete',
        message: `Deleted pod: ${pod.metadata.name}`,
        component: 'replicaset-controller',
      });
      hands.remove(pod);
    }
  }

  function replicaSet(owner: Workload): void {
    const pods = podsOf(owner);
    const active = pods.filter(isActive);
    const wanted = owner.spec.replicas ?? 1;
    if (active.length > wanted) shrink(owner, active, active.length - wanted);
    const hash = owner.metadata.labels?.['pod-template-hash'];
    for (let missing = wanted - active.length; missing > 0; missing -= 1) {
      create(owner, hash === undefined ? {} : { labels: { 'pod-template-hash': hash } }, 'replicaset-controller');
    }
    const now = podsOf(owner).filter(isActive);
    const ready = now.filter(isReady).length;
    const conditions = now.length < wanted ? failure(owner) : [];
    setStatus('replicasets', owner, {
      replicas: now.length,
      fullyLabeledReplicas: now.length,
      ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
      observedGeneration: owner.metadata.generation ?? 1,
      ...(conditions.length === 0 ? {} : { conditions }),
    });
  }

  function statefulSet(owner: Workload): void {
    const wanted = owner.spec.replicas ?? 1;
    const pods = podsOf(owner);
    const names = Array.from({ length: wanted }, (_, index) => `${owner.metadata.name}-${index}`);
    // A StatefulSet never has two pods of one name: it waits for a terminating one to be gone, and goes in order.
    for (const [index, name] of names.entries()) {
      const pod = pods.find((one) => one.metadata.name === name);
      if (pod === undefined) {
        create(
          owner,
          {
            name,
            labels: { 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(index) },
          },
          'statefulset-controller',
        );
      }
      const ordered = owner.spec['podManagementPolicy'] !== 'Parallel';
      if (ordered && (pod === undefined || !isReady(pod))) break;
    }
    const now = podsOf(owner);
    const ready = now.filter(isReady).length;
    setStatus('statefulsets', owner, {
      observedGeneration: owner.metadata.generation ?? 1,
      replicas: now.length,
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      currentReplicas: now.length,
      updatedReplicas: now.length,
      currentRevision: `${owner.metadata.name}-6b55c77bff`,
      updateRevision: `${owner.metadata.name}-6b55c77bff`,
      collisionCount: 0,
      availableReplicas: ready,
    });
  }

  function daemonSet(owner: Workload): void {
    const nodes = store.list('nodes');
    const pods = podsOf(owner);
    for (const node of nodes) {
      if (pods.some((pod) => onNode(pod) === node.metadata.name)) continue;
      create(
        owner,
        { node: node.metadata.name, labels: { 'controller-revision-hash': '7c9d6d5b4f' } },
        'daemonset-controller',
      );
    }
    const ready = podsOf(owner).filter(isReady).length;
    setStatus('daemonsets', owner, {
      currentNumberScheduled: nodes.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes.length,
      numberReady: ready,
      observedGeneration: owner.metadata.generation ?? 1,
      updatedNumberScheduled: nodes.length,
      ...(ready === 0 ? {} : { numberAvailable: ready }),
      ...(nodes.length > ready ? { numberUnavailable: nodes.length - ready } : {}),
    });
  }

  return {
    reconcile() {
      for (const set of store.list('replicasets')) replicaSet(set as Workload);
      for (const set of store.list('statefulsets')) statefulSet(set as Workload);
      for (const set of store.list('daemonsets')) daemonSet(set as Workload);
      for (const pod of store.list('pods')) if ((pod as Pod).spec.nodeName === undefined) hands.schedule(pod as Pod);
      for (const owner of store.list('deployments')) hands.deployments.reconcile(owner as Workload);
      for (const service of store.list('services')) endpointSlice(bench, service);
      for (const budget of store.list('poddisruptionbudgets')) budgetStatus(bench, budget);
    },
  };
}

const onNode = (pod: Pod): string | undefined => pod.spec.nodeName ?? pinnedNode(pod);
