import type { PodTemplate } from '../../kube/pod.ts';
import type { Rollout, Room } from '../../kube/rollout.ts';
import { readRollout, roomOf } from '../../kube/rollout.ts';
import { affinityTerms, termFinds } from '../../kube/scheduling.ts';
import { matches, readLabelSelector } from '../../kube/selector.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import { effectiveReplicas, maxReplicas } from '../../workspace/replicas.ts';
import type { Plain } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'hard-spread-blocks-replacement',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary:
      'Replicas must not share a node or zone, and there may be fewer of these than an update or a replacement needs.',
    why: 'Required anti-affinity allows one pod per node (or zone). An update that starts the new pod first then needs one more than there are replicas, and so does every replacement while the old pod still ends. A spread constraint with DoNotSchedule and maxSkew 1 counts nodes that are drained, too: once every node has a pod, the pod of a drained node fits on no other.',
    exemptions:
      'DaemonSets; constraints with nodeTaintsPolicy: Honor, which leaves drained nodes out; Helm hooks, namespaces in known.namespaces. The number of nodes is not known unless the option says it: then anti-affinity over nodes is an info, and only where an update may take no pod away before the new one runs.',
    links: [
      'concepts/scheduling-eviction/assign-pod-node#inter-pod-affinity-and-anti-affinity',
      'concepts/scheduling-eviction/topology-spread-constraints#spread-constraint-definition',
    ],
  },
  explains: ['pod-lost/node', 'unschedulable/affinity', 'unschedulable/spread', 'rollout-failed/not-ready'],
  aliases: ['datree:EKS_INVALID_VALUE_DONOOTSCHEDULE'],
  options: {
    nodes: {
      default: 0,
      description: 'Number of nodes that pods of this workspace can run on; 0 when it is not known.',
    },
    zones: { default: 3, description: 'Number of zones of the cluster.' },
  },
  messages: {
    full: 'No two pods of {{kind}} "{{name}}" may share a {{domain}}: {{replicas}} replica(s) and {{surge}} more during an update need {{wanted}} of them, and there are {{count}}. The rest waits for ever, and so do updates and replacements.',
    unknown:
      'No two pods of {{kind}} "{{name}}" may share a node, and an update starts {{surge}} new pod(s) before it stops one of the {{replicas}}: on a cluster with {{replicas}} node(s) no update ever ends.',
    drained:
      'With {{replicas}} replica(s) on {{count}} {{domain}}(s) each has a pod. When one is drained it still counts, with no pod: a second pod anywhere else is too many (DoNotSchedule, maxSkew 1), and the replacement waits for ever.',
  },
  titles: {
    prefer: 'Keep them apart as far as it can be done (preferred, weight 100)',
    swap: 'Stop an old pod before starting a new one: maxSurge 0, maxUnavailable 1',
    anyway: 'Spread them as far as it can be done: ScheduleAnyway',
    honor: 'Leave drained nodes out of the count: nodeTaintsPolicy: Honor',
  },
  visit: {
    pod(pod, context) {
      const { located, around, known } = context;
      if (
        located.resource.kind === 'DaemonSet' ||
        located.resource.kind === 'Pod' ||
        isAvailabilityExempt(located, around, known) ||
        !pod.labelsKnown
      )
        return;
      if (
        around.patched(located, pod.spec.at('affinity')) ||
        around.patched(located, pod.spec.at('topologySpreadConstraints'))
      )
        return;
      const need = needOf(context);
      if (!need) return;
      judgeAffinity(pod, need, context);
      judgeConstraints(pod, need, context);
    },
  },
});

type Messages = 'full' | 'unknown' | 'drained';

interface Need {
  /** Most replicas, and pods on top of them during an update. */
  readonly replicas: number;
  readonly surge: number;
  /** The same for the replicas that are kept at least. */
  readonly kept: number;
  readonly room: Room;
  readonly rollout: Rollout | undefined;
}

function needOf({ located, around }: UnitContext<Messages>): Need | undefined {
  const rollout = readRollout(located.resource.groupKind, located.resource.value);
  const [kept, most] = [effectiveReplicas(located, around)?.count, maxReplicas(located, around)];
  if (!kept || !most || (rollout && around.patched(located, rollout.strategy))) return undefined;
  const room = rollout ? roomOf(rollout, kept) : { unavailable: 1, surge: 0 };
  const full = rollout ? roomOf(rollout, most) : room;
  // With an old pod gone first, its place is free for the new one.
  return room && full
    ? { replicas: most, surge: full.unavailable === 0 ? full.surge : 0, kept, room, rollout }
    : undefined;
}

/** What fails together by a label of nodes, and how many of it there are; 0 when that is not known. */
function domainOf(
  key: Value,
  { option }: UnitContext<Messages>,
): { readonly domain: 'node' | 'zone'; readonly count: number } | undefined {
  const text = key.text();
  if (text === 'kubernetes.io/hostname') return { domain: 'node', count: option<number>('nodes') };
  if (text === 'topology.kubernetes.io/zone' || text === 'failure-domain.beta.kubernetes.io/zone')
    return { domain: 'zone', count: option<number>('zones') };
  return undefined;
}

function judgeAffinity(
  pod: PodTemplate,
  { replicas, surge, kept, room, rollout }: Need,
  context: UnitContext<Messages>,
): void {
  const { located, around, report } = context;
  const { kind, name } = located.resource;
  const namespace = around.namespaceOf(located);
  for (const { required, term } of affinityTerms(pod.spec, 'podAntiAffinity') ?? []) {
    const found = domainOf(term.at('topologyKey'), context);
    if (!required || !found || termFinds(term, pod.labels, namespace) !== true) continue;
    const { domain, count } = found;
    const wanted = replicas + surge;
    const data = { kind, name: name ?? '…', domain, replicas, surge, wanted, count };
    const swaps = rollout?.type === 'rolling' && kind !== 'StatefulSet' && (count === 0 || replicas <= count);
    const fixes = [...prefer(pod, term), ...(swaps ? [swap(rollout)] : [])];
    if (count > 0 && wanted > count) report({ message: 'full', at: term.at('topologyKey'), data, fixes });
    else if (count === 0 && room.unavailable === 0 && room.surge > 0) {
      report({
        message: 'unknown',
        at: term.at('topologyKey'),
        data: { ...data, replicas: kept, surge: room.surge },
        severity: 'info',
        fixes,
      });
    }
  }
}

function judgeConstraints(pod: PodTemplate, { replicas }: Need, context: UnitContext<Messages>): void {
  for (const constraint of pod.spec.at('topologySpreadConstraints').items()) {
    const found = domainOf(constraint.at('topologyKey'), context);
    // How many zones there are is a guess, and draining a whole zone is rare.
    if (!constraint.isMap || constraint.open || found?.domain !== 'node' || found.count === 0 || replicas < found.count)
      continue;
    const selector = readLabelSelector(constraint.at('labelSelector'));
    const hard =
      constraint.at('whenUnsatisfiable').text() === 'DoNotSchedule' && constraint.at('maxSkew').number() === 1;
    if (!hard || constraint.at('labelSelector').missing || !selector.known || !matches(selector, pod.labels)) continue;
    const honors = constraint.at('nodeTaintsPolicy');
    if (!honors.missing && honors.text() !== 'Ignore') continue;
    const set = (field: string, title: string, value: string): Fix => ({
      class: 'review',
      title,
      operations: [{ op: 'set', path: constraint.at(field).path, value }],
    });
    const honor = atLeast(context.version, '1.26') ? [set('nodeTaintsPolicy', 'honor', 'Honor')] : [];
    context.report({
      message: 'drained',
      at: constraint.at('whenUnsatisfiable'),
      data: { replicas, ...found },
      fixes: [...honor, set('whenUnsatisfiable', 'anyway', 'ScheduleAnyway')],
    });
  }
}

/** The required term becomes a preferred one. */
function prefer(pod: PodTemplate, term: Value): Fix[] {
  const at = pod.spec.at('affinity', 'podAntiAffinity');
  const json = at.json() as { readonly [key: string]: Plain } | undefined;
  const [required, preferred] = [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'preferredDuringSchedulingIgnoredDuringExecution',
  ] as const;
  const [soft, podAffinityTerm] = [json?.[preferred] ?? [], term.json() as Plain | undefined];
  if (!json || podAffinityTerm === undefined || !Array.isArray(soft)) return [];
  const index = Number(term.path.at(-1));
  const hard = (json[required] as readonly Plain[]).filter((_, position) => position !== index);
  const others = Object.fromEntries(Object.entries(json).filter(([key]) => key !== required && key !== preferred));
  const value = {
    ...others,
    ...(hard.length > 0 && { [required]: hard }),
    [preferred]: [...(soft as readonly Plain[]), { weight: 100, podAffinityTerm }],
  };
  return [{ class: 'review', title: 'prefer', operations: [{ op: 'set', path: at.path, value }] }];
}

function swap({ settings, maxSurge, maxUnavailable }: Rollout): Fix {
  if (!settings.isMap)
    return {
      class: 'review',
      title: 'swap',
      operations: [{ op: 'set', path: settings.path, value: { maxSurge: 0, maxUnavailable: 1 } }],
    };
  return {
    class: 'review',
    title: 'swap',
    operations: [
      { op: 'set', path: maxSurge.path, value: 0 },
      { op: 'set', path: maxUnavailable.path, value: 1 },
    ],
  };
}
