import { programName, readWords } from '../../kube/command.ts';
import { showName } from '../../kube/pod.ts';
import { asksOneThing, probeNames } from '../../kube/probe.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Operation } from '../../yaml/edit.ts';

export default defineRule({
  id: 'exec-probe-default-timeout',
  capability: 'container-restarts',
  tier: 2,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A probe that starts a process is given one second, the default.',
    why: 'Each exec probe starts a new process in the container. A shell, an interpreter or a client easily takes more than a second on a busy node, exactly when a restart or a missing replica hurts most; a timeout counts as a failure.',
    exemptions: 'Commands that start at once, such as cat or test.',
    links: ['concepts/workloads/pods/probes#check-mechanisms', 'concepts/workloads/pods/probes#configure-probes'],
  },
  explains: ['liveness-probe-failed/timeout', 'startup-probe-failed/timeout', 'readiness-lost/timeout'],
  aliases: ['datree:CONTAINERS_INCORRECT_TIMEOUTSECONDS_VALUE'],
  messages: {
    default:
      'The {{probe}} of container "{{container}}" starts {{program}} and gives it 1 s, the default. On a busy node that is often not enough, and each time counts as a failure.',
  },
  titles: { timeout: 'Give it 5 s' },
  visit: {
    container(container, { report }) {
      if (container.role === 'init') return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (probe?.handler?.name !== 'exec' || !asksOneThing(probe)) continue;
        const { value, handler, periodSeconds } = probe;
        const program = programName(readWords(handler.value.at('command'))?.[0] ?? '');
        if (!isSlow(program) || !value.at('timeoutSeconds').missing || periodSeconds === undefined) continue;
        const operations: Operation[] = [{ op: 'set', path: [...value.path, 'timeoutSeconds'], value: 5 }];
        // A timeout that is longer than the period would only delay what is noticed.
        if (periodSeconds < 5) operations.push({ op: 'set', path: [...value.path, 'periodSeconds'], value: 10 });
        report({
          message: 'default',
          at: handler.value.at('command'),
          data: { probe: name, container: showName(container), program },
          fixes: [{ class: 'safe', title: 'timeout', operations }],
        });
      }
    },
  },
});

const slow =
  /^(?:sh|bash|ash|dash|zsh|ksh|busybox|python[\d.]*|perl|ruby|node|java|php|curl|wget|mysqladmin|mysql|mariadb(?:-admin)?|psql|pg_isready|redis-cli|mongo(?:sh)?|rabbitmq.*|kafka-.*|nodetool|cqlsh|etcdctl|consul|vault|kubectl)$/;

const isSlow = (program: string): boolean => slow.test(program);
