import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';

/** Kinds that make pods, for rules that look at more than their containers. */
export const workloadKinds: readonly string[] = [
  '/Pod',
  '/ReplicationController',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'batch/Job',
  'batch/CronJob',
  'apps.openshift.io/DeploymentConfig',
  'argoproj.io/Rollout',
  'apps.kruise.io/CloneSet',
  'apps.kruise.io/StatefulSet',
  'apps.kruise.io/DaemonSet',
];

/** Sizes that an object asks claims for: its own, those of its claim templates, those of its pods' ephemeral volumes. */
export function storageRequests({ resource }: Located): Value[] {
  const { value, kind, pod } = resource;
  const claims = [
    ...(kind === 'PersistentVolumeClaim' ? [value] : []),
    ...value.at('spec', 'volumeClaimTemplates').items(),
    ...(pod?.spec.at('volumes').items() ?? []).map((volume) => volume.at('ephemeral', 'volumeClaimTemplate')),
  ];
  return claims.map((claim) => claim.at('spec', 'resources', 'requests', 'storage'));
}
