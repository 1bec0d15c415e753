import type { Port } from '../../kube/probe.ts';
import type { Container } from '../../kube/pod.ts';
import { comparable, readMapSelector } from '../../kube/selector.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { nearest } from '../../text/nearest.ts';
import type { Located } from '../../workspace/project.ts';
import { belongTogether } from '../../workspace/together.ts';
import type { ServicePort } from '../../workspace/traffic.ts';
import { servicePorts } from '../../workspace/traffic.ts';
import type { Plain } from '../../yaml/plain.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'service-target-port-unknown',
  capability: 'load-balancing',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Service'],
  needs: 'complete',
  docs: {
    summary: 'A Service sends requests to a port that its pods do not have.',
    why: 'A targetPort given by name is looked up among the declared ports of each pod, with the same protocol. Where none fits, the pod is listed without a port and gets nothing: connections are refused although all pods are ready. A number is taken as it is; nothing may be listening there.',
    exemptions:
      'Services that select no workload of the workspace, pods that declare no ports at all, ports that template text or a patch fills in. Named ports of native sidecars are found from Kubernetes 1.33 on.',
    links: ['concepts/services-networking/service#field-spec-ports'],
  },
  explains: ['service-down/no-ready-endpoints'],
  aliases: ['popeye:1106', 'kube-linter:invalid-target-ports', 'kubevious:service-selector-ref'],
  messages: {
    name: 'No container of {{kind}} "{{workload}}" declares a port "{{target}}"{{protocol}}: Service "{{service}}" has nowhere to send requests, so connections to it are refused.',
    partly:
      'No container of {{kind}} "{{workload}}" declares a port "{{target}}"{{protocol}}: its pods get no requests from Service "{{service}}".',
    number:
      'Service "{{service}}" sends requests to port {{target}}, but the pods of {{kind}} "{{workload}}" declare {{declared}}. If nothing listens on {{target}}, connections are refused.',
    protocol:
      'Service "{{service}}" sends {{wanted}} to port {{target}}, which {{kind}} "{{workload}}" declares for {{actual}}: if nothing listens there for {{wanted}}, requests are lost.',
    pod: 'These are the pods.',
  },
  titles: {
    use: 'Send requests to port {{port}}',
    declare: 'Declare port {{port}} in container "{{container}}"',
    same: 'Send {{protocol}}',
  },
  visit: {
    resource(located, context) {
      const { around } = context;
      const { value } = located.resource;
      const selector = readMapSelector(value.at('spec', 'selector'));
      const type = value.at('spec', 'type');
      if (!comparable(selector)?.length || type.templated || type.text() === 'ExternalName') return;
      const together = around
        .selected(located, selector)
        .filter((workload) => belongTogether(located, workload, around));
      const workloads = oneOfEach(together, located).filter((workload) => isDecided(workload, context));
      for (const port of servicePorts(located))
        if (!around.patched(located, port.at)) judge(located, port, workloads, context);
    },
  },
});

/** Of several workloads of one name, which are variants of each other, the one that stands closest. */
function oneOfEach(workloads: readonly Located[], near: Located): readonly Located[] {
  const inFile = workloads.filter(({ file }) => file.uri === near.file.uri);
  const seen = new Set<string>();
  return [...inFile, ...workloads].filter(({ resource }, index, all) => {
    const key = resource.name ?? ` ${index}`;
    if (seen.has(key) || all.findIndex((other) => other.resource === resource) < index) return false;
    seen.add(key);
    return true;
  });
}

type Context = UnitContext<'name' | 'partly' | 'number' | 'protocol' | 'pod'>;

/** Containers whose ports the endpoints controller looks at, by name. */
const lookedAt = ({ resource }: Located, { version }: Context): readonly Container[] =>
  resource.pod?.containers.filter(({ role }) => role === 'main' || (role === 'sidecar' && atLeast(version, '1.33'))) ??
  [];

/** Whether all that a workload declares is to be seen, and it declares something. */
function isDecided(workload: Located, { around }: Context): boolean {
  const { pod } = workload.resource;
  if (!pod || pod.spec.at('containers').open || pod.spec.at('initContainers').open) return false;
  // Init containers are left out where template text decides whether they are sidecars.
  if (pod.containers.length < pod.spec.at('containers').items().length + pod.spec.at('initContainers').items().length)
    return false;
  if (pod.containers.every(({ ports }) => ports.length === 0)) return false;
  return pod.containers.every(({ value, ports }) => {
    const at = value.at('ports');
    const hidden = ports.some(
      (port) => port.number === undefined || port.value.at('name').templated || port.value.at('protocol').templated,
    );
    return !at.open && !hidden && !around.patched(workload, at);
  });
}

function judge(service: Located, port: ServicePort, workloads: readonly Located[], context: Context): void {
  const { report } = context;
  const { target, protocol, at, value } = port;
  if (target === undefined || value.at('protocol').templated) return;
  const failing = workloads.filter((workload) => !declares(allPorts(workload, target, context), target, protocol));
  const [first] = failing;
  const pod = first?.resource.pod;
  if (!first || !pod) return;
  const ports = allPorts(first, target, context);
  const works = (meant: string | number): boolean =>
    workloads.every((workload) => declares(allPorts(workload, meant, context), meant, protocol));
  const actual = ports.find(({ number, name }) => number === target || name === target)?.protocol;
  const { kind, name } = first.resource;
  const data = { service: service.resource.name ?? '…', kind, workload: name ?? '…', target };
  const related = [{ located: first, at: pod.spec.at('containers'), message: 'pod' }];
  if (typeof target === 'string') {
    const details = { ...data, protocol: protocol === 'TCP' && actual === undefined ? '' : ` (${protocol})` };
    const fixes =
      actual === undefined
        ? [...use(port, ports, target, works), ...declare(first, context, { target, port })]
        : same(port, actual);
    if (failing.length === workloads.length) report({ message: 'name', at, data: details, related, fixes });
    else report({ message: 'partly', at, data: details, severity: 'warning', related, fixes });
  } else if (actual !== undefined) {
    report({
      message: 'protocol',
      at,
      data: { ...data, wanted: protocol, actual },
      severity: 'warning',
      related,
      fixes: same(port, actual),
    });
  } else if (ports.some((candidate) => candidate.protocol === protocol)) {
    const declared = [
      ...new Set(ports.map(({ number, protocol: own }) => (own === 'TCP' ? `${number}` : `${number}/${own}`))),
    ]
      .slice(0, 6)
      .join(', ');
    const fixes = [...use(port, ports, target, works), ...declare(first, context, { target, port })];
    report({ message: 'number', at, data: { ...data, declared }, severity: 'warning', related, fixes });
  }
}

/** Ports of all serving containers for numbers; for names those that the controller looks at. */
function allPorts(workload: Located, target: string | number, context: Context): readonly Port[] {
  const containers =
    typeof target === 'string'
      ? lookedAt(workload, context)
      : (workload.resource.pod?.containers.filter(({ role }) => role !== 'init') ?? []);
  return containers.flatMap(({ ports }) => ports);
}

const declares = (ports: readonly Port[], target: string | number, protocol: string): boolean =>
  ports.some((port) => port.protocol === protocol && (port.name === target || port.number === target)) ||
  (typeof target === 'number' &&
    !ports.some((port) => port.protocol === protocol) &&
    !ports.some(({ number }) => number === target));

/** The port that was most likely meant: the only one, or one whose name is close. */
function use(
  { protocol, value }: ServicePort,
  all: readonly Port[],
  target: string | number,
  works: (port: string | number) => boolean,
): Fix[] {
  const ports = all.filter((port) => port.protocol === protocol);
  const [only] = ports;
  const named =
    typeof target === 'string'
      ? nearest(
          target,
          ports.flatMap(({ name }) => name ?? []),
        )
      : undefined;
  const meant = named ?? (ports.length === 1 ? (only?.name ?? only?.number) : undefined);
  if (meant === undefined || !works(meant)) return [];
  return [
    {
      class: 'review',
      title: 'use',
      data: { port: meant },
      operations: [{ op: 'set', path: [...value.path, 'targetPort'], value: meant }],
    },
  ];
}

function declare(
  workload: Located,
  context: Context,
  { target, port }: { readonly target: string | number; readonly port: ServicePort },
): Fix[] {
  const [container] = lookedAt(workload, context);
  if (!container) return [];
  const protocol = port.protocol === 'TCP' ? {} : { protocol: port.protocol };
  const value: Plain =
    typeof target === 'string'
      ? { name: target, containerPort: tabStop(1, port.number ?? 8080), ...protocol }
      : { containerPort: target, ...protocol };
  return [
    {
      class: typeof target === 'string' ? 'template' : 'review',
      title: 'declare',
      data: { port: target, container: container.name ?? '…' },
      operations: [{ op: 'append', path: [...container.value.path, 'ports'], value }],
      target: workload,
    },
  ];
}

const same = ({ value }: ServicePort, protocol: string): Fix[] => [
  {
    class: 'review',
    title: 'same',
    data: { protocol },
    operations: [{ op: 'set', path: [...value.path, 'protocol'], value: protocol }],
  },
];
