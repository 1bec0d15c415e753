/** Containers that cannot be started, and starts that nobody saw. */
import type { Incident, Occurrence } from './incident.ts';
import type { SlimContainer, SlimPod, Waiting } from './slim-types.ts';
import type { World } from './world.ts';
import { classify } from './catalogue.ts';
import { evidence, relabel } from './faults.ts';
import { needs } from './needs.ts';
import { openOf, place, statusPath } from './containers.ts';
import { refOf } from './world.ts';
import { touch } from './incident.ts';

/** The restart count rose by more than the ended instances that a status can hold: they are counted, not judged. */
export function onUnseen(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  unseen: number,
  at: number,
  now: number,
): void {
  if (pod.deleted !== undefined) return;
  const open = openOf(world, pod, container.name).filter(({ cause }) => !cause.startsWith('readiness-lost/'));
  const latest = open.sort((a, b) => (b.occurrences.at(-1)?.at ?? 0) - (a.occurrences.at(-1)?.at ?? 0))[0];
  const verdict = latest === undefined ? classify({ about: 'unseen', pod, container }) : undefined;
  const id = `${pod.uid}/${container.name}/unseen:${container.restarts}`;
  const incident =
    verdict === undefined ? latest : place(world, pod, container, verdict, { id, at, detected: now }, now);
  if (incident === undefined) return;
  incident.unseen = (incident.unseen ?? 0) + unseen;
  evidence(
    incident,
    refOf(pod),
    `${statusPath(container)}.restartCount`,
    `${container.restarts} (${unseen} unseen)`,
    at,
  );
  touch(world.book, incident);
}

export function onWaiting(
  world: World,
  pod: SlimPod,
  container: SlimContainer,
  waiting: Waiting,
  at: number,
  now: number,
): void {
  if (pod.deleted !== undefined) return;
  const verdict = classify({ about: 'waiting', pod, container, waiting });
  if (verdict === undefined) return;
  const trigger = `${verdict.cause.split('/')[0]}/`;
  const open = openOf(world, pod, container.name, trigger)[0];
  if (open !== undefined) {
    countPull(world, open, waiting, now);
    // The back-off's own message is the vaguer one: a known reason stays.
    if (open.cause !== verdict.cause && !verdict.cause.endsWith('/other')) relabel(world, open, verdict);
    return;
  }
  const occurrence: Occurrence = {
    id: `${pod.uid}/${container.name}/waiting:${trigger}${container.restarts}`,
    at,
    detected: now,
  };
  const incident = place(world, pod, container, verdict, occurrence, now);
  if (incident === undefined) return;
  if (trigger === 'image-pull/') incident.pulls = 1;
  evidence(
    incident,
    refOf(pod),
    `${statusPath(container)}.state.waiting`,
    `${waiting.reason}: ${waiting.message ?? ''}`.slice(0, 300),
    at,
  );
}

/** Reasons that do not pass: the second failure is enough to know. */
const hopeless = new Set(['image-pull/auth', 'image-pull/not-found', 'image-pull/platform']);

/** Every `ErrImagePull` after the one that opened the incident is another attempt; `ImagePullBackOff` is only the wait until the next. */
function countPull(world: World, incident: Incident, waiting: Waiting, now: number): void {
  if (waiting.reason !== 'ErrImagePull') return;
  incident.pulls = (incident.pulls ?? 1) + 1;
  if (!hopeless.has(incident.cause)) return;
  needs(world, incident, { id: 'needs.image-unavailable', data: { attempts: incident.pulls } }, now);
}
