import { callsOf, isLocalHost, programName, programsOf, readWords } from '../../kube/command.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Probe } from '../../kube/probe.ts';
import { asksOneThing, canonicalHandler } from '../../kube/probe.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'liveness-checks-dependency',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'The liveness probe asks for more than the container itself.',
    why: 'A restart heals what is wrong inside the container. When liveness also asks a database, another service or the API server, an outage there restarts every replica at once, again and again, and when the other side is back nobody is there to serve. What a container depends on belongs into its readiness probe.',
    exemptions:
      'Paths that say liveness; clients that ask the container itself (localhost, $(POD_IP), $HOSTNAME) or a host that only a variable names; a liveness probe that asks the same as the readiness probe, which liveness-same-as-readiness judges.',
    links: ['concepts/workloads/pods/probes#when-should-you-use-a-readiness-probe'],
  },
  explains: [
    'liveness-probe-failed/exec',
    'liveness-probe-failed/http',
    'liveness-probe-failed/timeout',
    'service-down/no-ready-endpoints',
  ],
  aliases: [],
  messages: {
    path: 'The liveness probe of container "{{container}}" asks {{path}}, which by its name tells whether the container and what it needs can serve. When something it needs is down, all replicas are restarted, and that heals nothing.',
    host: 'The liveness probe of container "{{container}}" asks {{host}} ({{program}}). When that is down, all replicas are restarted, and that heals nothing.',
    kubectl:
      'The liveness probe of container "{{container}}" runs kubectl: when the API server is slow or away, the container is killed although nothing is wrong with it.',
  },
  titles: {
    actuator: 'Ask /actuator/health/liveness, which looks at the process only',
    path: 'Let liveness ask a path of its own',
    move: 'Make it the readiness probe (liveness is left to be written)',
  },
  visit: {
    container(container, { report }) {
      const liveness = container.probe('livenessProbe');
      if (
        container.role === 'init' ||
        !liveness?.handler ||
        !asksOneThing(liveness) ||
        sameAsReadiness(container, liveness)
      )
        return;
      const { name, value } = liveness.handler;
      const data = { container: showName(container) };
      const move = moveToReadiness(container, liveness);
      if (name === 'httpGet') {
        const at = value.at('path');
        const path = at.text();
        if (path !== undefined && asksReadiness(path))
          report({ message: 'path', at, data: { ...data, path }, fixes: [...otherPath(path, at), ...move] });
      } else if (name === 'exec') {
        const at = value.at('command');
        const words = readWords(at);
        if (!words) return;
        const call = callsOf(words).find(({ host }) => isElsewhere(host));
        if (call)
          report({ message: 'host', at, data: { ...data, host: call.host ?? '', program: call.program }, fixes: move });
        else if (programsOf(words).some(([program = '']) => programName(program) === 'kubectl'))
          report({ message: 'kubectl', at, data, fixes: move });
      }
    },
  },
});

const readiness =
  /(?:^|\/)(?:ready|readyz|readiness|health\/ready|health\/(?:db|deep|full|dependencies)|status\/full)\/?$/;

/** Spring's health without a group asks every component, databases among them. */
const asksReadiness = (path: string): boolean => {
  const [bare = ''] = path.split('?');
  return readiness.test(bare) || /\/actuator\/health\/?$/.test(bare);
};

/** A host that is certainly another: variables may name the container itself. */
const isElsewhere = (host: string | undefined): boolean =>
  host !== undefined && !isLocalHost(host) && !/[$`{]/.test(host);

/** Whether readiness asks the same, as far as can be told. */
function sameAsReadiness(container: Container, liveness: Probe): boolean {
  const other = container.probe('readinessProbe');
  if (!other) return false;
  const asked = canonicalHandler(liveness, container.ports);
  const ready = canonicalHandler(other, container.ports);
  if (asked !== undefined && ready !== undefined) return asked === ready;
  if (liveness.handler?.name !== other.handler?.name) return other.value.open;
  const [path, readyPath] = [liveness, other].map(({ handler }) => handler?.value.at('path').text());
  return path === undefined || readyPath === undefined || path === readyPath;
}

function otherPath(path: string, at: Value): Fix[] {
  if (/\/actuator\/health\/?$/.test(path))
    return [
      {
        class: 'review',
        title: 'actuator',
        operations: [{ op: 'set', path: at.path, value: `${path.replace(/\/$/, '')}/liveness` }],
      },
    ];
  const live = path.replace(/\?.*$/, '').replace(readiness, (found) => (found.startsWith('/') ? '/livez' : 'livez'));
  return [{ class: 'template', title: 'path', operations: [{ op: 'set', path: at.path, value: tabStop(1, live) }] }];
}

/** Possible where there is no readiness probe yet, and nothing that readiness probes may not have. */
function moveToReadiness(container: Container, { value }: Probe): Fix[] {
  if (
    !container.value.at('readinessProbe').missing ||
    container.value.has('readinessProbe') ||
    value.has('terminationGracePeriodSeconds')
  )
    return [];
  return [{ class: 'review', title: 'move', operations: [{ op: 'rename', path: value.path, key: 'readinessProbe' }] }];
}
