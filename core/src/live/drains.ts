/** Drains that do not come to an end because a PodDisruptionBudget allows no eviction. */
import type { Controller, World } from './world.ts';
import type { Incident } from './incident.ts';
import type { SlimBudget, SlimNode, SlimPod } from './slim-types.ts';
import { classify } from './catalogue.ts';
import { evidence, openIncident } from './faults.ts';
import { isActive } from './facts.ts';
import { isOpen } from './incident.ts';
import { nodeOf, podController, podOf, refOf, workloadOf } from './world.ts';
import { settle } from './settle.ts';

/** A budget that allows nothing for this long holds the drain up (milliseconds). */
const heldUp = 60_000;
/** A node may be cordoned for other reasons than a drain; after this long its pods were meant to go (milliseconds). */
const longCordon = 300_000;

/** Taints of those who drain a node to remove it. */
const removers = new Set(['ToBeDeletedByClusterAutoscaler', 'karpenter.sh/disrupted', 'karpenter.sh/disruption']);

/** Someone wants this node's pods to go. */
function isDraining(node: SlimNode): boolean {
  return node.cordoned || node.taints.some(({ key }) => removers.has(key));
}

/** Remembers since when a node is being drained. */
export function onDrainingNode(world: World, node: SlimNode, now: number): void {
  if (!isDraining(node)) {
    world.draining.delete(node.name);
    world.evictedFrom.delete(node.name);
  } else if (!world.draining.has(node.name)) world.draining.set(node.name, now);
}

function labelsOf(world: World, controller: Controller): Readonly<Record<string, string>> | undefined {
  const own = controller.object?.podLabels;
  if (own !== undefined) return own;
  const owner = world.objects.get(controller.owner?.uid ?? '');
  return owner !== undefined && 'podLabels' in owner ? owner.podLabels : undefined;
}

/** An empty selector selects everything (policy/v1); one with expressions only is left alone here. */
function selects(budget: SlimBudget, labels: Readonly<Record<string, string>> | undefined): boolean {
  const wanted = Object.entries(budget.selector ?? {});
  return labels !== undefined && wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

interface Held {
  readonly pods: SlimPod[];
  readonly node: string;
  readonly since: number;
}

/** Pods on nodes that are being drained, by the budget that holds them. */
function heldPods(world: World, budgets: readonly SlimBudget[]): Map<SlimBudget, Held> {
  const held = new Map<SlimBudget, Held>();
  for (const [name, since] of world.draining) {
    const sure =
      nodeOf(world, name)?.taints.some(({ key }) => removers.has(key)) === true || world.evictedFrom.has(name);
    for (const uid of world.podsByNode.get(name) ?? []) {
      const pod = podOf(world, uid);
      const controller = pod === undefined || !isActive(pod) ? undefined : podController(world, pod);
      if (pod === undefined || controller === undefined || controller.ref.kind === 'DaemonSet') continue;
      const labels = labelsOf(world, controller);
      const budget = budgets.find((entry) => entry.namespace === pod.namespace && selects(entry, labels));
      if (budget === undefined) continue;
      const known = held.get(budget);
      if (known !== undefined) known.pods.push(pod);
      else held.set(budget, { pods: [pod], node: name, since: since + (sure ? heldUp : longCordon) });
    }
  }
  return held;
}

/** Looks at all drains; called now and then. */
export function checkDrains(world: World, now: number): void {
  const open = [...world.blockedDrains];
  if (world.draining.size === 0 && open.length === 0) return;
  const budgets: SlimBudget[] = [];
  for (const uid of world.byResource.get('poddisruptionbudgets') ?? []) {
    const budget = world.objects.get(uid);
    if (budget?.resource === 'poddisruptionbudgets' && budget.allowed === 0 && budget.expected > 0)
      budgets.push(budget);
  }
  const held = heldPods(world, budgets);
  const stillHeld = new Set([...held.keys()].map(({ uid }) => uid));
  for (const incident of open) {
    if (stillHeld.has(incident.uid)) continue;
    world.blockedDrains.delete(incident);
    if (!isOpen(incident)) continue;
    incident.stableSince = now;
    incident.state = 'verifying';
    settle(world, incident, now);
  }
  for (const [budget, { pods, node, since }] of held) {
    if (now < since || open.some((incident) => incident.uid === budget.uid && isOpen(incident))) continue;
    begin(world, budget, pods, node, since, now);
  }
}

function begin(
  world: World,
  budget: SlimBudget,
  pods: readonly SlimPod[],
  node: string,
  at: number,
  now: number,
): void {
  const verdict = classify({ about: 'drain', budget: budget.name, node, pods: pods.length });
  const [pod] = pods;
  const controller = pod === undefined ? undefined : podController(world, pod);
  if (verdict === undefined || controller === undefined) return;
  const id = `${budget.uid}/drain:${at}`;
  const incident: Incident = openIncident(
    world,
    {
      id,
      scope: 'workload',
      verdict,
      actor: 'none',
      subject: refOf(budget),
      uid: budget.uid,
      workload: workloadOf(controller),
      node,
    },
    { id, at, detected: now },
  );
  world.blockedDrains.add(incident);
  evidence(incident, refOf(budget), 'status.disruptionsAllowed', 0);
  evidence(incident, refOf(budget), 'status', `healthy ${budget.healthy}, wanted ${budget.wanted}`);
}
