/** The volume controller: every claim of a manifest gets a volume of its own. */
import type { Bench } from './types.ts';

/** Name of the volume that a claim gets. */
export const volumeOf = (claim: string): string => `pvc-${claim}`;

/** Makes the volume of a claim and binds the two. */
export function bindClaim({ store }: Bench, namespace: string | undefined, name: string): void {
  const claim = store.get('persistentvolumeclaims', namespace, name);
  if (claim === undefined) return;
  const spec = claim['spec'] as {
    accessModes?: string[];
    storageClassName?: string;
    resources?: { requests?: object };
  };
  const accessModes = spec.accessModes ?? ['ReadWriteOnce'];
  const storageClassName = spec.storageClassName ?? 'standard';
  const capacity = spec.resources?.requests ?? {};
  store.put({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeOf(name) },
    spec: {
      accessModes,
      capacity,
      storageClassName,
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid: claim.metadata.uid },
    },
    status: { phase: 'Bound' },
  });
  store.patch('persistentvolumeclaims', namespace, name, (draft) => {
    draft['spec'] = { ...spec, storageClassName, volumeName: volumeOf(name) };
    draft['status'] = { phase: 'Bound', accessModes, capacity };
  });
}
