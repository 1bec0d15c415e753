import type { Amount } from '../../kube/amount.ts';
import { readAmount, resolveAmount } from '../../kube/amount.ts';
import type { Rollout } from '../../kube/rollout.ts';
import { isNothing, readRollout } from '../../kube/rollout.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'rollout-no-progress',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/DaemonSet', 'argoproj.io/Rollout'],
  needs: 'complete',
  docs: {
    summary: 'A rolling update may neither take an old pod away nor start a new one.',
    why: 'An update replaces pods by taking some away (maxUnavailable) or starting some on top (maxSurge). With 0 for both nothing could ever happen, so the API server refuses it. A DaemonSet needs exactly one of the two, and its defaults are maxUnavailable 1 and maxSurge 0: maxUnavailable 0 alone and maxSurge alone are refused as well. A number in quotes is no number and is refused everywhere.',
    exemptions:
      'Values that template text fills in. The default maxUnavailable of 25% beside maxSurge 0. An explicit percentage that rounds down to 0 pods beside maxSurge 0 is an info: the controller takes one pod away all the same.',
    links: ['concepts/workloads/controllers/deployment#max-unavailable', 'tasks/manage-daemon/update-daemon-set'],
  },
  explains: ['rollout-failed/not-ready'],
  aliases: [],
  messages: {
    both: 'maxUnavailable {{unavailable}} and maxSurge {{surge}}: an update could neither take an old pod away nor start a new one. The API server rejects this {{kind}}.',
    argo: 'maxUnavailable {{unavailable}} and maxSurge {{surge}}: an update could neither take an old pod away nor start a new one. Argo Rollouts does not accept this Rollout.',
    alone:
      'maxUnavailable {{unavailable}} needs a maxSurge in a DaemonSet, where it is 0 by default: an update could not replace any pod. The API server rejects this DaemonSet.',
    exclusive:
      'A DaemonSet may use maxSurge only with maxUnavailable 0 (which is 1 by default). The API server rejects this DaemonSet.',
    invalid:
      '{{field}} has to be a whole number from 0 or a percentage such as "25%". The API server rejects {{value}}, so this {{kind}} does not exist.',
    rounds:
      'maxUnavailable {{unavailable}} of {{replicas}} replicas rounds down to 0, and maxSurge is 0. The controller takes one pod away at a time all the same.',
  },
  titles: {
    one: 'Take one pod away at a time: maxUnavailable 1',
    none: 'Start the new pod first: maxUnavailable 0',
    number: 'Write {{value}} as a number',
  },
  visit: {
    resource(located, context) {
      const { value, groupKind } = located.resource;
      const rollout = readRollout(groupKind, value);
      if (!rollout || rollout.type !== 'rolling' || context.around.patched(located, rollout.strategy)) return;
      const [unavailable, surge] = [rollout.maxUnavailable, rollout.maxSurge];
      const invalid = [judgeForm(unavailable, 'maxUnavailable', context), judgeForm(surge, 'maxSurge', context)];
      if (invalid.includes(true) || rollout.settings.open) return;
      if (groupKind === 'apps/DaemonSet') judgeDaemonSet(rollout, context);
      else judgeBoth(rollout, located, context);
    },
  },
});

type Messages = 'both' | 'argo' | 'alone' | 'exclusive' | 'invalid' | 'rounds';

/** Reports what is no amount at all; whether it did. More than 100% is another rule's. */
function judgeForm(at: Value, field: string, { report, located }: UnitContext<Messages>): boolean {
  const written = at.templated ? undefined : at.intOrString();
  if (written === undefined || readAmount(written).type !== 'invalid') return false;
  const digits = typeof written === 'string' && /^\d+$/.test(written);
  const number: Fix = {
    class: 'safe',
    title: 'number',
    data: { value: written },
    operations: [{ op: 'set', path: at.path, value: Number(written) }],
  };
  const value = typeof written === 'string' ? JSON.stringify(written) : String(written);
  report({
    message: 'invalid',
    at,
    data: { field, value, kind: located.resource.kind },
    fixes: digits ? [number] : [],
  });
  return true;
}

const set = (at: Value, title: string, value: number): Fix => ({
  class: 'safe',
  title,
  operations: [{ op: 'set', path: at.path, value }],
});

function judgeBoth(
  { unavailable, surge, maxUnavailable, maxSurge }: Rollout,
  located: Located,
  { report, around }: UnitContext<Messages>,
): void {
  if (!isNothing(surge) || !unavailable || maxUnavailable.missing) return;
  const { kind } = located.resource;
  const fixes = [set(maxUnavailable, 'one', 1)];
  const data = { kind, unavailable: show(unavailable), surge: maxSurge.rawText() ?? '0' };
  if (isNothing(unavailable)) {
    report({ message: kind === 'Rollout' ? 'argo' : 'both', at: maxUnavailable, data, fixes });
    return;
  }
  const replicas = effectiveReplicas(located, around)?.count;
  if (!replicas || resolveAmount(unavailable, replicas, 'down') !== 0) return;
  report({ message: 'rounds', at: maxUnavailable, data: { ...data, replicas }, severity: 'info', fixes });
}

/** Exactly one of the two has to be something; percentages count as written, not as rounded. */
function judgeDaemonSet(
  { unavailable, surge, maxUnavailable, maxSurge }: Rollout,
  { report }: UnitContext<Messages>,
): void {
  if (!unavailable || !surge) return;
  const data = { kind: 'DaemonSet', unavailable: show(unavailable), surge: show(surge) };
  if (isNothing(unavailable) && isNothing(surge)) {
    report({
      message: maxSurge.missing ? 'alone' : 'both',
      at: maxUnavailable,
      data,
      fixes: [set(maxUnavailable, 'one', 1)],
    });
  } else if (!isNothing(unavailable) && !isNothing(surge)) {
    report({ message: 'exclusive', at: maxSurge, data, fixes: [set(maxUnavailable, 'none', 0)] });
  }
}

const show = (amount: Amount): string =>
  amount.type === 'count' ? String(amount.count) : amount.type === 'percent' ? `${amount.percent}%` : '…';
