/** Containers that ended with their node: they hang under its incident, which lasts until they run again. */
import type { Incident } from './incident.ts';
import type { World } from './world.ts';
import { childrenOf, isOpen, setParent, touch } from './incident.ts';
import { settle } from './settle.ts';

/** A node is reported to be back at most this long after what ran on it was seen to have ended (milliseconds). */
const before = 300_000;
/** The runtime notes the end of what it lost when it is back itself: a little before or after the node's news (milliseconds). */
const after = 120_000;
/** What does not run by then has a trouble of its own (milliseconds). */
const longest = 300_000;

/**
 * Did an instance end with the boot of its node?
 * @param lost nobody knows how it ended: it may also be noted after the boot
 */
export function endedWithBoot(boot: number | undefined, finished: number, lost: boolean): boolean {
  return boot !== undefined && finished >= boot - before && finished <= boot + (lost ? after : 0);
}

/** Hangs a container that was lost under the boot of its node, whichever was told first. */
export function adoptByBoot(world: World, incident: Incident): void {
  if (incident.cause !== 'container-exit/lost' || incident.parent !== undefined || !isOpen(incident)) return;
  const parent = world.rebooting.get(incident.node ?? '');
  const at = incident.occurrences.at(-1)?.at;
  if (parent === undefined || at === undefined) return;
  if (!endedWithBoot(world.boots.get(incident.node ?? ''), at, true)) return;
  setParent(world.book, incident, parent);
  if (!isOpen(parent) || !isBoot(parent) || incident.stableSince !== undefined) return;
  parent.stableSince = undefined;
  parent.state = 'healing';
}

/** A node that was not ready is back when it says so; one of which only the boot is known, when all runs again. */
function isBoot({ cause }: Incident): boolean {
  return cause.startsWith('node-rebooted/');
}

/** A node was started anew, which this incident tells of: takes what ended with it. */
export function adoptLost(world: World, node: string, parent: Incident): void {
  world.rebooting.set(node, parent);
  for (const uid of world.podsByNode.get(node) ?? [])
    for (const incident of world.book.byUid.get(uid) ?? []) adoptByBoot(world, incident);
}

/** Looks whether nodes that were started anew run all that ran on them. */
export function checkBoots(world: World, now: number): void {
  for (const [node, incident] of world.rebooting) {
    const boot = world.boots.get(node) ?? now;
    if (isOpen(incident) && isBoot(incident)) refresh(world, incident, boot, now);
    else if (!isOpen(incident) && now - boot > after) world.rebooting.delete(node);
  }
}

function refresh(world: World, incident: Incident, boot: number, now: number): void {
  let back: number | undefined = boot;
  for (const child of childrenOf(world.book, incident)) {
    if (back === undefined) break;
    if (isOpen(child) && child.stableSince === undefined && now - boot < longest) back = undefined;
    else back = Math.max(back, child.phases.recovered ?? child.stableSince ?? back);
  }
  if (incident.stableSince !== back || incident.state === 'detected') {
    incident.stableSince = back;
    incident.state = back === undefined ? 'healing' : 'verifying';
    touch(world.book, incident);
  }
  settle(world, incident, now);
}
