/** What is known of provisioners of storage classes, from the documentation of their drivers. */
import type { Value } from '../yaml/value.ts';

/** Volumes stay on the disk of one node. */
const nodeLocal: ReadonlySet<string> = new Set([
  'kubernetes.io/no-provisioner',
  'rancher.io/local-path',
  'topolvm.io',
  'topolvm.cybozu.com',
  'local.csi.openebs.io',
  'zfs.csi.openebs.io',
  'openebs.io/local',
  'hostpath.csi.k8s.io',
  'kubevirt.io/hostpath-provisioner',
  'kubevirt.io.hostpath-provisioner',
  'microk8s.io/hostpath',
  'docker.io/hostpath',
  'k8s.io/minikube-hostpath',
]);

/** Disks of one zone that one node attaches as a block device. */
const zonalDisks: ReadonlySet<string> = new Set([
  'ebs.csi.aws.com',
  'kubernetes.io/aws-ebs',
  'pd.csi.storage.gke.io',
  'kubernetes.io/gce-pd',
  'disk.csi.azure.com',
  'kubernetes.io/azure-disk',
  'cinder.csi.openstack.org',
  'kubernetes.io/cinder',
  'csi.hetzner.cloud',
  'diskplugin.csi.alibabacloud.com',
]);

/** Reachable from part of the nodes only, though each could attach them. */
const otherTopology: ReadonlySet<string> = new Set(['csi.vsphere.vmware.com', 'kubernetes.io/vsphere-volume']);

/** Block devices that every node can attach, one at a time. */
const otherDisks: ReadonlySet<string> = new Set([
  'kubernetes.io/vsphere-volume',
  'dobs.csi.digitalocean.com',
  'topolvm.io',
  'topolvm.cybozu.com',
  'local.csi.openebs.io',
]);

const notExpandable: ReadonlySet<string> = new Set([
  'kubernetes.io/no-provisioner',
  'rancher.io/local-path',
  'microk8s.io/hostpath',
  'docker.io/hostpath',
  'k8s.io/minikube-hostpath',
  'k8s-sigs.io/nfs-subdir-external-provisioner',
]);

/** Drivers of single machines, where all nodes are one and topology means nothing. */
const singleMachine: ReadonlySet<string> = new Set([
  'microk8s.io/hostpath',
  'docker.io/hostpath',
  'k8s.io/minikube-hostpath',
  'hostpath.csi.k8s.io',
]);

/** Whether volumes stay on the disk of one node, so that a pod cannot follow its data elsewhere. */
export const isNodeLocal = (provisioner: string): boolean => nodeLocal.has(provisioner);

/** Whether a volume can be used from part of the nodes only: one of them, or those of one zone. */
export const isTopologyBound = (provisioner: string): boolean =>
  (nodeLocal.has(provisioner) && !singleMachine.has(provisioner)) ||
  zonalDisks.has(provisioner) ||
  otherTopology.has(provisioner);

/** Whether volumes with a file system cannot be mounted by several nodes at once (Ceph's driver is named after its cluster). */
export const isBlockOnly = (provisioner: string): boolean =>
  zonalDisks.has(provisioner) || otherDisks.has(provisioner) || /(?:^|\.)rbd\.csi\.ceph\.com$/.test(provisioner);

/** Whether volumes cannot grow, whatever the class says; buckets have no size to begin with. */
export const cannotExpand = (provisioner: string): boolean =>
  notExpandable.has(provisioner) || provisioner.endsWith('/bucket');

/** Classes that clouds and distributions bring along, with the provisioner where it is always the same. */
const commonClasses: Readonly<Record<string, string | undefined>> = {
  gp2: 'ebs.csi.aws.com',
  gp3: 'ebs.csi.aws.com',
  'standard-rwo': 'pd.csi.storage.gke.io',
  'premium-rwo': 'pd.csi.storage.gke.io',
  'managed-csi': 'disk.csi.azure.com',
  'managed-csi-premium': 'disk.csi.azure.com',
  'managed-premium': 'disk.csi.azure.com',
  'do-block-storage': 'dobs.csi.digitalocean.com',
  'hcloud-volumes': 'csi.hetzner.cloud',
  'local-path': 'rancher.io/local-path',
  standard: undefined,
  default: undefined,
  'standard-rwx': undefined,
  'premium-rwx': undefined,
  azurefile: undefined,
  'azurefile-csi': undefined,
  hostpath: undefined,
  'efs-sc': undefined,
  longhorn: undefined,
};

/** Whether a class comes with a cluster more often than from a manifest. */
export const isCommonClass = (name: string): boolean => Object.hasOwn(commonClasses, name);

/** Provisioner of a class that every cluster with it has. */
export const commonProvisioner = (name: string): string | undefined =>
  Object.hasOwn(commonClasses, name) ? commonClasses[name] : undefined;

/** How classes were named before the field. */
export const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** Value that names the class of a claim or volume; missing where none is named. */
export function classOf(claim: Value): Value {
  const field = claim.at('spec', 'storageClassName');
  const annotation = claim.at('metadata', 'annotations', classAnnotation);
  return field.missing && !annotation.missing ? annotation : field;
}

/** Names, labels or annotations that say that what is stored may be lost. */
const scratch = /(?:^|[^a-z])(?:scratch|temp|tmp|temporary|ephemeral|cache|disposable)(?:[^a-z]|$)/i;

/** Whether a name says that what is stored may be lost. */
export const isScratchName = (name: string): boolean => name.length < 100 && scratch.test(name);

/** Whether a class, volume or claim says that its data is not worth keeping, or may say so in template text. */
export function isScratch(value: Value): boolean {
  const metadata = value.at('metadata');
  const notes = ['labels', 'annotations'].flatMap((key) => metadata.at(key).entries());
  if (metadata.at('name').templated || notes.some((entry) => entry.value.templated)) return true;
  return [metadata.at('name').text() ?? '', ...notes.flatMap((entry) => [entry.key, entry.value.rawText() ?? ''])].some(
    isScratchName,
  );
}
