import { describe, expect, it } from 'vitest';
import { readPodTemplate } from '../../core/src/kube/pod.ts';
import { claimTemplates, isBelow, lasts, mountsOf, mountsUnknown, volumesOf } from '../../core/src/kube/volumes.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

const read = (text: string): Value => Value.root(parseDocument(text).root);
const pod = (spec: string) => readPodTemplate(read(`spec: { ${spec} }\n`));
const container = (fields: string) => {
  const [only] = pod(`containers: [{ name: c, image: i, ${fields} }]`).containers;
  if (!only) throw new Error('no container');
  return only;
};

describe('volumes: name, source, whether what is written outlives the pod', () => {
  it.each([
    ['{ name: a, emptyDir: {} }', 'a', 'emptyDir', false],
    ['{ persistentVolumeClaim: { claimName: x }, name: a }', 'a', 'persistentVolumeClaim', true],
    ['{ name: a, ephemeral: {} }', 'a', 'ephemeral', true],
    ['{ name: a, csi: { driver: d } }', 'a', 'csi', true],
    ['{ name: a, hostPath: { path: /x } }', 'a', 'hostPath', false],
    ['{ name: a, configMap: { name: x } }', 'a', 'configMap', false],
    // The API server takes a volume without a source for an emptyDir, and drops null.
    ['{ name: a }', 'a', 'emptyDir', false],
    ['{ name: a, configMap: null }', 'a', 'emptyDir', false],
    ['{ name: "${N}", emptyDir: {} }', undefined, 'emptyDir', false],
  ])('%s', (text, name, source, lasting) => {
    const [volume] = volumesOf(pod(`volumes: [${text}], containers: []`));
    expect([volume?.name, volume?.source, volume && lasts(volume)]).toEqual([name, source, lasting]);
  });
});

describe('mounts: volume, path, read-only', () => {
  it.each([
    ['volumeMounts: [{ name: a, mountPath: /a }]', [['a', '/a', false]], false],
    ['volumeMounts: [{ name: a, mountPath: /a, readOnly: true }]', [['a', '/a', true]], false],
    ['volumeMounts: [{ name: a, mountPath: /a, readOnly: "${R}" }]', [['a', '/a', undefined]], false],
    ['volumeDevices: [{ name: b, devicePath: /dev/b }]', [['b', '/dev/b', false]], false],
    ['volumeMounts: [{ name: "${A}", mountPath: /a }]', [[undefined, '/a', false]], true],
    ['volumeMounts: null', [], false],
  ])('%s', (fields, mounts, unknown) => {
    expect(mountsOf(container(fields)).map(({ volume, path, readOnly }) => [volume, path, readOnly])).toEqual(mounts);
    expect(mountsUnknown(container(fields))).toBe(unknown);
  });
});

it('reads claim templates', () => {
  const object = read(
    'spec: { volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: ssd } }, {}] }',
  );
  expect(claimTemplates(object).map(({ name, spec }) => [name, spec.at('storageClassName').text()])).toEqual([
    ['data', 'ssd'],
    [undefined, undefined],
  ]);
  expect(claimTemplates(read('spec: {}'))).toEqual([]);
});

describe('a path below a folder', () => {
  it.each([
    ['/data', '/data', true],
    ['/data/', '/data', true],
    ['/data', '/data/', true],
    ['/data/db', '/data', true],
    ['/database', '/data', false],
    ['/', '/data', false],
    ['/data', '/', true],
  ])('%s in %s: %j', (path, folder, below) => expect(isBelow(path, folder)).toBe(below));
});
