import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { handlerPort } from '../../kube/probe.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { belongTogether } from '../../workspace/together.ts';
import { targetsOf } from '../../workspace/traffic.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'readiness-checks-other-port',
  capability: 'load-balancing',
  tier: 2,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'The readiness probe asks another port than the one that gets the requests.',
    why: 'A pod takes part in a Service as long as its readiness probe succeeds. If that asks a management port, it says nothing about the port behind the Service: when that hangs, the pod stays in and every request that reaches it fails.',
    exemptions:
      'Commands as probes; the status port of Istio (15021); pods that no Service selects. A hint where the port is called metrics, management, admin or health, or has no name, since many frameworks judge themselves there. Ports that no container declares are the business of probe-port-undeclared.',
    links: ['concepts/workloads/pods/probes#readiness-probe'],
  },
  explains: ['readiness-lost/http', 'readiness-lost/refused'],
  aliases: [],
  messages: {
    other:
      'The readinessProbe of container "{{container}}" asks port {{port}}, but Service "{{service}}" sends requests to {{target}}: when {{target}} stops answering, the pod still gets requests.',
  },
  titles: { use: 'Ask port {{target}}' },
  visit: {
    container(container, { report, located, around }) {
      const handler = container.probe('readinessProbe')?.handler;
      if (
        !handler ||
        handler.name === 'exec' ||
        container.role === 'init' ||
        located.resource.custom ||
        !handler.value.at('host').missing
      )
        return;
      const at = handler.value.at('port');
      const asked = handlerPort(handler, container.ports);
      if (
        asked === undefined ||
        asked === istioStatus ||
        container.value.at('ports').open ||
        around.patched(located, at)
      )
        return;
      const services = around.servicesOf(located).filter((service) => belongTogether(located, service, around));
      // Who collects metrics does not send requests.
      const targets = targetsOf(container, services).filter(({ port }) => !quietly.test(port.name ?? ''));
      const [first] = targets;
      if (
        !first ||
        first.port.number === undefined ||
        targets.some(({ port }) => port.number === undefined || port.number === asked)
      )
        return;
      // A number that nobody declares may be behind a Service all the same.
      if (
        services.some((service) =>
          service.resource.value
            .at('spec', 'ports')
            .items()
            .some((port) => port.at('targetPort').templated || port.at('targetPort').number() === asked),
        )
      )
        return;
      const declared = container.pod.containers.flatMap(({ ports }) => ports).find(({ number }) => number === asked);
      if (!declared) return;
      const name = declared.name ?? '';
      const target = first.port.name ?? first.port.number;
      const quiet = name === '' || quietly.test(name);
      const data = {
        container: showName(container),
        port: at.rawText() ?? asked,
        service: first.service.resource.name ?? '…',
        target,
      };
      report({
        message: 'other',
        at,
        data,
        ...(quiet && { severity: 'hint' as const }),
        fixes: fixes(at, container, handler.name, first.port.number),
      });
    },
  },
});

/** Ports for people and machines that watch. */
const quietly = /metric|manage|mgmt|admin|health|status|probe|actuator|prom|telemetry|monitor|profil|debug/i;

const istioStatus = 15_021;

/** grpc takes numbers only; everything else the name that the port has. */
function fixes(at: Value, { ports }: Container, handler: string, number: number): Fix[] {
  const port = ports.find((candidate) => candidate.number === number);
  const value = handler === 'grpc' ? number : (port?.name ?? number);
  return [
    { class: 'review', title: 'use', data: { target: value }, operations: [{ op: 'set', path: at.path, value }] },
  ];
}
