import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { databaseOf } from '../../kube/databases.ts';
import { isScratch } from '../../kube/storage.ts';
import { claimTemplates } from '../../kube/volumes.ts';
import { mountedClaims } from '../../workspace/claims.ts';
import type { Located } from '../../workspace/project.ts';
import { className } from '../../workspace/storage-classes.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';

export default defineRule({
  id: 'volume-reclaim-delete',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['storage.k8s.io/StorageClass', '/PersistentVolume'],
  needs: 'complete',
  docs: {
    summary: 'Volumes are deleted together with their claims.',
    why: 'With reclaim policy Delete, which is the default of a StorageClass, the disk and all data on it are gone as soon as the claim is deleted: with its namespace, with a Helm release, by a mistyped command. Retain keeps the volume, and a new claim can be bound to it.',
    exemptions:
      'Classes and volumes whose name, labels or annotations say scratch, cache, temporary or the like. A PersistentVolume without a policy is kept: written by hand, it defaults to Retain. So do the volumes of a class with kubernetes.io/no-provisioner, unless that class says Delete.',
    links: ['concepts/storage/storage-classes#reclaim-policy', 'concepts/storage/persistent-volumes#reclaiming'],
  },
  explains: ['volume-lost/claim', 'volume-lost/failed'],
  aliases: ['kyverno:restrict-storageclass'],
  messages: {
    byDefault:
      'StorageClass "{{name}}" names no reclaimPolicy, and the default is Delete: whoever deletes a claim deletes its data, too.',
    deletes: '{{kind}} "{{name}}" has reclaim policy Delete: whoever deletes a claim deletes its data, too.',
    database:
      'StorageClass "{{name}}" deletes volumes with their claims, and {{user}} keeps its database there: one deleted claim or namespace, and the data is gone.',
    recycles:
      'PersistentVolume "{{name}}" has reclaim policy Recycle, which wipes the volume once its claim is deleted; it is deprecated and works for few kinds of volumes.',
    rejected:
      'The API server rejects reclaim policy "{{policy}}": {{kind}} "{{name}}" is never created or updated. It takes {{allowed}}.',
    user: 'This claim is of that class.',
  },
  titles: {
    retainClass:
      'Keep volumes: Retain (a class cannot be changed: delete it and create it anew; existing volumes keep their policy)',
    retain: 'Keep the volume: Retain',
  },
  visit: {
    resource(located, { report, around }) {
      const { value, kind } = located.resource;
      const volume = kind === 'PersistentVolume';
      const at = volume ? value.at('spec', 'persistentVolumeReclaimPolicy') : value.at('reclaimPolicy');
      const policy = at.missing ? (volume ? 'Retain' : 'Delete') : at.text();
      if (policy === undefined || policy === 'Retain' || around.patched(located, at)) return;
      const data = { kind, name: located.resource.name ?? '…', policy };
      const fix: Fix = {
        class: 'review',
        title: volume ? 'retain' : 'retainClass',
        operations: [{ op: 'set', path: at.path, value: 'Retain' }],
      };
      if (policy !== 'Delete' && !(volume && policy === 'Recycle')) {
        const allowed = volume ? 'Retain, Delete, Recycle' : 'Retain, Delete';
        report({ message: 'rejected', at, data: { ...data, allowed }, severity: 'error', fixes: [fix] });
        return;
      }
      const provisioner = value.at('provisioner');
      if (isScratch(value) || (at.missing && (provisioner.templated || provisioner.text() === noProvisioner))) return;
      const place = at.missing ? (volume ? at : provisioner) : at;
      const user = volume ? undefined : databaseUser(located, around);
      if (user) {
        const { resource } = user.located;
        const related = [{ located: user.located, at: user.at, message: 'user' }];
        report({
          message: 'database',
          at: place,
          data: { ...data, user: `${resource.kind} "${resource.name ?? '…'}"` },
          severity: 'warning',
          related,
          fixes: [fix],
        });
      } else
        report({
          message: policy === 'Recycle' ? 'recycles' : at.missing ? 'byDefault' : 'deletes',
          at: place,
          data,
          fixes: [fix],
        });
    },
  },
});

/** Makes no volumes: those that are written by hand for its class say themselves whether they are kept. */
const noProvisioner = 'kubernetes.io/no-provisioner';

/** A workload that keeps a database on volumes of a class. */
function databaseUser(
  { resource }: Located,
  around: Surroundings,
): { readonly located: Located; readonly at: Located['resource']['value'] } | undefined {
  const { name } = resource;
  // Where several classes have the name, as variants of one example do, nobody knows which is meant.
  if (
    name === undefined ||
    around.clusterWide('storage.k8s.io/StorageClass').filter((other) => other.resource.name === name).length > 1
  )
    return undefined;
  for (const located of around.clusterWide('apps/StatefulSet')) {
    const template = claimTemplates(located.resource.value).find((claim) => className(claim.value) === name);
    if (template && runsDatabase(located)) return { located, at: template.spec.at('storageClassName') };
  }
  for (const located of around.clusterWide('apps/Deployment')) {
    if (!runsDatabase(located)) continue;
    const mounted = mountedClaims(located, around).find(
      ({ claim }) => claim && className(claim.resource.value) === name,
    );
    if (mounted) return { located, at: mounted.at };
  }
  return undefined;
}

const runsDatabase = ({ resource }: Located): boolean =>
  resource.pod?.containers.some((container) => container.role !== 'init' && databaseOf(container)?.cache === false) ??
  false;
