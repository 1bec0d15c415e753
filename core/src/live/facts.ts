/** Facts: what a new version of a pod says that the one before did not. First sight is history and says little. */
import type { SlimContainer, SlimPod, Termination, Waiting } from './slim-types.ts';

export type PodFact =
  /** An instance of a container ended. */
  | { readonly type: 'terminated'; readonly container: SlimContainer; readonly termination: Termination }
  /** A container cannot be started, or waits for its next start. */
  | { readonly type: 'waiting'; readonly container: SlimContainer; readonly waiting: Waiting }
  /** A running container became ready, as its probes say. */
  | { readonly type: 'ready'; readonly container: SlimContainer }
  /** A running container stopped being ready. */
  | { readonly type: 'unready'; readonly container: SlimContainer }
  /** New instances of a container were started; `history`: before we first saw the pod. */
  | {
      readonly type: 'restarted';
      readonly container: SlimContainer;
      readonly by: number;
      /** Instances that ended without anyone seeing it: a status keeps only two. */
      readonly unseen: number;
      readonly at: number;
      readonly history: boolean;
    }
  /** The pod left, or was told to leave. */
  | { readonly type: 'removed'; readonly lostAt: number };

const day = 24 * 3600_000;

/** True while the controllers count on this pod (`IsPodActive`). */
export function isActive(pod: SlimPod): boolean {
  return pod.deleted === undefined && pod.phase !== 'Failed' && pod.phase !== 'Succeeded';
}

export function isReady(pod: SlimPod): boolean {
  return pod.readyCondition?.status === 'True' && isActive(pod);
}

/** When the newest instance of a container that we know of was started. */
function lastStart(container: SlimContainer): number | undefined {
  return container.running ?? container.terminated?.started ?? container.last?.started;
}

/** Facts of a pod seen for the first time: only what is wrong at this moment, and the restarts before. */
function firstFacts(pod: SlimPod, now: number): PodFact[] {
  const facts: PodFact[] = [];
  for (const container of pod.containers) {
    const { terminated, waiting, last } = container;
    if (container.restarts > 0) {
      // Of an old pod nobody can say when its restarts were, except for the last one.
      const at = lastStart(container) ?? now;
      const young = pod.created !== undefined && now - pod.created < day;
      const by = young ? container.restarts : now - at < day ? 1 : 0;
      if (by > 0) facts.push({ type: 'restarted', container, by, unseen: 0, at, history: true });
    }
    if (terminated !== undefined) facts.push({ type: 'terminated', container, termination: terminated });
    else if (waiting?.reason === 'CrashLoopBackOff' && last !== undefined)
      facts.push({ type: 'terminated', container, termination: last });
    if (waiting !== undefined) facts.push({ type: 'waiting', container, waiting });
  }
  return facts;
}

/** Most versions of a pod say nothing new, so nothing is made before there is something to tell. */
function containerFacts(before: SlimContainer | undefined, after: SlimContainer, now: number, facts: PodFact[]): void {
  const isKnown = (id: string): boolean => id === before?.terminated?.id || id === before?.last?.id;
  const { last, terminated } = after;
  if (last !== undefined && !isKnown(last.id)) facts.push({ type: 'terminated', container: after, termination: last });
  if (terminated !== undefined && !isKnown(terminated.id))
    facts.push({ type: 'terminated', container: after, termination: terminated });
  const by = after.restarts - (before?.restarts ?? 0);
  if (by > 0) {
    const ended =
      before !== undefined && before.running === undefined && (before.terminated ?? before.last) !== undefined;
    const seen = Number(ended) + Number(after.last !== undefined && !isKnown(after.last.id));
    const unseen = before === undefined ? 0 : Math.max(0, by - seen);
    facts.push({ type: 'restarted', container: after, by, unseen, at: lastStart(after) ?? now, history: false });
  }
  const waiting = after.waiting;
  if (
    waiting !== undefined &&
    (waiting.reason !== before?.waiting?.reason || waiting.message !== before?.waiting?.message)
  ) {
    facts.push({ type: 'waiting', container: after, waiting });
  }
  const probed = after.readiness !== undefined || after.startup !== undefined;
  if (probed && before?.ready === false && after.ready) facts.push({ type: 'ready', container: after });
  if (before?.ready === true && !after.ready && after.running !== undefined && after.running === before.running) {
    facts.push({ type: 'unready', container: after });
  }
}

/** When the request to delete came: `deletionTimestamp` is the end of the grace period. */
export function removalTime(pod: SlimPod, now: number): number {
  return pod.deleted === undefined ? now : pod.deleted - (pod.grace ?? 0) * 1000;
}

/** What is new in `next`. */
export function podFacts(previous: SlimPod | undefined, next: SlimPod, now: number): PodFact[] {
  if (previous === undefined) return isActive(next) ? firstFacts(next, now) : [];
  const facts: PodFact[] = [];
  for (const [index, container] of next.containers.entries()) {
    const same = previous.containers[index];
    const before =
      same?.name === container.name ? same : previous.containers.find(({ name }) => name === container.name);
    containerFacts(before, container, now, facts);
  }
  if (isActive(previous) && !isActive(next)) facts.push({ type: 'removed', lostAt: removalTime(next, now) });
  return facts;
}
