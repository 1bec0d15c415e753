import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { MountedClaim } from '../../workspace/claims.ts';
import { mountedClaims } from '../../workspace/claims.ts';
import type { Located } from '../../workspace/project.ts';
import { greatestReplicas } from '../../workspace/replicas.ts';
import { mayBeNodeLocal } from '../../workspace/storage-classes.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';

export default defineRule({
  id: 'rwo-volume-shared-by-replicas',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/ReplicaSet', 'argoproj.io/Rollout'],
  needs: 'complete',
  docs: {
    summary: 'Several replicas share a volume that only one node, or one pod, can use at a time.',
    why: 'All replicas of a Deployment mount the same claim. A ReadWriteOnce volume is attached to one node: a replica on another node waits in ContainerCreating (Multi-Attach error), and so does every replacement that lands elsewhere. With ReadWriteOncePod the second pod is not even scheduled. So there are fewer replicas than it seems, and none that could take over.',
    exemptions:
      'Claims that the workspace does not show, claims that several nodes may use, generic ephemeral volumes. ReadWriteOnce where all replicas are forced onto one node: by nodeName, by nodeSelector or a required podAffinity on the host name, or because the volume itself is local to a node.',
    links: ['concepts/storage/persistent-volumes#access-modes'],
  },
  explains: ['unschedulable/volume', 'volume-attach-failed/multi-attach'],
  aliases: [],
  messages: {
    node: '{{kind}} "{{name}}" can have {{replicas}} replicas, but claim "{{claim}}" is ReadWriteOnce: replicas on other nodes than the first wait for the volume and never start.',
    pod: '{{kind}} "{{name}}" can have {{replicas}} replicas, but only one pod at a time may use claim "{{claim}}" (ReadWriteOncePod): {{others}} of them stay Pending for ever.',
    claim: 'This is what the claim allows.',
  },
  titles: {
    one: 'Run 1 replica and stop it before its successor starts: replicas 1, strategy Recreate',
    many: 'Let several nodes use the claim: ReadWriteMany (the class has to support it; a claim that exists cannot be changed)',
  },
  visit: {
    resource(located, { report, around }) {
      const { kind, name } = located.resource;
      const replicas = greatestReplicas(located, around);
      if (replicas === undefined || replicas < 2) return;
      for (const mounted of mountedClaims(located, around)) {
        const { at, claim, access } = mounted;
        if (!claim || (access !== 'one-node' && access !== 'one-pod')) continue;
        if (access === 'one-node' && staysTogether(located, claim, around)) continue;
        report({
          message: access === 'one-pod' ? 'pod' : 'node',
          at,
          data: { kind, name: name ?? '…', replicas, others: replicas - 1, claim: mounted.name },
          ...(access === 'one-pod' && { severity: 'error' as const }),
          related: [{ located: claim, at: claim.resource.value.at('spec', 'accessModes'), message: 'claim' }],
          fixes: fixes(located, mounted, around),
        });
      }
    },
  },
});

const hostname = 'kubernetes.io/hostname';

/** Whether all replicas end on one node, or may do so as far as template text hides it. */
function staysTogether(located: Located, claim: Located, around: Surroundings): boolean {
  const spec = located.resource.pod?.spec;
  if (
    !spec ||
    spec.open ||
    !spec.at('nodeName').missing ||
    spec.at('nodeSelector').open ||
    !spec.at('nodeSelector', hostname).missing
  )
    return true;
  const affinity = spec.at('affinity', 'podAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  if (
    affinity.open ||
    affinity.items().some((term) => term.at('topologyKey').templated || term.at('topologyKey').text() === hostname)
  )
    return true;
  if (around.patched(located, spec.at('nodeSelector'))) return true;
  return mayBeNodeLocal(claim.resource.value, around);
}

function fixes(located: Located, { claim }: MountedClaim, around: Surroundings): Fix[] {
  const { value, kind } = located.resource;
  const many: Fix[] = claim
    ? [
        {
          class: 'review',
          title: 'many',
          operations: [
            { op: 'set', path: claim.resource.value.at('spec', 'accessModes').path, value: ['ReadWriteMany'] },
          ],
          target: claim,
        },
      ]
    : [];
  if (kind !== 'Deployment' || around.autoscalersOf(located).length > 0) return many;
  const path = [...value.path, 'spec'];
  const one: Fix = {
    class: 'review',
    title: 'one',
    operations: [
      { op: 'set', path: [...path, 'replicas'], value: 1 },
      { op: 'set', path: [...path, 'strategy'], value: { type: 'Recreate' } },
    ],
  };
  return [one, ...many];
}
