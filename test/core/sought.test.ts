import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import { backendsOf } from '../../core/src/workspace/routes.ts';
import { inNamespace, seek } from '../../core/src/workspace/sought.ts';
import { mayBeNodeLocal, provisionerOf } from '../../core/src/workspace/storage-classes.ts';
import { servicePorts } from '../../core/src/workspace/traffic.ts';
import { locatedIn, projectOf } from './support.ts';

const service = (name: string, namespace = ''): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}${namespace && `, namespace: ${namespace}`} }\n`;
const ingress = (namespace = ''): string =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: x${namespace && `, namespace: ${namespace}`} }\n`;

/** What is told of Service `checkout`, which an Ingress names. */
function told(files: Readonly<Record<string, string>>, namespace?: string): unknown {
  const project = projectOf(files);
  const own = locatedIn(project, 'k/ingress.yaml');
  const near = namespace === undefined ? own : inNamespace(own, namespace);
  const sought = seek(near, '/Service', 'checkout', project.surroundings, defaultConfiguration.known);
  if (sought === 'hidden') return sought;
  return 'object' in sought ? 'here' : [sought.evidence, sought.near];
}

describe('an object that another one names', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, unknown]>([
    ['is beside it', { 'k/ingress.yaml': ingress(), 'k/a.yaml': service('checkout') }, 'here'],
    ['is in another folder', { 'k/ingress.yaml': ingress('shop'), 'l/a.yaml': service('checkout', 'shop') }, 'here'],
    [
      'may land in its namespace',
      { 'k/ingress.yaml': ingress('shop'), 'k/o.yaml': service('o', 'other'), 'k/a.yaml': service('checkout') },
      'here',
    ],
    [
      'is in another namespace',
      { 'k/ingress.yaml': ingress('shop'), 'k/a.yaml': service('checkout', 'other') },
      ['unseen', undefined],
    ],
    ['is nowhere, and neither is another', { 'k/ingress.yaml': ingress() }, ['unseen', undefined]],
    ['is missing among others', { 'k/ingress.yaml': ingress(), 'k/a.yaml': service('payments') }, ['seen', undefined]],
    [
      'is missing, and others stand in other folders, where no namespace ties them',
      { 'k/ingress.yaml': ingress(), 'l/a.yaml': service('payments') },
      ['unseen', undefined],
    ],
    [
      'is missing among others of its namespace',
      { 'k/ingress.yaml': ingress('shop'), 'l/a.yaml': service('payments', 'shop') },
      ['seen', undefined],
    ],
    ['is misspelt', { 'k/ingress.yaml': ingress(), 'k/a.yaml': service('chekout') }, ['near', 'chekout']],
    ['has a hidden name', { 'k/ingress.yaml': ingress(), 'k/a.yaml': service('"{{ .Values.name }}"') }, 'hidden'],
    [
      'is made by an operator for its object',
      {
        'k/ingress.yaml': ingress(),
        'k/a.yaml': 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: checkout }\n',
      },
      'hidden',
    ],
  ])('%s', (_, files, expected) => expect(told(files)).toEqual(expected));

  test('is looked for in the namespace that the reference names', () => {
    const files = { 'k/ingress.yaml': ingress('shop'), 'k/a.yaml': service('checkout', 'other') };
    expect(told(files, 'other')).toBe('here');
  });
});

describe('backends', () => {
  const backends = (kind: string, spec: string): unknown[] => {
    const project = projectOf({ 'a.yaml': `apiVersion: x/v1\nkind: ${kind}\nmetadata: { name: x }\nspec: ${spec}\n` });
    return backendsOf(locatedIn(project, 'a.yaml')).map(({ name, port, namespace }) => [
      name.text(),
      port.intOrString(),
      namespace,
    ]);
  };

  test.each<readonly [string, string, unknown[]]>([
    [
      'Ingress',
      '{ rules: [{ http: { paths: [{ backend: { service: { name: a, port: { number: 80 } } } }] } }] }',
      [['a', 80, undefined]],
    ],
    ['Ingress', '{ defaultBackend: { service: { name: a, port: { name: http } } } }', [['a', 'http', undefined]]],
    ['Ingress', '{ defaultBackend: { service: { name: a } } }', [['a', undefined, undefined]]],
    ['Ingress', '{ backend: { serviceName: a, servicePort: 80 } }', [['a', 80, undefined]]],
    ['Ingress', '{ defaultBackend: { resource: { kind: Bucket, name: a } } }', []],
    ['HTTPRoute', '{ rules: [{ backendRefs: [{ name: a, port: 80, namespace: n }] }] }', [['a', 80, 'n']]],
    [
      'HTTPRoute',
      '{ rules: [{ backendRefs: [{ kind: Bucket, name: a }, { group: g, kind: Service, name: a }] }] }',
      [],
    ],
    [
      'TCPRoute',
      '{ rules: [{}, { backendRefs: [{ kind: Service, group: "", name: a }] }] }',
      [['a', undefined, undefined]],
    ],
  ])('%s %s', (kind, spec, expected) => expect(backends(kind, spec)).toEqual(expected));
});

describe('ports of a Service: name, number, protocol, target', () => {
  test.each<readonly [string, unknown[]]>([
    ['{ port: 80 }', [undefined, 80, 'TCP', 80]],
    ['{ name: a, port: 80, targetPort: http, protocol: UDP }', ['a', 80, 'UDP', 'http']],
    ['{ port: 80, targetPort: 0 }', [undefined, 80, 'TCP', 80]],
    ['{ port: 80, targetPort: "${P}" }', [undefined, 80, 'TCP', undefined]],
  ])('%s', (port, expected) => {
    const project = projectOf({ 'a.yaml': `${service('a')}spec: { ports: [${port}] }\n` });
    const [found] = servicePorts(locatedIn(project, 'a.yaml'));
    expect(found && [found.name, found.number, found.protocol, found.target]).toEqual(expected);
  });
});

describe('the provisioner behind a claim, and whether its volumes stay on one node', () => {
  const storageClass = (name: string, provisioner: string): string =>
    `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: ${name} }\nprovisioner: ${provisioner}\n`;
  test.each<readonly [string, string, string, unknown[]]>([
    ['declared here', 'ssd', storageClass('ssd', 'topolvm.io'), ['topolvm.io', true]],
    ['declared otherwise than usual', 'gp3', storageClass('gp3', 'x.example'), ['x.example', false]],
    ['the same everywhere', 'gp3', '', ['ebs.csi.aws.com', false]],
    ['unknown', 'ssd', '', [undefined, false]],
    ['hidden', '"{{ .Values.class }}"', '', [undefined, true]],
    ['of a class with a hidden name', 'ssd', storageClass('"{{ .Values.name }}"', 'topolvm.io'), [undefined, true]],
    ['none', 'null', storageClass('ssd', 'topolvm.io'), [undefined, false]],
  ])('%s', (_, name, text, expected) => {
    const claim = `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: a }\nspec: { storageClassName: ${name} }\n`;
    const project = projectOf({ 'a.yaml': claim, 'b.yaml': text });
    const { value } = locatedIn(project, 'a.yaml').resource;
    expect([provisionerOf(value, project.surroundings), mayBeNodeLocal(value, project.surroundings)]).toEqual(expected);
  });
});
