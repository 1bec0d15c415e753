import { isPortName, isPortNumber } from '../../../kube/names.ts';
import type { Container, PodTemplate } from '../../../kube/pod.ts';
import { showName } from '../../../kube/pod.ts';
import type { Port } from '../../../kube/probe.ts';
import type { Context } from '../../../lint/rule.ts';
import type { Messages } from './ports.ts';
import { another, judgeProtocol, rename, unquote } from './ports.ts';

/** Ports of one container, each by itself and beside each other. */
export function judgeContainer(container: Container, context: Context<Messages>): void {
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

/** Ports of containers that run at the same time, and of the node. */
export function judgePod(pod: PodTemplate, { report, located }: Context<Messages>): void {
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
