import { resolveAmount } from '../../kube/amount.ts';
import type { Rollout } from '../../kube/rollout.ts';
import { readRollout } from '../../kube/rollout.ts';
import type { KubernetesVersion } from '../../kube/version.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { bindsToOnePod } from '../../workspace/exclusive.ts';
import { isAvailabilityExempt, isForOneNode } from '../../workspace/exempt.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';

export default defineRule({
  id: 'rollout-all-at-once',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/DaemonSet', 'apps/StatefulSet', 'argoproj.io/Rollout'],
  needs: 'any',
  docs: {
    summary: 'An update may take every pod of a workload away at once.',
    why: 'maxUnavailable is how many pods an update may take away before their replacements are ready. If that is all of them, each update is an outage, and a new version that never gets ready leaves nothing of the old one that still works. A percentage rounds down; more than 100% is refused by the API server.',
    exemptions:
      'Pods that cannot stand side by side anyway: they use a host port, or a volume for one node or one pod. Workloads stopped with 0 replicas, Helm hooks, namespaces in known.namespaces. StatefulSets where the target version ignores maxUnavailable (it is on in 1.35 and from 1.37). An info for DaemonSets in overlays for a single node.',
    links: ['concepts/workloads/controllers/deployment#max-unavailable', 'tasks/manage-daemon/update-daemon-set'],
  },
  explains: ['rollout-failed/not-ready', 'service-down/no-ready-endpoints'],
  aliases: [],
  messages: {
    all: 'maxUnavailable {{value}} lets an update take all {{replicas}} replicas of {{kind}} "{{name}}" away before any new one is ready: every update is an outage.',
    only: 'maxUnavailable {{value}} lets an update take the only replica of {{kind}} "{{name}}" away before the new one is ready: every update is an outage.',
    everywhere:
      'maxUnavailable {{value}} lets an update take the pods of {{kind}} "{{name}}" away from every node at once: a bad version is everywhere before anyone notices.',
    over: 'maxUnavailable cannot be more than 100%. The API server rejects {{value}}, so this {{kind}} does not exist.',
  },
  titles: {
    quarter: 'Take at most a quarter away at once: maxUnavailable 25%',
    one: 'Take one pod away at a time: maxUnavailable 1',
    surge: 'Start a new pod before an old one goes: maxUnavailable 0, maxSurge 1',
  },
  visit: {
    resource(located, { report, around, known, version }) {
      const { value, kind, name, groupKind } = located.resource;
      const rollout = readRollout(groupKind, value);
      const amount = rollout?.unavailable;
      if (!rollout || rollout.type !== 'rolling' || !amount || rollout.maxUnavailable.missing) return;
      if (around.patched(located, rollout.strategy) || (kind === 'StatefulSet' && !countsInStatefulSet(version)))
        return;
      const at = rollout.maxUnavailable;
      const data = { kind, name: name ?? '…', value: at.rawText() ?? '…' };
      if (amount.type === 'percent' && amount.percent > 100) {
        report({ message: 'over', at, data, severity: 'error', fixes: [set(rollout, 'quarter', '25%')] });
        return;
      }
      if (isAvailabilityExempt(located, around, known) || bindsToOnePod(located, around)) return;
      const whole = amount.type === 'percent' && amount.percent === 100;
      if (kind === 'DaemonSet') {
        const severity = isForOneNode(located) ? 'info' : 'warning';
        if (whole)
          report({
            message: 'everywhere',
            at,
            data,
            severity,
            fixes: [set(rollout, 'quarter', '25%'), set(rollout, 'one', 1)],
          });
        return;
      }
      const replicas = effectiveReplicas(located, around)?.count;
      // A StatefulSet with one pod has no other way.
      if (replicas === 0 || (replicas === undefined && !whole) || (replicas === 1 && kind === 'StatefulSet')) return;
      if (replicas !== undefined && (resolveAmount(amount, replicas, 'down') ?? 0) < replicas) return;
      report({
        message: replicas === 1 ? 'only' : 'all',
        at,
        data: { ...data, replicas: replicas ?? '…' },
        fixes: fixes(rollout, kind, replicas),
      });
    },
  },
});

/** Gate MaxUnavailableStatefulSet: on when 1.35 came out, off in 1.36, on again since 1.37. */
const countsInStatefulSet = (version: KubernetesVersion): boolean =>
  atLeast(version, '1.37') || (atLeast(version, '1.35') && !atLeast(version, '1.36'));

const set = ({ maxUnavailable }: Rollout, title: string, value: number | string): Fix => ({
  class: 'review',
  title,
  operations: [{ op: 'set', path: maxUnavailable.path, value }],
});

function fixes(rollout: Rollout, kind: string, replicas: number | undefined): Fix[] {
  const fewer = replicas === undefined || replicas > 1;
  if (kind === 'StatefulSet') return [set(rollout, 'one', 1)];
  const surge: Fix = {
    class: 'review',
    title: 'surge',
    operations: [
      { op: 'set', path: rollout.maxUnavailable.path, value: 0 },
      { op: 'set', path: rollout.maxSurge.path, value: 1 },
    ],
  };
  return fewer ? [set(rollout, 'quarter', '25%'), surge] : [surge];
}
