/** What is the same for ports of containers and of Services. */
import { isPortNumber, repairPortName } from '../../../kube/names.ts';
import type { Context, Fix } from '../../../lint/rule.ts';
import { tabStop } from '../../../yaml/plain.ts';
import type { Value } from '../../../yaml/value.ts';

/** Ids of the rule's messages. */
export type Messages =
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

/** Another name that is valid and that none of the others has; not offered where there is none. */
export const rename = (at: Value, name: string, taken: ReadonlySet<string | undefined> = new Set()): Fix[] => {
  const port = repairPortName(name);
  return port === undefined || taken.has(port)
    ? []
    : [{ class: 'review', title: 'rename', data: { port }, operations: [{ op: 'set', path: at.path, value: port }] }];
};

/** What no API server takes as it stands can be put right at once: there is one reading of it. */
export const unquote = (at: Value, text: string): Fix[] =>
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

/** A name of its own for the second of two. */
export function another(at: Value, name: string, taken: ReadonlySet<string | undefined>): Fix[] {
  const free = [2, 3, 4].map((count) => `${name.slice(0, 13)}-${count}`).find((candidate) => !taken.has(candidate));
  return free === undefined
    ? []
    : [{ class: 'template', title: 'give', operations: [{ op: 'set', path: at.path, value: tabStop(1, free) }] }];
}

const protocols: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP']);

/** A protocol that the API server does not know. */
export function judgeProtocol(port: Value, { report }: Context<Messages>): void {
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
