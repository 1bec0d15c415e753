import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Handler, Port, Probe } from '../../kube/probe.ts';
import { asksOneThing, probeNames } from '../../kube/probe.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { nearest } from '../../text/nearest.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'probe-port-name-unknown',
  capability: 'container-restarts',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A probe names a port that its container does not have.',
    why: 'The API server accepts any well-formed port name, but the kubelet looks it up among the ports of the same container. When it finds none, the probe cannot be carried out, and its result is thrown away: a liveness probe never restarts anything, a readiness probe never lets the pod into its Service, a startup probe never ends. A number in quotes counts as a name, and is refused because a name needs a letter; gRPC probes take numbers only.',
    exemptions:
      'The name of a UDP port: the kubelet looks at names only and finds it. Port numbers are judged by probe-port-undeclared.',
    links: ['concepts/workloads/pods/probes#http-probes'],
  },
  explains: ['readiness-lost/http', 'readiness-lost/refused'],
  aliases: ['kube-linter:liveness-port', 'kube-linter:readiness-port', 'kube-linter:startup-port'],
  messages: {
    livenessProbe:
      'The livenessProbe asks port "{{port}}", but container "{{container}}" has no port of that name (its ports: {{declared}}). The probe cannot be carried out, so a container that hangs is never restarted.',
    readinessProbe:
      'The readinessProbe asks port "{{port}}", but container "{{container}}" has no port of that name (its ports: {{declared}}). The probe cannot be carried out, so the pod never becomes ready.',
    startupProbe:
      'The startupProbe asks port "{{port}}", but container "{{container}}" has no port of that name (its ports: {{declared}}). The probe cannot be carried out, so the container never counts as started.',
    quoted:
      'The {{probe}} of container "{{container}}" asks port "{{port}}" in quotes: that is a name, and a name needs a letter. The API server refuses pods like this, so the {{kind}} never runs.',
    malformed:
      'The {{probe}} of container "{{container}}" asks port "{{port}}", which cannot be a port name: at most 15 of a-z, 0-9 and single inner dashes, with a letter. The API server refuses pods like this, so the {{kind}} never runs.',
    grpc: 'The {{probe}} of container "{{container}}" asks gRPC port "{{port}}", but gRPC probes take numbers only. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    unquote: 'Write port {{port}} without quotes',
    name: 'Ask port "{{port}}"',
    number: 'Ask port {{port}} by its number',
    declare: 'Name the declared port {{number}} "{{port}}"',
  },
  visit: {
    container(container, context) {
      if (container.role === 'init') return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (probe?.handler && probe.handler.name !== 'exec' && asksOneThing(probe))
          judge(container, probe, probe.handler, context);
      }
    },
  },
});

type Messages = 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'quoted' | 'malformed' | 'grpc';

function judge(
  container: Container,
  probe: Probe,
  handler: Handler,
  { report, located, around }: UnitContext<Messages>,
): void {
  const at = handler.value.at('port');
  const port = at.templated ? undefined : at.string();
  if (port === undefined || around.patched(located, at)) return;
  const data = { probe: probe.name, port, container: showName(container), kind: located.resource.kind };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  const unquote: Fix[] =
    number > 0 && number <= 65_535
      ? [{ class: 'safe', title: 'unquote', data: { port }, operations: [{ op: 'set', path: at.path, value: number }] }]
      : [];
  if (unquote.length > 0)
    return report({ message: handler.name === 'grpc' ? 'grpc' : 'quoted', at, data, fixes: unquote });
  if (handler.name === 'grpc') {
    const named = container.ports.find(({ name }) => name === port);
    return report({ message: 'grpc', at, data, fixes: byNumber(named ? [named] : container.ports, at) });
  }
  if (!isPortName(port)) return report({ message: 'malformed', at, data, fixes: closest(port, container.ports, at) });
  const { ports } = container;
  if (container.value.at('ports').open || ports.some(({ value }) => value.open || value.at('name').templated)) return;
  if (ports.some(({ name }) => name === port) || around.patched(located, container.value.at('ports'))) return;
  const near = closest(port, ports, at);
  report({
    message: probe.name,
    at,
    data: { ...data, declared: showPorts(ports) },
    fixes: [...near, ...byNumber(ports, at), ...declare(port, ports)],
  });
}

/** IANA service name, as IsValidPortName of apimachinery checks it. */
const isPortName = (text: string): boolean => /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);

function closest(port: string, ports: readonly Port[], at: Value): Fix[] {
  const names = ports.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const name = nearest(port.toLowerCase(), names) ?? (names.length === 1 ? names[0] : undefined);
  return name === undefined
    ? []
    : [
        {
          class: 'review',
          title: 'name',
          data: { port: name },
          operations: [{ op: 'set', path: at.path, value: name }],
        },
      ];
}

function byNumber(ports: readonly Port[], at: Value): Fix[] {
  const [port, ...others] = ports.filter(({ protocol }) => protocol === 'TCP');
  if (port?.number === undefined || others.length > 0) return [];
  return [
    {
      class: 'review',
      title: 'number',
      data: { port: port.number },
      operations: [{ op: 'set', path: at.path, value: port.number }],
    },
  ];
}

/** A single port without a name can only be the one that is meant. */
function declare(name: string, [port, ...others]: readonly Port[]): Fix[] {
  if (port?.number === undefined || port.name !== undefined || others.length > 0) return [];
  const operations = [{ op: 'set', path: [...port.value.path, 'name'], value: name }] as const;
  return [{ class: 'review', title: 'declare', data: { port: name, number: port.number }, operations }];
}

const showPorts = (ports: readonly Port[]): string =>
  ports.length === 0 ? '–' : ports.map(({ name, number }) => name ?? number ?? '…').join(', ');
