import { comparable, readMapSelector } from '../../kube/selector.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import { belongTogether } from '../../workspace/together.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';

export default defineRule({
  id: 'service-local-traffic',
  capability: 'load-balancing',
  tier: 2,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Service'],
  needs: 'complete',
  docs: {
    summary: 'A Service only uses pods of the node that a request comes from or arrives at.',
    why: 'With internalTrafficPolicy Local a pod reaches only the endpoints on its own node; where there is none, requests are dropped, even though the Service has healthy pods elsewhere. That is right for agents that run on every node, and for nothing else. externalTrafficPolicy Local does the same to requests from outside: with one pod, a single node answers.',
    exemptions:
      'Services of DaemonSets. trafficDistribution prefers near endpoints and still uses others when there are none.',
    links: [
      'concepts/services-networking/service-traffic-policy',
      'concepts/services-networking/service#traffic-distribution',
    ],
  },
  explains: [],
  aliases: ['popeye:1107', 'popeye:1108'],
  messages: {
    internal:
      'Service "{{name}}" only sends requests to pods on the node of the caller, and {{kind}} "{{workload}}" does not run on every node: callers elsewhere get no answer.',
    unseen:
      'Service "{{name}}" only sends requests to pods on the node of the caller: unless its pods run on every node, callers elsewhere get no answer.',
    external:
      'Service "{{name}}" only takes requests on nodes that run one of its pods, and {{kind}} "{{workload}}" runs one: whenever that pod moves, requests from outside are lost until the load balancer has noticed.',
    rejected:
      'externalTrafficPolicy is only for Services that are reached from outside (NodePort, LoadBalancer or externalIPs). The API server rejects Service "{{name}}".',
  },
  titles: {
    removeInternal: 'Send requests to pods of all nodes',
    prefer: 'Prefer near pods, use the others when there are none: trafficDistribution {{value}}',
    removeExternal: 'Take requests on all nodes (pods then see the address of a node, not of the client)',
    drop: 'Remove externalTrafficPolicy',
  },
  visit: {
    resource(located, context) {
      const selector = readMapSelector(located.resource.value.at('spec', 'selector'));
      const { around } = context;
      const found = comparable(selector)?.length
        ? around.selected(located, selector).filter((workload) => belongTogether(located, workload, around))
        : undefined;
      // Pods whose labels template text hides may be a DaemonSet's.
      const workloads =
        found?.length === 0 && (!selector.known || around.mayBeSelected(located, selector)) ? undefined : found;
      judgeInternal(located, workloads, context);
      judgeExternal(located, workloads ?? [], context);
    },
  },
});

type Context = UnitContext<'internal' | 'unseen' | 'external' | 'rejected'>;

/** Kinds that put a pod on every node. */
const onEveryNode: ReadonlySet<string> = new Set(['DaemonSet']);

function judgeInternal(
  { resource, ...place }: Located,
  workloads: readonly Located[] | undefined,
  { report, around, version }: Context,
): void {
  const spec = resource.value.at('spec');
  const at = spec.at('internalTrafficPolicy');
  if (at.text() !== 'Local' || !workloads || around.patched({ resource, ...place }, at)) return;
  const other = workloads.find((workload) => !onEveryNode.has(workload.resource.kind));
  if (workloads.length > 0 && !other) return;
  // From 1.34 on there is a value for "my node, else any"; before, the nearest one is the zone.
  const value = atLeast(version, '1.34') ? 'PreferSameNode' : 'PreferClose';
  const remove = { op: 'remove' as const, path: at.path };
  const fixes: Fix[] = [{ class: 'review', title: 'removeInternal', operations: [remove] }];
  if (atLeast(version, '1.31') && spec.at('trafficDistribution').missing)
    fixes.unshift({
      class: 'review',
      title: 'prefer',
      data: { value },
      operations: [remove, { op: 'set', path: [...spec.path, 'trafficDistribution'], value }],
    });
  const data = { name: resource.name ?? '…', kind: other?.resource.kind ?? '', workload: other?.resource.name ?? '…' };
  if (other) report({ message: 'internal', at, data, fixes });
  else report({ message: 'unseen', at, data, severity: 'hint', fixes });
}

function judgeExternal(located: Located, workloads: readonly Located[], { report, around }: Context): void {
  const { resource } = located;
  const spec = resource.value.at('spec');
  const [at, type, addresses] = [spec.at('externalTrafficPolicy'), spec.at('type'), spec.at('externalIPs')];
  if (
    at.text() === undefined ||
    type.templated ||
    addresses.open ||
    around.patched(located, at) ||
    around.patched(located, type)
  )
    return;
  const name = resource.name ?? '…';
  const remove = { op: 'remove' as const, path: at.path };
  if ((type.missing || type.text() === 'ClusterIP') && addresses.items().length === 0) {
    report({
      message: 'rejected',
      at,
      data: { name },
      severity: 'error',
      fixes: [{ class: 'review', title: 'drop', operations: [remove] }],
    });
    return;
  }
  const [only, ...others] = workloads;
  if (
    at.text() !== 'Local' ||
    !only ||
    others.length > 0 ||
    only.resource.lifetime !== 'long' ||
    onEveryNode.has(only.resource.kind)
  )
    return;
  if (effectiveReplicas(only, around)?.count !== 1) return;
  const data = { name, kind: only.resource.kind, workload: only.resource.name ?? '…' };
  report({
    message: 'external',
    at,
    data,
    severity: 'info',
    fixes: [{ class: 'review', title: 'removeExternal', operations: [remove] }],
  });
}
