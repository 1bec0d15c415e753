import { showName } from '../../kube/pod.ts';
import { asksOneThing } from '../../kube/probe.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'startup-probe-budget-short',
  capability: 'container-restarts',
  tier: 2,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A startup probe leaves little more time to start than liveness would.',
    why: 'A startup probe is there for the slowest start: a cold cache, a busy node, a long migration. When it gives up, the container is killed and starts over. The usual reason is a failureThreshold left at its default of 3.',
    exemptions: 'A written budget of 30 s or more, unless readiness waits longer.',
    links: ['concepts/workloads/pods/probes#startup-probe'],
  },
  explains: [
    'startup-probe-failed/exec',
    'startup-probe-failed/http',
    'startup-probe-failed/refused',
    'startup-probe-failed/timeout',
    'startup-probe-failed/grpc',
  ],
  aliases: [],
  options: {
    minSeconds: { default: 30, description: 'Seconds that a startup probe should give a container at least.' },
  },
  messages: {
    short:
      'The startup probe kills container "{{container}}" when it has not started after {{budget}} s; less than {{wanted}} s is short for a startup probe, whose purpose is to wait for slow starts.',
    default:
      'The startup probe of container "{{container}}" leaves failureThreshold at 3, so the container is killed when it has not started after {{budget}} s. A startup probe is there to wait for slow starts.',
    readiness:
      'The startup probe kills container "{{container}}" when it has not started after {{budget}} s, but readiness expects {{wanted}} s until it can answer.',
  },
  titles: { threshold: 'Give it {{seconds}} s to start (failureThreshold {{threshold}})' },
  visit: {
    container(container, { report, option }) {
      const startup = container.probe('startupProbe');
      if (container.role === 'init' || !startup || !asksOneThing(startup)) return;
      const { budgetSeconds: budget, initialDelaySeconds: delay, periodSeconds: period } = startup;
      if (budget === undefined || delay === undefined || period === undefined || period < 0) return;
      const least = option<number>('minSeconds');
      const readiness = container.probe('readinessProbe')?.initialDelaySeconds ?? 0;
      const wanted = Math.max(least, readiness);
      const written = startup.value.at('failureThreshold');
      if (written.unknown || (written.missing ? budget > wanted : budget >= wanted)) return;
      const threshold = Math.max(30, Math.ceil((wanted - delay) / period) + 1);
      report({
        message: readiness > least ? 'readiness' : written.missing ? 'default' : 'short',
        at: written.exists ? written : startup.value,
        data: { container: showName(container), budget, wanted },
        fixes: [
          {
            class: 'safe',
            title: 'threshold',
            data: { seconds: delay + threshold * period, threshold },
            operations: [{ op: 'set', path: [...startup.value.path, 'failureThreshold'], value: threshold }],
          },
        ],
      });
    },
  },
});
