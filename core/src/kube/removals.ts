import type { Value } from '../yaml/value.ts';
import { groupOf } from './kinds.ts';

/** What became of a version of an API. */
export interface Removal {
  /** Minor version of Kubernetes 1.x that does not serve it any more; undefined while it is only deprecated. */
  readonly removed: number | undefined;
  readonly deprecated: number;
  /** `apiVersion` to use instead; undefined where there is none. */
  readonly replacement: string | undefined;
  /** same: only the apiVersion changes · review: the same fields, but some mean something else · other: fields differ. */
  readonly move: 'same' | 'review' | 'other';
}

type Row = readonly [
  deprecated: number,
  removed: number | undefined,
  replacement: string | undefined,
  move: Removal['move'],
  kinds: string,
];

/** Lifecycles of API versions, as k8s.io/api declares them and the deprecation guide tells. */
const rows: Readonly<Record<string, readonly Row[]>> = {
  'extensions/v1beta1': [
    [9, 16, 'apps/v1', 'review', 'Deployment DaemonSet ReplicaSet'],
    [9, 16, 'networking.k8s.io/v1', 'same', 'NetworkPolicy'],
    [11, 16, undefined, 'other', 'PodSecurityPolicy'],
    [14, 22, 'networking.k8s.io/v1', 'other', 'Ingress'],
  ],
  'apps/v1beta1': [[9, 16, 'apps/v1', 'review', 'Deployment StatefulSet ControllerRevision']],
  'apps/v1beta2': [[9, 16, 'apps/v1', 'same', 'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision']],
  'admissionregistration.k8s.io/v1beta1': [
    [16, 22, 'admissionregistration.k8s.io/v1', 'other', 'MutatingWebhookConfiguration ValidatingWebhookConfiguration'],
    [31, 34, 'admissionregistration.k8s.io/v1', 'same', 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding'],
  ],
  'apiextensions.k8s.io/v1beta1': [[16, 22, 'apiextensions.k8s.io/v1', 'other', 'CustomResourceDefinition']],
  'apiregistration.k8s.io/v1beta1': [[19, 22, 'apiregistration.k8s.io/v1', 'same', 'APIService']],
  'certificates.k8s.io/v1beta1': [[19, 22, 'certificates.k8s.io/v1', 'other', 'CertificateSigningRequest']],
  'coordination.k8s.io/v1beta1': [[19, 22, 'coordination.k8s.io/v1', 'same', 'Lease']],
  'networking.k8s.io/v1beta1': [
    [19, 22, 'networking.k8s.io/v1', 'other', 'Ingress'],
    [19, 22, 'networking.k8s.io/v1', 'same', 'IngressClass'],
    [34, 37, 'networking.k8s.io/v1', 'same', 'IPAddress ServiceCIDR'],
  ],
  'rbac.authorization.k8s.io/v1alpha1': [
    [17, 22, 'rbac.authorization.k8s.io/v1', 'same', 'ClusterRole ClusterRoleBinding Role RoleBinding'],
  ],
  'rbac.authorization.k8s.io/v1beta1': [
    [17, 22, 'rbac.authorization.k8s.io/v1', 'same', 'ClusterRole ClusterRoleBinding Role RoleBinding'],
  ],
  'scheduling.k8s.io/v1beta1': [[14, 22, 'scheduling.k8s.io/v1', 'same', 'PriorityClass']],
  'storage.k8s.io/v1beta1': [
    [19, 22, 'storage.k8s.io/v1', 'same', 'CSIDriver CSINode StorageClass VolumeAttachment'],
    [24, 27, 'storage.k8s.io/v1', 'same', 'CSIStorageCapacity'],
    [34, 37, 'storage.k8s.io/v1', 'same', 'VolumeAttributesClass'],
  ],
  'batch/v1beta1': [[21, 25, 'batch/v1', 'same', 'CronJob']],
  'batch/v2alpha1': [[21, 21, 'batch/v1', 'same', 'CronJob']],
  'discovery.k8s.io/v1beta1': [[21, 25, 'discovery.k8s.io/v1', 'other', 'EndpointSlice']],
  'events.k8s.io/v1beta1': [[22, 25, 'events.k8s.io/v1', 'other', 'Event']],
  'autoscaling/v2beta1': [[22, 25, 'autoscaling/v2', 'other', 'HorizontalPodAutoscaler']],
  'autoscaling/v2beta2': [[23, 26, 'autoscaling/v2', 'same', 'HorizontalPodAutoscaler']],
  'policy/v1beta1': [
    [21, 25, 'policy/v1', 'same', 'PodDisruptionBudget'],
    [21, 25, undefined, 'other', 'PodSecurityPolicy'],
  ],
  'node.k8s.io/v1beta1': [[22, 25, 'node.k8s.io/v1', 'same', 'RuntimeClass']],
  'flowcontrol.apiserver.k8s.io/v1beta1': [
    [23, 26, 'flowcontrol.apiserver.k8s.io/v1', 'same', 'FlowSchema'],
    [23, 26, 'flowcontrol.apiserver.k8s.io/v1', 'other', 'PriorityLevelConfiguration'],
  ],
  'flowcontrol.apiserver.k8s.io/v1beta2': [
    [26, 29, 'flowcontrol.apiserver.k8s.io/v1', 'same', 'FlowSchema'],
    [26, 29, 'flowcontrol.apiserver.k8s.io/v1', 'other', 'PriorityLevelConfiguration'],
  ],
  'flowcontrol.apiserver.k8s.io/v1beta3': [
    [29, 32, 'flowcontrol.apiserver.k8s.io/v1', 'same', 'FlowSchema PriorityLevelConfiguration'],
  ],
  v1: [
    [33, undefined, 'discovery.k8s.io/v1', 'other', 'Endpoints'],
    [19, undefined, undefined, 'other', 'ComponentStatus'],
  ],
};

const table: ReadonlyMap<string, Removal> = new Map(
  Object.entries(rows).flatMap(([apiVersion, list]) =>
    list.flatMap(([deprecated, removed, replacement, move, kinds]) =>
      kinds.split(' ').map((kind) => [`${apiVersion} ${kind}`, { deprecated, removed, replacement, move }] as const),
    ),
  ),
);

/** Kinds of the table, as `group/Kind`. */
export const changedKinds: readonly string[] = [
  ...new Set(
    [...table.keys()].map(
      (key) => `${groupOf(key.slice(0, key.indexOf(' '))).group}/${key.slice(key.indexOf(' ') + 1)}`,
    ),
  ),
];

/** What became of an object's API; undefined where nothing did. */
export function removalOf(apiVersion: string, kind: string, value: Value): Removal | undefined {
  const removal = table.get(`${apiVersion} ${kind}`);
  if (!removal) return undefined;
  // In v1beta1 an empty selector matched nothing, in v1 it matches every pod of the namespace.
  const emptied = kind === 'PodDisruptionBudget' && !hasSelector(value.at('spec', 'selector'));
  return emptied ? { ...removal, move: 'review' } : removal;
}

const hasSelector = (selector: Value): boolean =>
  ['matchLabels', 'matchExpressions'].some(
    (field) => selector.at(field).entries().length + selector.at(field).items().length > 0,
  );
