import { workloadKinds } from '../../kube/kinds.ts';
import { isDnsLabel, isPortName, isPortNumber, repairPortName } from '../../kube/names.ts';
import type { Container, PodTemplate } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Port } from '../../kube/probe.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { servicePorts } from '../../workspace/traffic.ts';
import type { Located } from '../../workspace/project.ts';
import type { Plain } from '../../yaml/plain.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'port-invalid',
  capability: 'load-balancing',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: [...workloadKinds, '/Service'],
  needs: 'any',
  docs: {
    summary: 'A port of a container or Service is written in a way that the API server refuses, or that cannot work.',
    why: 'Names of container ports have at most 15 characters, lower case letters, digits and single hyphens, with at least one letter. They are unique within a container; ports of a Service are unique, and named as soon as there are two. Anything else is rejected, so the object is never created or updated. In a StatefulSet before Kubernetes 1.34 it is accepted and every pod of it refused. Two containers of one pod share its network: the second that wants a port cannot have it.',
    exemptions:
      'Values that template text fills in. A port that an init container and a main container both declare, since they do not run at the same time; the same number for two protocols.',
    links: [
      'concepts/services-networking/service#multi-port-services',
      'reference/kubernetes-api/workload-resources/pod-v1#ports',
    ],
  },
  explains: [],
  aliases: ['kube-linter:invalid-target-ports', 'kube-score:container-ports-check'],
  messages: {
    name: '"{{port}}" cannot be the name of a port: at most 15 lower case letters, digits and single hyphens, with a letter among them. The API server refuses it, so no pod of this {{kind}} ever starts.',
    nameTwice:
      'Container "{{container}}" has two ports called "{{port}}". The API server refuses them, so no pod of this {{kind}} ever starts.',
    number:
      'A containerPort is a number between 1 and 65535, not {{port}}. The API server refuses it, so no pod of this {{kind}} ever starts.',
    quoted:
      'A containerPort is a number; "{{port}}" in quotes is text. The API server cannot read this {{kind}} and rejects it.',
    protocol: 'A protocol is written TCP, UDP or SCTP; the API server refuses "{{protocol}}".',
    hostTwice:
      'This pod asks for port {{port}} of its node twice. The API server refuses it, so no pod of this {{kind}} ever starts.',
    hostOther:
      'On the network of the node, hostPort has to be the containerPort: {{host}} is not {{port}}. The API server refuses it, so no pod of this {{kind}} ever starts.',
    sharedName:
      'Containers "{{first}}" and "{{container}}" both have a port called "{{port}}": a Service that asks for it by name gets the one of "{{first}}".',
    sharedPort:
      'Containers "{{first}}" and "{{container}}" both want port {{port}}, but share one network: the second to start cannot listen and fails.',
    samePort: 'Container "{{container}}" declares port {{port}} twice.',
    unnamed: 'Service "{{name}}" has several ports, so each needs a name. The API server rejects it.',
    serviceName:
      '"{{port}}" cannot be the name of a port of a Service (lower case letters, digits and "-"). The API server rejects Service "{{name}}".',
    serviceNameTwice: 'Service "{{name}}" has two ports called "{{port}}". The API server rejects it.',
    servicePortTwice: 'Service "{{name}}" has port {{port}} twice. The API server rejects it.',
    targetName:
      '"{{port}}" cannot be the name of a container port: at most 15 lower case letters, digits and single hyphens, with a letter among them. The API server rejects Service "{{name}}".',
    targetNumber: 'A port is a number between 1 and 65535, not {{port}}. The API server rejects Service "{{name}}".',
  },
  titles: {
    rename: 'Call it "{{port}}"',
    unquote: 'Write {{port}} as a number',
    capital: 'Write {{protocol}}',
    same: 'Use port {{port}} of the node',
    give: 'Give it a name',
  },
  visit: {
    resource(located, context) {
      if (located.resource.groupKind === '/Service') judgeService(located, context);
    },
    pod(pod, context) {
      for (const container of pod.containers) judgeContainer(container, context);
      judgePod(pod, context);
    },
  },
});

type Messages =
  | 'name'
  | 'nameTwice'
  | 'number'
  | 'quoted'
  | 'protocol'
  | 'hostTwice'
  | 'hostOther'
  | 'sharedName'
  | 'sharedPort'
  | 'samePort'
  | 'unnamed'
  | 'serviceName'
  | 'serviceNameTwice'
  | 'servicePortTwice'
  | 'targetName'
  | 'targetNumber';

const rename = (at: Value, name: string, taken: ReadonlySet<string | undefined> = new Set()): Fix[] => {
  const port = repairPortName(name);
  return port === undefined || taken.has(port)
    ? []
    : [{ class: 'review', title: 'rename', data: { port }, operations: [{ op: 'set', path: at.path, value: port }] }];
};

/** What no API server takes as it stands can be put right at once: there is one reading of it. */
const unquote = (at: Value, text: string): Fix[] =>
  isPortNumber(Number(text))
    ? [
        {
          class: 'safe',
          title: 'unquote',
          data: { port: text },
          operations: [{ op: 'set', path: at.path, value: Number(text) }],
        },
      ]
    : [];

function judgeContainer(container: Container, context: Context<Messages>): void {
  const { kind } = context.located.resource;
  const { report } = context;
  const seen = new Map<string, Port>();
  const names = new Set(container.ports.map(({ name }) => name));
  for (const port of container.ports) {
    const data = { kind, container: showName(container) };
    const at = port.value.at('name');
    const { name } = port;
    if (name !== undefined && name !== '' && !at.templated) {
      if (!isPortName(name))
        report({ message: 'name', at, data: { ...data, port: name }, fixes: rename(at, name, names) });
      else if (seen.has(`name ${name}`))
        report({ message: 'nameTwice', at, data: { ...data, port: name }, fixes: another(at, name, names) });
      seen.set(`name ${name}`, port);
    }
    judgeNumber(port, data, context);
    judgeProtocol(port.value, context);
    const key = `port ${port.protocol} ${port.number}`;
    if (port.number !== undefined && !port.value.at('protocol').templated) {
      if (seen.has(key))
        report({
          message: 'samePort',
          at: port.value.at('containerPort'),
          data: { ...data, port: port.number },
          severity: 'warning',
        });
      seen.set(key, port);
    }
  }
}

/** A name of its own for the second of two. */
function another(at: Value, name: string, taken: ReadonlySet<string | undefined>): Fix[] {
  const free = [2, 3, 4].map((count) => `${name.slice(0, 13)}-${count}`).find((candidate) => !taken.has(candidate));
  return free === undefined
    ? []
    : [{ class: 'template', title: 'give', operations: [{ op: 'set', path: at.path, value: tabStop(1, free) }] }];
}

function judgeNumber(
  port: Port,
  data: { readonly kind: string; readonly container: string },
  { report }: Context<Messages>,
): void {
  const at = port.value.at('containerPort');
  if (at.templated || port.value.open) return;
  const text = at.string();
  if (text !== undefined) report({ message: 'quoted', at, data: { ...data, port: text }, fixes: unquote(at, text) });
  else if (port.number === undefined ? at.missing : !isPortNumber(port.number))
    report({ message: 'number', at, data: { ...data, port: port.number ?? '-' } });
}

const protocols: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP']);

function judgeProtocol(port: Value, { report }: Context<Messages>): void {
  const at = port.at('protocol');
  const protocol = at.text();
  if (protocol === undefined || protocol === '' || protocols.has(protocol)) return;
  const capital = protocol.toUpperCase();
  const fixes: Fix[] = protocols.has(capital)
    ? [
        {
          class: 'safe',
          title: 'capital',
          data: { protocol: capital },
          operations: [{ op: 'set', path: at.path, value: capital }],
        },
      ]
    : [];
  report({ message: 'protocol', at, data: { protocol }, fixes });
}

/** Ports of containers that run at the same time, and of the node. */
function judgePod(pod: PodTemplate, { report, located }: Context<Messages>): void {
  const { kind } = located.resource;
  const network = pod.spec.at('hostNetwork');
  const first = new Map<string, Container>();
  for (const container of pod.containers) {
    for (const port of container.ports) {
      const host = port.value.at('hostPort');
      if (host.number() !== undefined && host.number() !== 0 && port.number !== undefined) {
        if (network.boolean() === true && host.number() !== port.number)
          report({
            message: 'hostOther',
            at: host,
            data: { kind, host: host.number() ?? 0, port: port.number },
            fixes: [
              {
                class: 'review',
                title: 'same',
                data: { port: port.number },
                operations: [{ op: 'set', path: host.path, value: port.number }],
              },
            ],
          });
        else if (
          container.role !== 'init' &&
          !port.value.at('hostIP').templated &&
          !port.value.at('protocol').templated
        ) {
          const key = `host ${port.protocol} ${host.number()} ${port.value.at('hostIP').text() ?? ''}`;
          if (first.has(key)) report({ message: 'hostTwice', at: host, data: { kind, port: host.number() ?? 0 } });
          first.set(key, container);
        }
      }
      if (container.role !== 'init') judgeShared(container, port, first, report);
    }
  }
}

function judgeShared(
  container: Container,
  port: Port,
  first: Map<string, Container>,
  report: Context<Messages>['report'],
): void {
  const number = `port ${port.protocol} ${port.number}`;
  const name = `name ${port.name}`;
  const [byNumber, byName] = [first.get(number), first.get(name)];
  const data = { container: showName(container) };
  if (port.number !== undefined && !port.value.at('protocol').templated) {
    if (byNumber && byNumber !== container) {
      report({
        message: 'sharedPort',
        at: port.value.at('containerPort'),
        data: { ...data, first: showName(byNumber), port: port.number },
        severity: 'warning',
      });
      return;
    }
    if (!byNumber) first.set(number, container);
  }
  if (port.name === undefined || port.name === '') return;
  if (byName && byName !== container)
    report({
      message: 'sharedName',
      at: port.value.at('name'),
      data: { ...data, first: showName(byName), port: port.name },
      severity: 'warning',
    });
  else if (!byName) first.set(name, container);
}

function judgeService(located: Located, context: Context<Messages>): void {
  const { report } = context;
  const ports = servicePorts(located);
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const { value, name, number, protocol } of ports) {
    const data = { name: located.resource.name ?? '…' };
    const at = value.at('name');
    if (at.missing || name === '') {
      if (ports.length > 1 && !value.open)
        report({ message: 'unnamed', at: value.at('port'), data, fixes: giveName(value, number) });
    } else if (name !== undefined) {
      if (!isDnsLabel(name))
        report({ message: 'serviceName', at, data: { ...data, port: name }, fixes: rename(at, name) });
      else if (names.has(name))
        report({
          message: 'serviceNameTwice',
          at,
          data: { ...data, port: name },
          fixes: another(at, name, new Set(ports.map((port) => port.name))),
        });
      names.add(name);
    }
    judgeProtocol(value, context);
    if (number !== undefined && !isPortNumber(number))
      report({ message: 'targetNumber', at: value.at('port'), data: { ...data, port: number } });
    const key = `${protocol} ${number}`;
    if (number !== undefined && !value.at('protocol').templated) {
      if (numbers.has(key))
        report({ message: 'servicePortTwice', at: value.at('port'), data: { ...data, port: number } });
      numbers.add(key);
    }
    judgeTarget(value.at('targetPort'), data, context);
  }
}

function giveName(port: Value, number: number | undefined): Fix[] {
  const name: Plain = tabStop(1, number === 80 ? 'http' : number === 443 ? 'https' : `port-${number ?? 1}`);
  return [{ class: 'template', title: 'give', operations: [{ op: 'set', path: [...port.path, 'name'], value: name }] }];
}

/** A targetPort is a number or a name; a number in quotes is a name without a letter. 0 counts as omitted. */
function judgeTarget(at: Value, data: { readonly name: string }, { report }: Context<Messages>): void {
  if (at.templated || at.missing) return;
  const number = at.number();
  const name = at.string();
  if (number !== undefined && number !== 0 && !isPortNumber(number))
    report({ message: 'targetNumber', at, data: { ...data, port: number } });
  else if (name !== undefined && name !== '' && !isPortName(name))
    report({
      message: 'targetName',
      at,
      data: { ...data, port: name },
      fixes: /^\d+$/.test(name) ? unquote(at, name) : rename(at, name),
    });
}
