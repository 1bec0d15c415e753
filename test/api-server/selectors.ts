/** Label and field selectors: parsing and matching as the API server does it. */
import type { KubeObject } from './store.ts';

/** Decides whether an object is selected. */
export type Predicate = (object: KubeObject) => boolean;

const always: Predicate = () => true;

/** A selector that cannot be parsed or names an unsupported field; the message is the server's. */
export class SelectorError extends Error {}

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k` over `metadata.labels`. */
export function labelSelector(text: string | undefined): Predicate {
  if (text === undefined || text.trim() === '') return always;
  const tests = splitOutsideParentheses(text).map(labelTest);
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return tests.every((test) => test(labels));
  };
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

function labelTest(text: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    return (labels) => values.has(labels[key] ?? '\0') === (operator === 'in');
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  if (/^![^\s=!()]+$/.test(text)) return (labels) => labels[text.slice(1)] === undefined;
  if (/^[^\s=!()]+$/.test(text)) return (labels) => labels[text] !== undefined;
  throw new SelectorError(`unable to parse requirement: found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

/** Fields the API server can select on, beside `metadata.name` and `metadata.namespace`. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  jobs: ['status.successful'],
  replicasets: ['status.replicas'],
  secrets: ['type'],
};

/** `a=b,c!=d` over the fields this resource supports; others are refused as the server refuses them. */
export function fieldSelector(resource: string, text: string | undefined): Predicate {
  if (text === undefined || text.trim() === '') return always;
  const tests = text.split(',').map((part) => fieldTest(resource, part.trim()));
  return (object) => tests.every((test) => test(object));
}

function fieldTest(resource: string, text: string): Predicate {
  const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(text);
  if (match === null) throw new SelectorError(`invalid selector: '${text}'; can't understand '${text}'`);
  const [, field = '', operator, value = ''] = match;
  const common = field === 'metadata.name' || field === 'metadata.namespace';
  if (!common && selectable[resource]?.includes(field) !== true) {
    throw new SelectorError(`field label not supported: ${field}`);
  }
  // Events written by the kubelet name their source in a structure; the selector sees its component.
  const path = field === 'source' ? ['source', 'component'] : field.split('.');
  return (object) => (read(object, path) === value) === (operator !== '!=');
}

function read(object: unknown, path: readonly string[]): string {
  let value: unknown = object;
  for (const name of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
