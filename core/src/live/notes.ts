/**
 * What events said about pods. Status is the truth; events only explain it, and they come before it, after it,
 * twice or never. So they are kept as notes and every verdict is a function of status and notes, whatever the order.
 */
import type { SlimEvent } from './slim-types.ts';

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

interface PodNotes {
  readonly kills: KillNote[];
  readonly failures: ProbeNote[];
}

const perPod = 64;
const podLimit = 5000;
const deleteLimit = 5000;

export interface Notes {
  readonly pods: Map<string, PodNotes>;
  /** `controllerUid/podName` of pods that their controller itself removed, with the time. */
  readonly deletes: Map<string, number>;
}

export function createNotes(): Notes {
  return { pods: new Map(), deletes: new Map() };
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
    const name = /^Deleted pod: (\S+)$/i.exec(event.message)?.[1] ?? /^delete Pod (\S+) in /i.exec(event.message)?.[1];
    if (name === undefined || notes.deletes.has(`${uid}/${name}`)) return undefined;
    capped(notes.deletes, `${uid}/${name}`, event.last ?? 0, deleteLimit);
    return { controller: uid };
  }
  if (event.involved.kind !== 'Pod') return undefined;
  return takePodNote(notes, uid, event) ? { pod: uid } : undefined;
}

function takePodNote(notes: Notes, uid: string, event: SlimEvent): boolean {
  const kill = event.reason === 'Killing' ? /failed (liveness|startup) probe/.exec(event.message) : null;
  const failure =
    event.reason === 'Unhealthy'
      ? /^(Liveness|Readiness|Startup) probe (?:failed|errored(?: and resulted in \w+ state)?): ?/.exec(event.message)
      : null;
  if (kill === null && failure === null) return false;
  const own = notes.pods.get(uid) ?? { kills: [], failures: [] };
  if (!notes.pods.has(uid)) capped(notes.pods, uid, own, podLimit);
  let changed = false;
  for (const at of new Set([event.first, event.last])) {
    if (at === undefined) continue;
    if (kill !== null) {
      const container = event.container ?? /Container (\S+) failed/.exec(event.message)?.[1];
      const probe = kill[1] === 'startup' ? 'startup' : 'liveness';
      if (container !== undefined)
        changed = keep(own.kills, { container, probe, at }, (other) => other.probe === probe) || changed;
    } else if (failure !== null) {
      const probe = failure[1] === 'Liveness' ? 'liveness' : failure[1] === 'Startup' ? 'startup' : 'readiness';
      const note = {
        probe,
        at,
        text: event.message.slice(failure[0].length).trim(),
        ...(event.container !== undefined && { container: event.container }),
      } as const;
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
