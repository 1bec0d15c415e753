import { showName } from '../../kube/pod.ts';
import { asksOneThing } from '../../kube/probe.ts';
import { mayDieBeforeReady, proposeStartupProbe } from '../../kube/startup.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'initial-delay-without-startup-probe',
  capability: 'container-restarts',
  tier: 1,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A long delay of the liveness probe does the work of a startup probe.',
    why: 'The delay runs in full after every start, also when the container was up in two seconds, and a container that hangs right after its start is not noticed before it is over. A startup probe ends as soon as the container answers, and lets slow starts take longer.',
    exemptions:
      'Containers with a startup probe. Where liveness even gives up before readiness asks for the first time, liveness-kills-slow-start speaks instead.',
    links: ['concepts/workloads/pods/probes#startup-probe'],
  },
  explains: [],
  aliases: [],
  options: {
    startupDelaySeconds: {
      default: 30,
      description: 'Delay of a liveness probe, in seconds, from which on a startup probe is better.',
    },
  },
  messages: {
    delay:
      'Liveness leaves container "{{container}}" alone for {{seconds}} s after every start: a hang in that time goes unnoticed, and a start that takes longer is killed. A startup probe waits just as long as needed.',
  },
  titles: { convert: 'Replace the delay by a startup probe (every {{period}} s, up to {{seconds}} s)' },
  visit: {
    container(container, { report, located, around, option }) {
      const liveness = container.probe('livenessProbe');
      if (container.role === 'init' || !liveness || !asksOneThing(liveness)) return;
      const { value } = container;
      const at = liveness.value.at('initialDelaySeconds');
      const seconds = at.number();
      if (
        seconds === undefined ||
        seconds < option<number>('startupDelaySeconds') ||
        seconds <= 0 ||
        !value.at('startupProbe').missing
      )
        return;
      if (
        mayDieBeforeReady(container) ||
        around.patched(located, value.at('startupProbe')) ||
        around.patched(located, at)
      )
        return;
      const proposal = proposeStartupProbe(container, 10, (Math.ceil(seconds / 10) + 3) * 10);
      report({
        message: 'delay',
        at,
        data: { container: showName(container), seconds },
        fixes: proposal
          ? [
              {
                class: 'safe',
                title: 'convert',
                data: { period: proposal.periodSeconds, seconds: proposal.seconds },
                operations: proposal.operations,
              },
            ]
          : [],
      });
    },
  },
});
