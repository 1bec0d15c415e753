/** What befalls claims and their volumes. */
import type { KubeObject } from '../../store.ts';
import { bindClaim } from '../volumes.ts';
import type { Bench } from '../types.ts';

function claim(namespace: string, name: string, spec: object, phase: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, finalizers: ['kubernetes.io/pvc-protection'] },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '20Gi' } },
      volumeMode: 'Filesystem',
      ...spec,
    },
    status: { phase },
  };
}

/** A new claim names a storage class that nobody has made; then somebody makes it. */
export async function claimWithoutClass(bench: Bench, namespace: string, name: string, seconds: number): Promise<void> {
  const { store, events, clock } = bench;
  const storageClassName = 'fast-local';
  const made = store.create(claim(namespace, name, { storageClassName }, 'Pending'));
  const message = `storageclass.storage.k8s.io "${storageClassName}" not found`;
  for (let waited = 0; waited < seconds; waited += 15) {
    const component = 'persistentvolume-controller';
    events.record({ about: made, type: 'Warning', reason: 'ProvisioningFailed', message, component });
    await clock.sleep(15);
  }
  bindClaim(bench, namespace, name);
  await clock.sleep(30);
  store.delete('persistentvolumeclaims', namespace, name);
}

/** A bound claim loses its volume: somebody deleted it in the storage itself. */
export async function loseVolume(bench: Bench, namespace: string, name: string, seconds: number): Promise<void> {
  const { store, events, clock } = bench;
  store.create(claim(namespace, name, { storageClassName: 'standard' }, 'Pending'));
  bindClaim(bench, namespace, name);
  await clock.sleep(10);
  const lost = store.patch('persistentvolumeclaims', namespace, name, (draft) => {
    draft['status'] = { phase: 'Lost' };
  });
  if (lost === undefined) return;
  const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
  events.record({
    about: lost,
    type: 'Warning',
    reason: 'ClaimLost',
    message,
    component: 'persistentvolume-controller',
  });
  await clock.sleep(seconds);
  store.delete('persistentvolumeclaims', namespace, name);
}
