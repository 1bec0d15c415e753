import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Probe } from '../../kube/probe.ts';
import { asksOneThing, probeNames } from '../../kube/probe.ts';
import { atLeast } from '../../kube/version.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { servingContainers } from '../../workspace/traffic.ts';
import { editDistance } from '../../text/nearest.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'probe-port-undeclared',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A probe asks a port number that its container does not declare.',
    why: 'Declaring a port opens nothing, so the probe works if the process listens there. Mostly it does not: the port of the application changed, or the probe was copied. Then liveness kills a healthy container again and again, and readiness keeps it out of its Service for good.',
    exemptions:
      'Probes that ask another host, pods on the network of their node. Info when another container of the pod declares the port, since they share one network, when the container declares no ports at all, or when the port is unlike the declared ones: health and metrics ports are often left out of the list, and the probe works all the same.',
    links: ['concepts/workloads/pods/probes#http-probes'],
  },
  explains: [
    'liveness-probe-failed/http',
    'liveness-probe-failed/refused',
    'liveness-probe-failed/timeout',
    'liveness-probe-failed/grpc',
    'startup-probe-failed/http',
    'startup-probe-failed/refused',
    'startup-probe-failed/timeout',
    'startup-probe-failed/grpc',
    'readiness-lost/refused',
    'readiness-lost/timeout',
    'readiness-lost/grpc',
  ],
  aliases: ['kube-linter:liveness-port', 'kube-linter:readiness-port', 'kube-linter:startup-port'],
  messages: {
    undeclared:
      'The {{probe}} asks port {{port}}, but container "{{container}}" declares only {{declared}}. If nothing listens on {{port}}, the probe always fails.',
    neighbour:
      'The {{probe}} of container "{{container}}" asks port {{port}}, which container "{{other}}" declares: it judges the health of its neighbour, not its own.',
    noPorts:
      'The {{probe}} asks port {{port}}, but container "{{container}}" declares no ports, so nobody can see whether that is the right one.',
    absent:
      'The {{probe}} does not say which port to ask. The API server rejects this {{kind}}, so it is never created or updated.',
    refused:
      'The {{probe}} needs a port between 1 and 65535, but has "{{port}}". The API server takes this {{kind}} and then refuses every pod of it, so none ever runs.',
    rejected:
      'The {{probe}} needs a port between 1 and 65535. The API server rejects "{{port}}", so this {{kind}} is never created or updated.',
  },
  titles: { use: 'Ask the declared port {{port}}', declare: 'Declare port {{port}}' },
  visit: {
    container(container, context) {
      if (container.role === 'init' || container.pod.spec.at('hostNetwork').boolean() === true) return;
      if (container.pod.spec.at('hostNetwork').templated) return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (probe?.handler && probe.handler.name !== 'exec' && asksOneThing(probe))
          judge(container, probe, probe.handler.value, context);
      }
    },
  },
});

type Messages = 'undeclared' | 'neighbour' | 'noPorts' | 'rejected' | 'absent' | 'refused';

function judge(
  container: Container,
  probe: Probe,
  handler: Value,
  { report, located, version }: Context<Messages>,
): void {
  const at = handler.at('port');
  if (at.templated || !handler.at('host').missing) return;
  const port = at.missing ? 0 : at.number();
  if (port === undefined) return;
  const data = { probe: probe.name, port, container: showName(container) };
  const use = useDeclared(container, probe, at);
  if (port < 1 || port > 65_535 || !Number.isInteger(port)) {
    const { kind } = located.resource;
    // Before 1.34 the template of a StatefulSet is not validated; the pods made of it are.
    const late = kind === 'StatefulSet' && !atLeast(version, '1.34');
    const message = late ? 'refused' : at.missing ? 'absent' : 'rejected';
    report({ message, at, data: { ...data, kind, port: at.rawText() ?? '-' }, severity: 'error', fixes: use });
    return;
  }
  const serving = servingContainers(container.pod);
  if (serving.some(({ value, ports }) => value.at('ports').open || ports.some(({ number }) => number === undefined)))
    return;
  const declares = ({ ports }: Container): boolean =>
    ports.some(({ number, protocol }) => number === port && protocol === 'TCP');
  if (declares(container)) return;
  const declare: Fix = {
    class: 'template',
    title: 'declare',
    data: { port },
    operations: [
      {
        op: 'append',
        path: [...container.value.path, 'ports'],
        value: { name: tabStop(1, `port-${port}`), containerPort: port },
      },
    ],
  };
  const other = serving.find(declares);
  if (other)
    report({ message: 'neighbour', at, data: { ...data, other: showName(other) }, severity: 'info', fixes: [declare] });
  else if (container.ports.length === 0) report({ message: 'noPorts', at, data, severity: 'info', fixes: [declare] });
  else {
    const details = { ...data, declared: showPorts(container) };
    const slip = container.ports.some(({ number, protocol }) => protocol === 'TCP' && isSlip(port, number));
    report({
      message: 'undeclared',
      at,
      data: details,
      fixes: [...use, declare],
      ...(!slip && { severity: 'info' as const }),
    });
  }
}

/** A port that reads like a declared one was meant to be it: one digit differs, or two changed places. */
function isSlip(asked: number, declared: number | undefined): boolean {
  const [a, b] = [String(asked), String(declared ?? '')];
  return editDistance(a, b, 1) <= 1 || a.split('').sort().join('') === b.split('').sort().join('');
}

/** Where one port is declared, it is the likely one. */
function useDeclared({ ports }: Container, probe: Probe, at: Value): Fix[] {
  const [port, ...others] = ports.filter(({ protocol }) => protocol === 'TCP');
  if (!port || others.length > 0 || port.number === undefined) return [];
  // grpc takes numbers only.
  const value = probe.handler?.name === 'grpc' ? port.number : (port.name ?? port.number);
  return [{ class: 'review', title: 'use', data: { port: value }, operations: [{ op: 'set', path: at.path, value }] }];
}

const showPorts = ({ ports }: Container): string =>
  ports.map(({ number, protocol }) => (protocol === 'TCP' ? String(number) : `${number}/${protocol}`)).join(', ');
