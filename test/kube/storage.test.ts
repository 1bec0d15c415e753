import { describe, expect, it } from 'vitest';
import {
  cannotExpand,
  classOf,
  commonProvisioner,
  isBlockOnly,
  isCommonClass,
  isNodeLocal,
  isScratch,
  isScratchName,
  isTopologyBound,
} from '../../core/src/kube/storage.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

const read = (text: string): Value => Value.root(parseDocument(text).root);

describe('provisioners: on one node, in part of the cluster, one node at a time, never larger', () => {
  it.each([
    ['ebs.csi.aws.com', false, true, true, false],
    ['kubernetes.io/gce-pd', false, true, true, false],
    ['kubernetes.io/no-provisioner', true, true, false, true],
    ['rancher.io/local-path', true, true, false, true],
    ['topolvm.io', true, true, true, false],
    // One machine is all there is.
    ['docker.io/hostpath', true, false, false, true],
    ['csi.vsphere.vmware.com', false, true, false, false],
    ['dobs.csi.digitalocean.com', false, false, true, false],
    ['rbd.csi.ceph.com', false, false, true, false],
    ['rook-ceph.rbd.csi.ceph.com', false, false, true, false],
    ['rook-ceph.cephfs.csi.ceph.com', false, false, false, false],
    ['rook-ceph.ceph.rook.io/bucket', false, false, false, true],
    ['efs.csi.aws.com', false, false, false, false],
    ['constructor', false, false, false, false],
  ])('%s', (provisioner, node, topology, block, fixed) => {
    expect([
      isNodeLocal(provisioner),
      isTopologyBound(provisioner),
      isBlockOnly(provisioner),
      cannotExpand(provisioner),
    ]).toEqual([node, topology, block, fixed]);
  });
});

describe('classes that come with a cluster', () => {
  it.each([
    ['gp3', true, 'ebs.csi.aws.com'],
    ['standard', true, undefined],
    ['shop-ssd', false, undefined],
    ['toString', false, undefined],
  ])('%s', (name, common, provisioner) => {
    expect(isCommonClass(name)).toBe(common);
    expect(commonProvisioner(name)).toBe(provisioner);
  });
});

describe('the class of a claim', () => {
  it.each([
    ['spec: { storageClassName: ssd }', 'ssd'],
    ['spec: { storageClassName: "" }', ''],
    ['metadata: { annotations: { volume.beta.kubernetes.io/storage-class: old } }', 'old'],
    [
      '{ metadata: { annotations: { volume.beta.kubernetes.io/storage-class: old } }, spec: { storageClassName: new } }',
      'new',
    ],
    ['spec: {}', undefined],
  ])('%s: %j', (text, name) => expect(classOf(read(text)).text()).toBe(name));
});

describe('what may be lost', () => {
  it.each([
    ['scratch', true],
    ['fast-scratch-ssd', true],
    ['build_cache', true],
    ['tmp', true],
    ['template', false],
    ['attempts', false],
    ['cached', false],
    ['ssd', false],
  ])('%s: %j', (name, lost) => expect(isScratchName(name)).toBe(lost));

  it.each([
    ['metadata: { name: ssd, labels: { purpose: cache } }', true],
    ['metadata: { name: ssd, annotations: { example.com/scratch: "true" } }', true],
    ['metadata: { name: ssd, labels: { team: shop } }', false],
    // Template text may say so.
    ['metadata: { name: "{{ .Values.name }}" }', true],
    ['metadata: { name: ssd, labels: { purpose: "{{ .Values.purpose }}" } }', true],
  ])('%s: %j', (text, lost) => expect(isScratch(read(text))).toBe(lost));
});
