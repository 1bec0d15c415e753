/** What is told about the loss of a pod: who removed it, and why. */
import type { Incident } from './incident.ts';
import type { SlimPod } from './slim-types.ts';
import type { World } from './world.ts';
import { classify } from './catalogue.ts';
import { evidence, relabel } from './faults.ts';
import { marksOf } from './notes.ts';
import { refOf } from './world.ts';
import { touch } from './incident.ts';

/** Reasons of the condition DisruptionTarget and the components that set them. */
const removers: Readonly<Record<string, string>> = {
  DeletionByTaintManager: 'taint-eviction',
  DeletionByDeviceTaintManager: 'device-taint-eviction',
  DeletionByPodGC: 'pod-gc',
  EvictionByEvictionAPI: 'eviction-api',
  PreemptionByScheduler: 'scheduler',
  TerminationByKubelet: 'kubelet',
};

/** Writes the evidence of a loss. */
export function tellLoss(world: World, slot: Incident, pod: SlimPod, lostAt: number): void {
  const ref = refOf(pod);
  const { disruption, reason, message } = pod;
  const remover = removers[disruption?.reason ?? ''];
  if (remover !== undefined) slot.removedBy = remover;
  if (disruption !== undefined)
    evidence(slot, ref, 'status.conditions[DisruptionTarget].reason', disruption.reason ?? 'True', disruption.at);
  if (reason !== undefined) evidence(slot, ref, 'status.reason', reason, lostAt);
  if (message !== undefined && reason !== undefined)
    evidence(slot, ref, 'status.message', message.replace(/\s+/g, ' ').trim(), lostAt);
  tellNotes(world, slot, pod);
  if (pod.deleted !== undefined) evidence(slot, ref, 'metadata.deletionTimestamp', 'set', lostAt);
}

/** What events say about a loss, whenever they come. */
function tellNotes(world: World, slot: Incident, pod: SlimPod): void {
  // The eviction API is everybody's tool; who used it says so in an event.
  const remover = marksOf(world.notes, pod.uid, 'remover').at(-1);
  if (remover?.by !== undefined) {
    slot.removedBy = remover.by;
    evidence(slot, refOf(pod), 'events[removed]', remover.text.slice(0, 200), remover.at, 'event');
  }
  const note = marksOf(world.notes, pod.uid, 'evicted').at(-1);
  const { containers, usage, resource } = note?.eviction ?? {};
  if (containers === undefined) return;
  const used = `${containers}: ${usage ?? '?'} (${resource ?? '?'})`;
  evidence(slot, refOf(pod), 'events[Evicted]', used, note?.at, 'event');
}

/** An event about the loss came after it. */
export function retellLoss(world: World, slot: Incident, pod: SlimPod): void {
  const eviction = marksOf(world.notes, pod.uid, 'evicted').at(-1);
  const verdict =
    eviction?.eviction !== undefined && slot.cause.startsWith('pod-evicted/')
      ? classify({ about: 'removed', pod, eviction })
      : undefined;
  if (verdict !== undefined) relabel(world, slot, verdict);
  tellNotes(world, slot, pod);
  touch(world.book, slot);
}
