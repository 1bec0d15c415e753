/**
 * What events said about pods. Status is the truth; events only explain it, and they come before it, after it,
 * twice or never. So they are kept as notes and every verdict is a function of status and notes, whatever the order.
 */
import type { SlimEvent } from './slim-types.ts';
import { meaningOf } from './event-patterns.ts';

/** The kubelet kills a container because a probe failed. */
export interface KillNote {
  readonly container: string;
  readonly probe: 'liveness' | 'startup';
  readonly at: number;
}

/** A probe failed. */
export interface ProbeNote {
  readonly container?: string;
  readonly probe: 'liveness' | 'readiness' | 'startup';
  readonly at: number;
  /** The probe's output. */
  readonly text: string;
}

export type MarkKind =
  'post-start' | 'pre-stop' | 'late-stop' | 'stop' | 'sandbox' | 'scale-up' | 'no-scale-up' | 'evicted' | 'remover';

/** Anything else that an event said about a pod, by what it is good for. */
export interface Mark {
  readonly kind: MarkKind;
  readonly container?: string;
  readonly at: number;
  readonly text: string;
  readonly by?: string;
  readonly eviction?: SlimEvent['eviction'];
}

interface PodNotes {
  readonly kills: KillNote[];
  readonly failures: ProbeNote[];
  readonly marks: Mark[];
}

const perPod = 64;
const podLimit = 5000;
const deleteLimit = 5000;

export interface Notes {
  readonly pods: Map<string, PodNotes>;
  /** When a node's kernel killed for want of memory, by node name; the newest few. */
  readonly nodeOoms: Map<string, number[]>;
  /** `controllerUid/podName` of pods that their controller itself removed, with the time. */
  readonly deletes: Map<string, number>;
}

export function createNotes(): Notes {
  return { pods: new Map(), nodeOoms: new Map(), deletes: new Map() };
}

/** Keeps a map at its limit: the oldest key goes. */
export function capped<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  map.set(key, value);
  if (map.size <= limit) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function keep<T extends { readonly at: number; readonly container?: string }>(
  list: T[],
  note: T,
  same: (other: T) => boolean,
): boolean {
  if (list.some((other) => other.at === note.at && other.container === note.container && same(other))) return false;
  list.push(note);
  if (list.length > perPod) list.shift();
  return true;
}

/** Takes an event. Tells whose verdicts may change: a pod's or a controller's; undefined when nothing new was said. */
export function takeNote(
  notes: Notes,
  event: SlimEvent,
): { readonly pod?: string; readonly controller?: string } | undefined {
  const uid = event.involved.uid;
  if (uid === undefined) return undefined;
  if (event.reason === 'SuccessfulDelete') {
    // Written by the controller that removed the pod itself: replicaset, daemonset, job ("Deleted pod: x"), statefulset.
    const name = meaningOf(event)?.parts['pod'];
    if (name === undefined || notes.deletes.has(`${uid}/${name}`)) return undefined;
    capped(notes.deletes, `${uid}/${name}`, event.last ?? 0, deleteLimit);
    return { controller: uid };
  }
  if (event.involved.kind !== 'Pod') return undefined;
  return takePodNote(notes, uid, event) ? { pod: uid } : undefined;
}

/** Reasons of kubelet, cluster-autoscaler and karpenter (`pkg/kubelet/events`, `core/scaleup`, `controllers/provisioning`). */
const markReasons: ReadonlyMap<string, MarkKind> = new Map([
  ['FailedPostStartHook', 'post-start'],
  ['FailedPreStopHook', 'pre-stop'],
  ['ExceededGracePeriod', 'late-stop'],
  ['FailedCreatePodSandBox', 'sandbox'],
  ['NetworkNotReady', 'sandbox'],
  ['TriggeredScaleUp', 'scale-up'],
  ['Nominated', 'scale-up'],
  ['NotTriggerScaleUp', 'no-scale-up'],
  ['Evicted', 'evicted'],
]);

/** The mark that an event leaves on its pod. */
function markOf(event: SlimEvent): MarkKind | undefined {
  if (event.reason === 'Killing')
    return /failed \w+ probe|FailedPostStartHook/.test(event.message) ? undefined : 'stop';
  if (removerOf(event) !== undefined) return 'remover';
  // The scheduler nominates nodes too; only karpenter's word means that one is being made.
  if (event.reason === 'Nominated' && !/nodeclaim|machine|node\//i.test(event.message)) return undefined;
  return markReasons.get(event.reason);
}

/** Who says in an event that it made the pod leave; all of them use the eviction API. */
function removerOf({ reason, message, component = '' }: SlimEvent): string | undefined {
  if (reason === 'EvictedByVPA') return 'vpa';
  if (reason === 'ScaleDown') return 'cluster-autoscaler';
  if (reason === 'Evicted' && message.startsWith('Evicted pod')) return 'karpenter';
  return component.includes('descheduler') ? 'descheduler' : undefined;
}

function takeMark(own: PodNotes, event: SlimEvent, kind: MarkKind): boolean {
  const at = event.last ?? event.first ?? 0;
  const mark: Mark = {
    kind,
    at,
    text: event.message,
    ...(event.container !== undefined && { container: event.container }),
    ...(kind === 'remover' && { by: removerOf(event) ?? '' }),
    ...(event.eviction !== undefined && { eviction: event.eviction }),
  };
  return keep(own.marks, mark, (other) => other.kind === kind);
}

/** Marks of a kind within a time, oldest first. */
export function marksOf(notes: Notes, pod: string, kind: MarkKind, from = 0, to = Infinity): Mark[] {
  const found = notes.pods.get(pod)?.marks.filter((mark) => mark.kind === kind && mark.at >= from && mark.at <= to);
  return (found ?? []).sort((a, b) => a.at - b.at);
}

const probeNames: ReadonlyMap<string, ProbeNote['probe']> = new Map(
  (['liveness', 'readiness', 'startup'] as const).map((probe) => [probe, probe]),
);

function takePodNote(notes: Notes, uid: string, event: SlimEvent): boolean {
  const { reason } = event;
  const parts = reason === 'Killing' || reason === 'Unhealthy' ? (meaningOf(event)?.parts ?? {}) : {};
  const probe = probeNames.get(parts['probe']?.toLowerCase() ?? '');
  const mark = probe === undefined ? markOf(event) : undefined;
  if (probe === undefined && mark === undefined) return false;
  const own = notes.pods.get(uid) ?? { kills: [], failures: [], marks: [] };
  if (!notes.pods.has(uid)) capped(notes.pods, uid, own, podLimit);
  if (mark !== undefined) return takeMark(own, event, mark);
  let changed = false;
  for (const at of new Set([event.first, event.last])) {
    if (at === undefined) continue;
    if (reason === 'Killing') {
      const container = event.container ?? parts['container'];
      if (container === undefined || probe === undefined || probe === 'readiness') continue;
      changed = keep(own.kills, { container, probe, at }, (other) => other.probe === probe) || changed;
    } else if (probe !== undefined) {
      const text = (parts['output'] ?? parts['err'] ?? '').trim();
      const note: ProbeNote = { probe, at, text, ...(event.container !== undefined && { container: event.container }) };
      changed = keep<ProbeNote>(own.failures, note, (other) => other.probe === probe) || changed;
    }
  }
  return changed;
}

/** Times of status and events have a resolution of one second and come from different goroutines (milliseconds). */
const tolerance = 2000;

/** The probe kill that ended an instance which ran from `started` to `finished`. */
export function killOf(
  notes: Notes,
  pod: string,
  container: string,
  started: number,
  finished: number,
): KillNote | undefined {
  return notes.pods
    .get(pod)
    ?.kills.findLast((note) => note.container === container && note.at >= started && note.at <= finished + tolerance);
}

/** Failures of a probe within a time, oldest first. */
export function failuresOf(
  notes: Notes,
  pod: string,
  container: string,
  probe: ProbeNote['probe'],
  from: number,
  to: number,
): ProbeNote[] {
  const found = notes.pods
    .get(pod)
    ?.failures.filter(
      (note) => note.probe === probe && (note.container ?? container) === container && note.at >= from && note.at <= to,
    );
  return (found ?? []).sort((a, b) => a.at - b.at);
}
