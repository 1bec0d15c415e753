import { readAmount, resolveAmount } from '../../kube/amount.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { mountedClaims } from '../../workspace/claims.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'rwo-volume-rolling-update',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'argoproj.io/Rollout'],
  needs: 'complete',
  docs: {
    summary: 'A rolling update starts the new pod first, but its volume can only be on one node at a time.',
    why: 'A ReadWriteOnce volume is attached to one node (ReadWriteOncePod: used by one pod). On another node the new pod waits for the volume, which the old pod holds, and the old pod is kept until the new one is ready: the update never ends. The same happens when a pod of a lost node is replaced.',
    exemptions:
      'maxSurge 0, strategy Recreate, claims that several nodes may use, claims that the workspace does not show.',
    links: [
      'concepts/workloads/controllers/deployment#recreate-deployment',
      'concepts/storage/persistent-volumes#access-modes',
    ],
  },
  explains: [
    'pod-lost/node',
    'pod-deleted/by-request',
    'rollout-failed/not-ready',
    'node-not-ready/kubelet-stopped',
    'node-not-ready/kubelet-reports',
    'volume-attach-failed/multi-attach',
  ],
  aliases: [],
  messages: {
    node: 'A rolling update of "{{name}}" starts {{surge}} new pod(s) before it stops an old one, but claim "{{claim}}" is ReadWriteOnce: on another node the new pod waits for the volume and the old pod for the new one, for ever.',
    pod: 'A rolling update of "{{name}}" starts {{surge}} new pod(s) before it stops an old one, but only one pod at a time may use claim "{{claim}}" (ReadWriteOncePod): the new pod waits for the volume and the old pod for the new one, for ever.',
  },
  titles: {
    recreate: 'Stop the old pod first: strategy Recreate (each update is a short downtime)',
    surge: 'Stop one old pod before starting a new one: maxSurge 0, maxUnavailable 1',
  },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      if (around.patched(located, value.at('spec', 'strategy'))) return;
      const replicas = effectiveReplicas(located, around)?.count ?? 1;
      const surge = surgeOf(located, replicas);
      if (surge === undefined || surge < 1) return;
      for (const { at, name: claim, claim: found, access } of mountedClaims(located, around)) {
        if (!found || (access !== 'one-node' && access !== 'one-pod')) continue;
        report({
          message: access === 'one-pod' ? 'pod' : 'node',
          at,
          data: { name: name ?? '…', claim, surge },
          fixes: fixes(value.at('spec', 'strategy'), located),
        });
      }
    },
  },
});

/** Pods that an update starts on top of the replicas; undefined when it cannot be told. */
function surgeOf({ resource }: Located, replicas: number): number | undefined {
  const strategy = resource.value.at('spec', 'strategy');
  if (strategy.open) return undefined;
  if (resource.kind === 'Rollout') {
    if (!strategy.at('blueGreen').missing) return strategy.at('blueGreen').unknown ? undefined : replicas;
    return surge(strategy.at('canary', 'maxSurge'), replicas);
  }
  const type = strategy.at('type');
  if (type.templated || (!type.missing && type.text() !== 'RollingUpdate')) return undefined;
  return surge(strategy.at('rollingUpdate', 'maxSurge'), replicas);
}

/** maxSurge rounds up; its default is 25%. */
function surge(value: Value, replicas: number): number | undefined {
  if (value.templated) return undefined;
  const written = value.missing ? '25%' : value.intOrString();
  return written === undefined ? undefined : resolveAmount(readAmount(written), replicas, 'up');
}

function fixes(strategy: Value, { resource }: Located): Fix[] {
  const { path } = strategy;
  if (resource.kind === 'Rollout') {
    if (strategy.at('canary').missing) return [];
    const canary = [...path, 'canary'];
    return [
      {
        class: 'review',
        title: 'surge',
        operations: [
          { op: 'set', path: [...canary, 'maxSurge'], value: 0 },
          { op: 'set', path: [...canary, 'maxUnavailable'], value: 1 },
        ],
      },
    ];
  }
  const rolling = [...path, 'rollingUpdate'];
  const surge: Fix = strategy.at('rollingUpdate').isMap
    ? {
        class: 'review',
        title: 'surge',
        operations: [
          { op: 'set', path: [...rolling, 'maxSurge'], value: 0 },
          { op: 'set', path: [...rolling, 'maxUnavailable'], value: 1 },
        ],
      }
    : {
        class: 'review',
        title: 'surge',
        operations: [
          { op: 'set', path, value: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
        ],
      };
  // The API server rejects Recreate beside rollingUpdate, so the whole strategy is written anew.
  return [
    { class: 'review', title: 'recreate', operations: [{ op: 'set', path, value: { type: 'Recreate' } }] },
    surge,
  ];
}
