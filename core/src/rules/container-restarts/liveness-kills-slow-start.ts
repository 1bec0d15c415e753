import { imageName } from '../../kube/image.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { asksOneThing } from '../../kube/probe.ts';
import { killedBeforeReady, proposeStartupProbe } from '../../kube/startup.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'liveness-kills-slow-start',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'The liveness probe gives up before the container is expected to have started.',
    why: 'The delay of the readiness probe says how long the container takes to start. When the liveness probe loses patience before that, it kills a container that is still starting, the next one too, and so on: the pod never gets ready. A startup probe holds the other two back until the container has started.',
    exemptions: 'Containers with a startup probe.',
    links: ['concepts/workloads/pods/probes#when-should-you-use-a-startup-probe'],
  },
  explains: [
    'liveness-probe-failed/exec',
    'liveness-probe-failed/http',
    'liveness-probe-failed/refused',
    'liveness-probe-failed/timeout',
    'liveness-probe-failed/grpc',
    'liveness-probe-failed/too-early',
  ],
  aliases: [],
  options: {
    startupSeconds: {
      default: [],
      description:
        'Images and the seconds they take to start, as "name=seconds", e.g. "keycloak=90". A liveness probe must not give up sooner.',
    },
  },
  messages: {
    readiness:
      'Liveness kills container "{{container}}" {{budget}} s after its start, but readiness does not even ask before {{wanted}} s: a container that takes its time to start is killed again and again and never gets ready.',
    image:
      'Liveness kills container "{{container}}" {{budget}} s after its start, but image "{{image}}" is known here to take {{wanted}} s: it is killed again and again and never gets ready.',
  },
  titles: { startup: 'Add a startup probe that gives it {{seconds}} s to start, in place of the delays' },
  visit: {
    container(container, { report, located, around, option }) {
      const liveness = container.probe('livenessProbe');
      const { value } = container;
      if (container.role === 'init' || !liveness || !asksOneThing(liveness) || !value.at('startupProbe').missing)
        return;
      const budget = liveness.budgetSeconds;
      const killed = killedBeforeReady(container);
      const image = imageName(value.at('image').text());
      const known = killed || image === undefined ? undefined : secondsOf(image, option('startupSeconds'));
      const wanted = killed?.wanted ?? known;
      if (budget === undefined || wanted === undefined || (!killed && budget >= wanted)) return;
      if (around.patched(located, value.at('startupProbe')) || around.patched(located, liveness.value)) return;
      const data = { container: showName(container), budget, wanted, image: image ?? '' };
      report({ message: killed ? 'readiness' : 'image', at: liveness.value, data, fixes: startup(container, wanted) });
    },
  },
});

function secondsOf(image: string, table: readonly string[]): number | undefined {
  const entry = table.find((line) => line.startsWith(`${image}=`));
  const seconds = entry === undefined ? Number.NaN : Number(entry.slice(image.length + 1));
  return seconds > 0 ? seconds : undefined;
}

function startup(container: Container, wanted: number): Fix[] {
  const period = container.probe('livenessProbe')?.periodSeconds ?? 10;
  const proposal = proposeStartupProbe(container, period, Math.max(30, wanted));
  return proposal
    ? [{ class: 'safe', title: 'startup', data: { seconds: proposal.seconds }, operations: proposal.operations }]
    : [];
}
