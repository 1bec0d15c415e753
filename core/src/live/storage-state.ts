/** What is known about volumes beside the objects: who uses which claim, who waits, and what events said. */
import type { SlimEvent, SlimObject, SlimPod } from './slim-types.ts';
import { capped } from './notes.ts';
import { meaningOf } from './event-patterns.ts';

/** What events said about one volume of a pod. */
export interface VolumeNote {
  readonly kind: 'attach' | 'mount' | 'attached';
  /** Name of the PersistentVolume, or of the volume in the pod; empty where the text names none. */
  readonly volume: string;
  readonly text: string;
  readonly first: number;
  readonly last: number;
}

/** What events said about a claim. */
export interface ClaimNote {
  /** Why no volume could be made, the last time somebody tried. */
  failed?: { readonly text: string; readonly first: number; readonly last: number };
  /** Somebody was asked to make one. */
  asked?: { readonly provisioner: string; readonly first: number; readonly last: number };
}

export interface Storage {
  readonly pods: Map<string, readonly VolumeNote[]>;
  readonly claims: Map<string, ClaimNote>;
  /** Pods that have a node and wait for their volumes. */
  readonly waiting: Set<string>;
  /** Claims that are not bound. */
  readonly unbound: Set<string>;
  /** UIDs of claims, volumes and classes by `resource/namespace/name`. */
  readonly names: Map<string, string>;
  /** Pods by `namespace/claim`. */
  readonly users: Map<string, Set<string>>;
}

const noteLimit = 16;
const objectLimit = 5000;

export function createStorage(): Storage {
  return {
    pods: new Map(),
    claims: new Map(),
    waiting: new Set(),
    unbound: new Set(),
    names: new Map(),
    users: new Map(),
  };
}

export function nameKey(resource: string, namespace: string | undefined, name: string): string {
  return `${resource}/${namespace ?? ''}/${name}`;
}

export function nameKeyOf({ resource, namespace, name }: SlimObject): string {
  return nameKey(resource, namespace, name);
}

const kinds: ReadonlyMap<string, VolumeNote['kind']> = new Map([
  ['FailedAttachVolume', 'attach'],
  ['FailedMount', 'mount'],
  ['FailedMapVolume', 'mount'],
  ['SuccessfulAttachVolume', 'attached'],
]);

/** Takes what an event says about volumes; tells of which object, or undefined where it is nothing new. */
export function takeStorageNote(storage: Storage, event: SlimEvent): 'pod' | 'claim' | undefined {
  const { uid } = event.involved;
  if (uid === undefined || event.first === undefined) return undefined;
  const times = { first: event.first, last: event.last ?? event.first };
  const kind = kinds.get(event.reason);
  if (kind !== undefined && event.involved.kind === 'Pod') {
    const volume = meaningOf(event)?.parts['volume'] ?? '';
    return keepPodNote(storage, uid, { kind, volume, text: event.message, ...times }) ? 'pod' : undefined;
  }
  if (event.involved.kind !== 'PersistentVolumeClaim') return undefined;
  const note = storage.claims.get(uid) ?? {};
  if (event.reason === 'ProvisioningFailed' || event.reason === 'FailedBinding') {
    const known = note.failed;
    if (known !== undefined && known.last >= times.last && known.first <= times.first) return undefined;
    const text = known !== undefined && known.last > times.last ? known.text : event.message;
    note.failed = { text, ...joined(known, times) };
  } else if (event.reason === 'ExternalProvisioning') {
    const parts = meaningOf(event)?.parts ?? {};
    const known = note.asked;
    if (known !== undefined && known.last >= times.last && known.first <= times.first) return undefined;
    note.asked = { provisioner: parts['prov'] ?? parts['prov2'] ?? '', ...joined(known, times) };
  } else return undefined;
  capped(storage.claims, uid, note, objectLimit);
  return 'claim';
}

interface Times {
  readonly first: number;
  readonly last: number;
}

function joined(known: Times | undefined, next: Times): Times {
  return { first: Math.min(known?.first ?? next.first, next.first), last: Math.max(known?.last ?? 0, next.last) };
}

function keepPodNote(storage: Storage, uid: string, note: VolumeNote): boolean {
  const own = storage.pods.get(uid) ?? [];
  const known = own.find((entry) => entry.kind === note.kind && entry.volume === note.volume);
  if (known !== undefined && known.last >= note.last && known.first <= note.first) return false;
  const text = known !== undefined && known.last > note.last ? known.text : note.text;
  const rest = own.filter((entry) => entry !== known).slice(-noteLimit + 1);
  capped(storage.pods, uid, [...rest, { ...note, text, ...joined(known, note) }], objectLimit);
  return true;
}

/** When the first container of a pod was started: its volumes were there then. */
export function firstStart(pod: SlimPod): number | undefined {
  const starts = pod.containers.flatMap((container) => [
    container.running ?? [],
    container.terminated?.started ?? [],
    container.last?.started ?? [],
  ]);
  const known = starts.flat();
  return known.length === 0 ? undefined : Math.min(...known);
}
