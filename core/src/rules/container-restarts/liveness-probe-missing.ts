import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { proposeProbes } from '../../kube/proposal.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isHelmHook } from '../../workspace/exempt.ts';
import type { Plain } from '../../yaml/plain.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'liveness-probe-missing',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A container that is meant to run for good has no liveness probe.',
    why: 'The kubelet restarts a container when its process exits. A process that hangs (deadlock, lost connection, full queue) does not exit, so without a liveness probe it stays as it is until a person deletes the pod.',
    exemptions:
      'Jobs and their pods, init containers, Helm hooks, Pods that are not always restarted, containers named in known.containers, Knative (it sets its own probes). Native sidecars are reported as info.',
    links: ['concepts/workloads/pods/probes#when-should-you-use-a-liveness-probe'],
  },
  explains: [
    'readiness-lost/exec',
    'readiness-lost/http',
    'readiness-lost/refused',
    'readiness-lost/timeout',
    'readiness-lost/grpc',
  ],
  aliases: [
    'kube-linter:no-liveness-probe',
    'polaris:livenessProbeMissing',
    'kube-score:pod-probes',
    'checkov:CKV_K8S_8',
    'kubescape:C-0056',
    'datree:CONTAINERS_MISSING_LIVENESSPROBE_KEY',
    'marvin:M-403',
    'popeye:102',
    'popeye:103',
    'kics:ade74944-a674-4e00-859e-c6eab5bde441',
    'kyverno:require-probes',
    'gatekeeper:K8sRequiredProbes',
    'azure:ContainerEnforceProbes',
    'lunar:k8s.probes',
  ],
  messages: {
    main: 'Container "{{container}}" has no liveness probe. Kubernetes restarts a process that exits, but not one that hangs: it stays stuck until a person notices.',
    sidecar:
      'Sidecar "{{container}}" has no liveness probe. If it hangs without exiting, Kubernetes does not restart it, and the containers that depend on it suffer.',
  },
  titles: {
    readiness: 'Add a liveness probe like the readiness probe, waiting twice as long ({{seconds}} s)',
    httpGet: 'Add a liveness probe over HTTP on port {{port}}',
    tcpSocket: 'Add a liveness probe that connects to port {{port}}',
    grpc: 'Add a liveness probe over gRPC on port {{port}}',
  },
  visit: {
    container(container, { report, located, around, known }) {
      const { role, value, name } = container;
      const path = [...value.path, 'livenessProbe'];
      if (role === 'init' || !value.at('livenessProbe').missing) return;
      if (name !== undefined && known.containers.includes(name)) return;
      if (isHelmHook(located) || located.resource.groupKind.startsWith('serving.knative.dev/')) return;
      if (around.patched(located, value.at('livenessProbe'))) return;
      report({
        message: role,
        at: value.at('name'),
        data: { container: showName(container) },
        ...(role === 'sidecar' && { severity: 'info' as const }),
        fixes: fixes(container, path),
      });
    },
  },
});

function fixes(container: Container, path: readonly (string | number)[]): Fix[] {
  const like = likeReadiness(container);
  if (like) {
    const data = { seconds: like.seconds };
    return [
      {
        class: 'template',
        title: 'readiness',
        data,
        operations: [{ op: 'set', path, value: like.probe, after: 'ports' }],
      },
    ];
  }
  const [port, ...others] = container.ports;
  if (!port || others.length > 0) return [];
  return proposeProbes(port, '/livez').map(({ handler, probe }) => ({
    class: 'template',
    title: handler,
    data: { port: port.name ?? port.number ?? '' },
    operations: [{ op: 'set', path, value: probe, after: 'ports' }],
  }));
}

/** The documented pattern: the same question, asked more patiently, so that a busy container leaves the Service long before it is killed. */
function likeReadiness(container: Container): { probe: { [key: string]: Plain }; seconds: number } | undefined {
  const readiness = container.probe('readinessProbe');
  const handler = readiness?.handler;
  const json = handler?.value.json() as { [key: string]: Plain } | undefined;
  if (!readiness || !handler || !json || Object.keys(json).length === 0) return undefined;
  const { failureThreshold, windowSeconds } = readiness;
  if (failureThreshold === undefined || windowSeconds === undefined) return undefined;
  const path = handler.value.at('path').text() ?? '/';
  const probe: { [key: string]: Plain } = {
    [handler.name]: handler.name === 'httpGet' ? { ...json, path: tabStop(1, path) } : json,
  };
  for (const field of ['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds']) {
    const written = readiness.value.at(field).number();
    if (written !== undefined) probe[field] = written;
  }
  return { probe: { ...probe, failureThreshold: failureThreshold * 2 }, seconds: windowSeconds * 2 };
}
