import type { Container } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Fix } from '../../lint/rule.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'progress-deadline-short',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment'],
  needs: 'complete',
  docs: {
    summary: 'A Deployment gives up on a rollout before its pods have had the time they are granted to start.',
    why: 'A rollout that makes no progress for progressDeadlineSeconds (600 by default) is reported as failed, and tools that watch it roll back or alert. A pod makes progress when it has become ready and stayed so for minReadySeconds. If its probes allow it more time than that to start, slow but healthy rollouts fail. A deadline that is not longer than minReadySeconds is refused by the API server.',
    exemptions: 'Probes and deadlines that template text fills in.',
    links: ['concepts/workloads/controllers/deployment#progress-deadline-seconds'],
  },
  explains: ['rollout-failed/not-ready'],
  aliases: [],
  messages: {
    rejected:
      'progressDeadlineSeconds ({{deadline}} s) has to be longer than minReadySeconds ({{ready}} s). The API server rejects this Deployment.',
    short:
      'After {{deadline}} s without progress a rollout counts as failed, but container "{{container}}" may take {{budget}} s to start and has to stay ready for {{ready}} s: healthy rollouts are reported as failed and rolled back.',
  },
  titles: { raise: 'Raise progressDeadlineSeconds to {{seconds}}' },
  visit: {
    pod({ containers }, { located, report }) {
      const spec = located.resource.value.at('spec');
      const [deadlineAt, readyAt] = [spec.at('progressDeadlineSeconds'), spec.at('minReadySeconds')];
      const deadline = deadlineAt.missing ? 600 : deadlineAt.number();
      const ready = readyAt.missing ? 0 : readyAt.number();
      if (deadline === undefined || ready === undefined) return;
      const slowest = containers.flatMap(startOf).sort((a, b) => b.seconds - a.seconds)[0];
      const budget = slowest?.seconds ?? 0;
      if (deadline >= ready + budget && deadline > ready) return;
      const seconds = 2 * (ready + budget) || 600;
      const fixes: Fix[] = [
        {
          class: 'safe',
          title: 'raise',
          data: { seconds },
          operations: [{ op: 'set', path: deadlineAt.path, value: seconds }],
        },
      ];
      const written = deadlineAt.exists ? deadlineAt : readyAt.exists ? readyAt : undefined;
      const data = { deadline, ready, budget, container: slowest?.container.name ?? '…' };
      if (deadline <= ready) report({ message: 'rejected', at: written ?? spec, data, severity: 'error', fixes });
      else report({ message: 'short', at: written ?? slowest?.at ?? spec, data, fixes });
    },
  },
});

interface Start {
  readonly container: Container;
  readonly seconds: number;
  readonly at: Value;
}

/** Time a container is granted to start: what its startup probe waits, else until its first readiness answer. */
function startOf(container: Container): Start[] {
  if (container.role === 'init') return [];
  const startup = container.probe('startupProbe');
  const readiness = container.probe('readinessProbe');
  const probe = startup ?? readiness;
  const [delay, period] = [readiness?.initialDelaySeconds, readiness?.periodSeconds];
  const seconds = startup
    ? startup.budgetSeconds
    : delay === undefined || period === undefined
      ? undefined
      : delay + period;
  return probe && seconds !== undefined ? [{ container, seconds, at: probe.value }] : [];
}
