import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Handler, Port, Probe } from '../../kube/probe.ts';
import { asksOneThing, probeNames } from '../../kube/probe.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'probe-scheme-mismatch',
  capability: 'container-restarts',
  tier: 2,
  severity: 'warning',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A probe speaks another protocol than its port.',
    why: 'A server that expects TLS answers plain HTTP with an error, and the other way round, so the probe always fails: liveness kills a healthy container again and again, readiness keeps it out of its Service. A connection cannot be made to a UDP port at all. Schemes other than HTTP and HTTPS, in capitals, are refused by the API server.',
    exemptions: 'Where the name of the port agrees with the scheme, its number does not matter.',
    links: ['concepts/workloads/pods/probes#http-probes'],
  },
  explains: [
    'liveness-probe-failed/http',
    'startup-probe-failed/http',
    'readiness-lost/http',
    'liveness-probe-failed/handler',
  ],
  aliases: [],
  messages: {
    tls: 'The {{probe}} of container "{{container}}" asks port {{port}} in plain HTTP, but that looks like a TLS port. A TLS server answers with an error, so the probe always fails.',
    plain:
      'The {{probe}} of container "{{container}}" asks port {{port}} over HTTPS, but that looks like a port for plain HTTP. The handshake fails, and the probe with it.',
    udp: 'The {{probe}} of container "{{container}}" connects to port "{{port}}", which is declared for UDP. The kubelet connects over TCP; if nothing listens there, the probe always fails.',
    rejected:
      'The scheme of the {{probe}} of container "{{container}}" is "{{scheme}}"; only HTTP and HTTPS, in capitals, are allowed. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: { https: 'Ask over HTTPS', http: 'Ask over plain HTTP', capitals: 'Write the scheme as {{scheme}}' },
  visit: {
    container(container, context) {
      if (container.role === 'init') return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (probe?.handler && asksOneThing(probe)) judge(container, probe, probe.handler, context);
      }
    },
  },
});

type Messages = 'tls' | 'plain' | 'udp' | 'rejected';

function judge(container: Container, probe: Probe, handler: Handler, { report, located }: Context<Messages>): void {
  const http = handler.name === 'httpGet';
  if (!http && handler.name !== 'tcpSocket') return;
  const data = { probe: probe.name, container: showName(container) };
  const at = handler.value.at('port');
  const scheme = handler.value.at('scheme');
  const written = scheme.text();
  const upper = written?.toUpperCase() ?? 'HTTP';
  const known = upper === 'HTTP' || upper === 'HTTPS';
  if (http && written !== undefined && (!known || upper !== written)) {
    const fixes: Fix[] = known
      ? [
          {
            class: 'safe',
            title: 'capitals',
            data: { scheme: upper },
            operations: [{ op: 'set', path: scheme.path, value: upper }],
          },
        ]
      : [];
    report({
      message: 'rejected',
      at: scheme,
      data: { ...data, scheme: written, kind: located.resource.kind },
      severity: 'error',
      fixes,
    });
  }
  const port = portOf(container, at);
  if (!port || !known) return;
  const asked = { ...data, port: port.name ?? port.number ?? '' };
  const named = at.string();
  if (
    named !== undefined &&
    port.protocol === 'UDP' &&
    container.ports.every(({ name, protocol }) => name !== named || protocol === 'UDP')
  ) {
    report({ message: 'udp', at, data: asked });
  } else if (http && !scheme.templated) {
    const looks = looksLike(port);
    if (upper === 'HTTP' && looks === 'tls')
      report({
        message: 'tls',
        at,
        data: asked,
        fixes: [{ class: 'review', title: 'https', operations: [{ op: 'set', path: scheme.path, value: 'HTTPS' }] }],
      });
    else if (upper === 'HTTPS' && looks === 'plain')
      report({
        message: 'plain',
        at: scheme,
        data: asked,
        fixes: [{ class: 'review', title: 'http', operations: [{ op: 'remove', path: scheme.path }] }],
      });
  }
}

type Asked = Pick<Port, 'name' | 'number' | 'protocol'>;

/** The declared port that is asked, or what the number alone tells; undefined where template text hides it. */
function portOf({ ports, value }: Container, at: Value): Asked | undefined {
  if (at.templated || value.at('ports').open || ports.some((port) => port.value.at('name').templated)) return undefined;
  const wanted = at.intOrString();
  if (wanted === undefined) return undefined;
  const declared = ports.find(({ name, number }) => (typeof wanted === 'string' ? name : number) === wanted);
  if (declared) return declared;
  return typeof wanted === 'number' && ports.every(({ number }) => number !== undefined)
    ? { name: undefined, number: wanted, protocol: 'TCP' }
    : undefined;
}

/** By its name, which says more than its number. */
function looksLike({ name = '', number = 0 }: Asked): 'tls' | 'plain' | undefined {
  if (/^https|(?:^|-)(?:tls|https)$/.test(name)) return 'tls';
  if (/^http(?!s)|-http$/.test(name)) return 'plain';
  if (name !== '' && !/web|api|health|probe|live|ready/.test(name)) return undefined;
  if ([443, 8443, 6443, 9443].includes(number)) return 'tls';
  return [80, 8080].includes(number) ? 'plain' : undefined;
}
