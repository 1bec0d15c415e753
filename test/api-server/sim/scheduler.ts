/** The scheduler: the node with the fewest pods wins; a placement the story wants goes first. */
import { patchPod } from './pods.ts';
import { setCondition, type Bench, type Node, type Pod } from './types.ts';

/** How often the scheduler tells of a pod that finds no node (seconds). */
const retellEvery = 10;

/** Places pods without a node; `started` is called for each that got one, `soon` asks for another look. */
export function createScheduler(bench: Bench, started: (pod: Pod) => void, soon: () => void): (pod: Pod) => void {
  const { store, events, clock } = bench;
  const toldAt = new Map<string, number>();

  function refuse(pod: Pod, message: string): void {
    const uid = pod.metadata.uid ?? '';
    const told = toldAt.get(uid);
    if (told !== undefined && clock.now() - told < (retellEvery * 1000) / clock.speed) return;
    toldAt.set(uid, clock.now());
    patchPod(bench, pod, (draft) => {
      const condition = {
        type: 'PodScheduled',
        status: 'False' as const,
        lastProbeTime: null,
        reason: 'Unschedulable',
      };
      setCondition((draft.status.conditions ??= []), bench.stamp(), { ...condition, message });
    });
    events.recordNew({
      about: pod,
      type: 'Warning',
      reason: 'FailedScheduling',
      component: 'default-scheduler',
      action: 'Scheduling',
      message,
    });
    clock.after(retellEvery, soon);
  }

  return (pod) => {
    const obstacle = bench.obstacles.find(pod, 'schedule');
    if (obstacle !== undefined) {
      refuse(pod, obstacle.message);
      return;
    }
    const nodes = store.list('nodes') as Node[];
    const free = nodes.filter((node) => (node.spec.taints ?? []).length === 0 && node.spec.unschedulable !== true);
    const pinnedTo = pinnedNode(pod);
    const load = (node: Node): number =>
      store.list('pods').filter((other) => (other as Pod).spec.nodeName === node.metadata.name).length;
    const candidates = pinnedTo === undefined ? free : nodes.filter((node) => node.metadata.name === pinnedTo);
    const hint = bench.settings.place(pod);
    const node =
      candidates.find((one) => one.metadata.name === hint) ?? candidates.toSorted((a, b) => load(a) - load(b))[0];
    if (node === undefined) return;
    toldAt.delete(pod.metadata.uid ?? '');
    const placed = patchPod(bench, pod, (draft) => {
      draft.spec.nodeName = node.metadata.name;
      draft.status['hostIP'] = node.status.addresses[0]?.address;
      draft.status.conditions = [
        { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: bench.stamp() },
      ];
    });
    if (placed === undefined) return;
    events.recordNew({
      about: placed,
      reason: 'Scheduled',
      component: 'default-scheduler',
      action: 'Binding',
      message: `Successfully assigned ${placed.metadata.namespace}/${placed.metadata.name} to ${node.metadata.name}`,
    });
    started(placed);
  };
}

/** The only node a DaemonSet's pod may go to. */
export function pinnedNode(pod: Pod): string | undefined {
  const affinity = pod.spec['affinity'] as
    | {
        nodeAffinity?: {
          requiredDuringSchedulingIgnoredDuringExecution?: {
            nodeSelectorTerms: { matchFields?: { values: string[] }[] }[];
          };
        };
      }
    | undefined;
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
    ?.values[0];
}
