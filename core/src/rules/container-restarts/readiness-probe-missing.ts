import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Port } from '../../kube/probe.ts';
import { proposeProbes } from '../../kube/proposal.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isHelmHook } from '../../workspace/exempt.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { isForMetrics, servingContainers, targetsOf, servicesFor } from '../../workspace/traffic.ts';

export default defineRule({
  id: 'readiness-probe-missing',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A container that others send requests to has no readiness probe.',
    why: 'Without a readiness probe a container counts as ready the moment its process starts. A Service then sends it requests that it cannot answer yet, and a rolling update replaces the next pod although the last one does not work.',
    exemptions:
      'Jobs and their pods, init containers, Helm hooks, Pods that are not always restarted, containers named in known.containers, Knative. A warning only where a Service aims at the container; info where that Service is for measurements only, for the other containers of such a pod, for ports that no Service aims at, and for workloads without ports whose update would go on unchecked.',
    links: ['concepts/workloads/pods/probes#readiness-probe'],
  },
  explains: [
    'startup-probe-failed/exec',
    'startup-probe-failed/http',
    'startup-probe-failed/refused',
    'startup-probe-failed/timeout',
    'startup-probe-failed/grpc',
    'container-exit/start-error',
    'container-exit/crash',
    'container-exit/killed',
    'container-exit/completed',
    'container-exit/error',
  ],
  aliases: [
    'kube-linter:no-readiness-probe',
    'polaris:readinessProbeMissing',
    'kube-score:pod-probes',
    'checkov:CKV_K8S_9',
    'kubescape:C-0018',
    'datree:CONTAINERS_MISSING_READINESSPROBE_KEY',
    'marvin:M-402',
    'popeye:102',
    'popeye:104',
    'kics:a659f3b5-9bf0-438a-bd9a-7d3a6427f1e3',
  ],
  options: {
    everyContainer: {
      default: false,
      description: 'Whether containers that open no port and get no requests need one as well.',
    },
  },
  messages: {
    served:
      'Container "{{container}}" has no readiness probe, so Service "{{service}}" sends it requests from the moment it starts, also while it cannot answer them and after a broken update.',
    beside:
      'Container "{{container}}" has no readiness probe. Service "{{service}}" sends requests to its pod, which counts as ready even while this container is not.',
    port: 'Container "{{container}}" opens ports but has no readiness probe: whoever connects to it may do so before it can answer.',
    rollout:
      'Container "{{container}}" has no readiness probe: a rolling update counts each new pod as ready at once and goes on to replace all {{replicas}} replicas, even when the new version fails.',
    quiet:
      'Container "{{container}}" has no readiness probe: its pod counts as ready from the moment the container starts.',
  },
  titles: {
    httpGet: 'Add a readiness probe over HTTP on port {{port}}',
    tcpSocket: 'Add a readiness probe that connects to port {{port}}',
    grpc: 'Add a readiness probe over gRPC on port {{port}}',
  },
  visit: {
    container(container, { report, located, around, known, option }) {
      const { role, value, name } = container;
      const path = [...value.path, 'readinessProbe'];
      if (role === 'init' || !value.at('readinessProbe').missing) return;
      if (name !== undefined && known.containers.includes(name)) return;
      if (isHelmHook(located) || located.resource.groupKind.startsWith('serving.knative.dev/')) return;
      if (around.patched(located, value.at('readinessProbe'))) return;
      const data = { container: showName(container) };
      const at = value.at('name');
      const services = servicesFor(located, around);
      const served = servedBy(container, services);
      const asking = served?.service ?? services.find((each) => !isForMetrics(each));
      const service = asking?.resource.name ?? '…';
      const port = served?.port ?? container.ports.find(({ protocol }) => protocol === 'TCP');
      const fixes = port ? propose(port, path) : [];
      if (served) {
        // Whoever collects measurements tries again; nobody else waits for an answer.
        const measured = isForMetrics(served.service);
        report({ message: 'served', at, data: { ...data, service }, fixes, ...(measured && { severity: 'info' }) });
      } else if (asking) report({ message: 'beside', at, data: { ...data, service }, severity: 'info', fixes });
      else if (port) report({ message: 'port', at, data, severity: 'info', fixes });
      else {
        const replicas = uncheckedRollout(located, around);
        if (replicas !== undefined) report({ message: 'rollout', at, data: { ...data, replicas }, severity: 'info' });
        else if (option<boolean>('everyContainer')) report({ message: 'quiet', at, data, severity: 'info' });
      }
    },
  },
});

/** The Service that sends requests to a container: to a port it declares, or, declared or not, to a pod's only container. */
function servedBy(
  container: Container,
  services: readonly Located[],
): { service: Located; port: Port | undefined } | undefined {
  const targets = targetsOf(container, services);
  const target = targets.find((each) => !isForMetrics(each.service)) ?? targets[0];
  if (target) return target;
  const service = services.find((each) => !isForMetrics(each)) ?? services[0];
  const alone = servingContainers(container.pod).length === 1 && !container.pod.spec.at('containers').open;
  return service && alone && container.ports.length === 0 ? { service, port: undefined } : undefined;
}

/** Replicas that an update would replace without ever looking at readiness; undefined where it does not, or cannot be told. */
function uncheckedRollout(located: Located, around: Surroundings): number | undefined {
  const { groupKind, value } = located.resource;
  if (groupKind !== 'apps/Deployment' && groupKind !== 'apps/StatefulSet') return undefined;
  const wait = value.at('spec', 'minReadySeconds');
  if (!wait.missing && wait.number() !== 0) return undefined;
  const replicas = effectiveReplicas(located, around)?.count;
  return replicas !== undefined && replicas >= 2 ? replicas : undefined;
}

const propose = (port: Port, path: readonly (string | number)[]): Fix[] =>
  proposeProbes(port, '/readyz').map(({ handler, probe }) => ({
    class: 'template',
    title: handler,
    data: { port: port.name ?? port.number ?? '' },
    operations: [{ op: 'set', path, value: probe, after: 'ports' }],
  }));
