import { isDnsLabel, isPortName, isPortNumber } from '../../../kube/names.ts';
import type { Context, Fix } from '../../../lint/rule.ts';
import type { Located } from '../../../workspace/project.ts';
import { servicePorts } from '../../../workspace/traffic.ts';
import type { Plain } from '../../../yaml/plain.ts';
import { tabStop } from '../../../yaml/plain.ts';
import type { Value } from '../../../yaml/value.ts';
import type { Messages } from './ports.ts';
import { another, judgeProtocol, rename, unquote } from './ports.ts';

/** Ports of a Service, and what they lead to. */
export function judgeService(located: Located, context: Context<Messages>): void {
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
