import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';

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
