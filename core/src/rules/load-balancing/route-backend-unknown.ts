import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { nearest } from '../../text/nearest.ts';
import { levelFor } from '../../workspace/evidence.ts';
import { inNamespace, seek } from '../../workspace/sought.ts';
import type { Located } from '../../workspace/project.ts';
import type { Backend } from '../../workspace/routes.ts';
import { backendsOf, routeKinds } from '../../workspace/routes.ts';
import type { ServicePort } from '../../workspace/traffic.ts';
import { servicePorts } from '../../workspace/traffic.ts';
import type { Operation } from '../../yaml/edit.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'route-backend-unknown',
  capability: 'load-balancing',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: routeKinds,
  needs: 'complete',
  docs: {
    summary: 'An Ingress or route sends requests to a Service, or to a port of one, that does not exist.',
    why: 'The API server does not look whether the Service exists. The controller has nowhere to send the requests and answers them with 503 (or 404), while every pod is healthy.',
    exemptions:
      'Backends that are no Services; names and ports that template text fills in; Services of charts and patches that may have any name; actions of the AWS load balancer (port use-annotation); names in known.objects. A hint where no Service of the namespace is to be seen.',
    links: ['concepts/services-networking/ingress#the-ingress-resource', 'concepts/services-networking/gateway'],
  },
  explains: [],
  aliases: [
    'kube-linter:dangling-ingress',
    'kube-score:ingress-targets-service',
    'kubescape:C-0298',
    'kubescape:C-0302',
    'popeye:1401',
    'popeye:1402',
  ],
  messages: {
    missing:
      '{{kind}} "{{name}}" sends requests to Service "{{service}}", which does not exist: they are answered with an error.',
    similar:
      '{{kind}} "{{name}}" sends requests to Service "{{service}}", which does not exist, but "{{similar}}" does: requests are answered with an error.',
    unseen:
      'Service "{{service}}" is not to be seen here; if it does not exist in the cluster, {{kind}} "{{name}}" answers requests with an error.',
    port: 'Service "{{service}}" has no port {{port}} (it has {{ports}}): {{kind}} "{{name}}" cannot send requests there and answers them with an error.',
    noPort: '{{kind}} "{{name}}" does not say which port of Service "{{service}}" it means. The API server rejects it.',
    service: 'This is the Service.',
  },
  titles: {
    use: 'Send requests to Service "{{similar}}"',
    usePort: 'Send requests to port {{port}}',
    addPort: 'Name port {{port}}',
  },
  visit: {
    resource(located, context) {
      for (const backend of backendsOf(located)) judge(located, backend, context);
    },
  },
});

type Context = UnitContext<'missing' | 'similar' | 'unseen' | 'port' | 'noPort' | 'service'>;

function judge(located: Located, backend: Backend, context: Context): void {
  const { report, around, known } = context;
  const { kind, name } = located.resource;
  const service = backend.name.text();
  const identity = backend.name.identity();
  if (service === undefined && identity !== undefined && backend.namespace === undefined) {
    const object = around.named(located, '/Service', identity);
    if (object) judgePort(located, backend, object, context);
    return;
  }
  if (
    service === undefined ||
    backend.value.at('namespace').templated ||
    around.patched(located, backend.name) ||
    isAction(located, backend, service)
  )
    return;
  const near = backend.namespace === undefined ? located : inNamespace(located, backend.namespace);
  const sought = seek(near, '/Service', service, around, known);
  const absent = sought === 'hidden' || 'object' in sought ? undefined : sought;
  const similar = absent?.near;
  const shown = backend.namespace === undefined ? service : `${backend.namespace}/${service}`;
  const data = { kind, name: name ?? '…', service: shown, similar: similar ?? '…' };
  if (sought !== 'hidden' && 'object' in sought) judgePort(located, backend, sought.object, context);
  else if (backend.port.missing && !backend.value.open && !backend.value.at('service', 'port').open)
    report({ message: 'noPort', at: backend.name, data, severity: 'error' });
  if (!absent) return;
  const fixes: Fix[] =
    similar === undefined
      ? []
      : [{ class: 'review', title: 'use', data, operations: [{ op: 'set', path: backend.name.path, value: similar }] }];
  const at = backend.name;
  const message = ({ near: 'similar', seen: 'missing', unseen: 'unseen' } as const)[absent.evidence];
  report({ message, at, data, fixes, ...levelFor(absent.evidence) });
}

/** The AWS load balancer controller reads actions from annotations and takes them for Services. */
const isAction = ({ resource }: Located, { port }: Backend, service: string): boolean =>
  port.text() === 'use-annotation' ||
  (port.templated && port.path.at(-1) === 'name') ||
  resource.value.at('metadata', 'annotations').has(`alb.ingress.kubernetes.io/actions.${service}`);

function judgePort(located: Located, backend: Backend, service: Located, context: Context): void {
  const { report, around } = context;
  const { kind, name } = located.resource;
  const { port: at, value } = backend;
  const all = service.resource.value.at('spec', 'ports');
  const ports = servicePorts(service);
  const hidden =
    all.open ||
    ports.some((port) => port.number === undefined || port.value.at('name').templated) ||
    around.patched(service, all);
  if (around.patched(located, at)) return;
  const data = { kind, name: name ?? '…', service: service.resource.name ?? '…' };
  if (at.missing) {
    if (value.open || value.at('service').open || value.at('service', 'port').open) return;
    const fixes = ports.length === 1 && !hidden ? portFix('addPort', located, backend, ports[0]) : [];
    report({ message: 'noPort', at: backend.name, data, severity: 'error', fixes });
  } else if (!hidden && !hasPort(at, service, context)) {
    const details = { ...data, port: at.rawText() ?? '', ports: ports.map(showPort).join(', ') };
    const place = all.missing ? service.resource.value.at('metadata', 'name') : all;
    const related = [{ located: service, at: place, message: 'service' }];
    report({
      message: 'port',
      at,
      data: details,
      related,
      fixes: portFix('usePort', located, backend, meant(at, ports)),
    });
  }
}

const showPort = ({ name, number }: ServicePort): string => (name === undefined ? `${number}` : `${name} (${number})`);

/** Whether a Service, or a variant of it under the same name, has a port; so it may when template text decides. */
function hasPort(at: Value, service: Located, { around }: Context): boolean {
  const wanted = at.templated ? undefined : at.intOrString();
  const type = service.resource.value.at('spec', 'type');
  const ports = servicePorts(service);
  // Aliases in DNS need no ports; who sends requests there takes any.
  if (wanted === undefined || type.templated || (type.text() === 'ExternalName' && ports.length === 0)) return true;
  const fits = (port: ServicePort): boolean => port.number === wanted || port.name === wanted;
  if (ports.some(fits)) return true;
  const variants = around
    .anywhere(service, '/Service')
    .filter(({ resource }) => resource.name === service.resource.name);
  return variants.some((variant) => servicePorts(variant).some(fits));
}

/** The port whose name is close, else the only one. */
function meant(at: Value, ports: readonly ServicePort[]): ServicePort | undefined {
  const name = at.string();
  const names = ports.flatMap((port) => port.name ?? []);
  const similar = name === undefined ? undefined : nearest(name, names);
  const only = ports.length === 1 ? ports[0] : undefined;
  return ports.find((port) => port.name !== undefined && port.name === similar) ?? only;
}

/** In v1 of Ingress a port is given by number or by name, in two fields; elsewhere in one. */
function portFix(
  title: string,
  { resource }: Located,
  { port: at, value }: Backend,
  port: ServicePort | undefined,
): Fix[] {
  if (port?.number === undefined) return [];
  const twoFields = resource.kind === 'Ingress' && value.at('service').isMap;
  const byName = twoFields && at.path.at(-1) === 'name' && !at.missing && port.name !== undefined;
  const chosen: number | string = byName ? (port.name ?? port.number) : port.number;
  const operation: Operation = twoFields
    ? { op: 'set', path: [...value.path, 'service', 'port'], value: { [byName ? 'name' : 'number']: chosen } }
    : { op: 'set', path: at.path, value: chosen };
  return [{ class: 'review', title, data: { port: chosen }, operations: [operation] }];
}
