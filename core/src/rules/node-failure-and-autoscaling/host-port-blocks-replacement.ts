import type { PodTemplate } from '../../kube/pod.ts';
import { readRollout, roomOf } from '../../kube/rollout.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { hostPorts } from '../../workspace/exclusive.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'host-port-blocks-replacement',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'argoproj.io/Rollout'],
  needs: 'any',
  docs: {
    summary: 'Pods take a port of their node, so a node can hold only one of them and replacements may find no place.',
    why: 'A port of a node can be taken once. With hostPort, or hostNetwork and declared ports, every pod needs a node of its own: a rolling update that starts the new pod first waits for a free node, and after the loss of a node its pod waits, too. Two containers of one pod that take the same port are refused by the API server.',
    exemptions:
      'DaemonSets, which have one pod per node; one replica whose update stops the old pod first (maxSurge 0, or maxUnavailable 1, which frees its port); Helm hooks, namespaces in known.namespaces.',
    links: ['concepts/scheduling-eviction/kube-scheduler', 'reference/scheduling/config#scheduling-plugins'],
  },
  explains: ['pod-lost/node', 'unschedulable/ports', 'rollout-failed/not-ready'],
  aliases: [],
  messages: {
    port: 'Every pod of {{kind}} "{{name}}" takes port {{ports}} of its node, so no two fit on one: {{replicas}} replica(s) and {{surge}} more during an update need {{nodes}} nodes with that port free, else updates and replacements wait.',
    network:
      'Every pod of {{kind}} "{{name}}" uses the network of its node and takes port {{ports}} there, so no two fit on one: {{replicas}} replica(s) and {{surge}} more during an update need {{nodes}} nodes with that port free, else updates and replacements wait.',
    twice:
      'Port {{ports}} of the node is taken twice in this pod. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    remove: 'Do not take a port of the node: remove hostPort (nothing may depend on the address of the node)',
    network: 'Do not use the network of the node: remove hostNetwork (nothing may depend on the address of the node)',
    swap: 'Stop the old pod first: maxSurge 0, maxUnavailable 1 (each update is a short downtime)',
  },
  visit: {
    pod(pod, context) {
      const { located, around, known, report } = context;
      const { kind, name, groupKind, value } = located.resource;
      const taken = takenPorts(pod);
      const twice = taken.find(
        (entry, index) => entry.id !== undefined && taken.findIndex(({ id }) => id === entry.id) < index,
      );
      if (twice) report({ message: 'twice', at: twice.at, data: { ports: twice.port, kind }, severity: 'error' });
      const ports = hostPorts(pod).filter((port) => port !== undefined);
      const rollout = readRollout(groupKind, value);
      if (ports.length === 0 || !rollout || isAvailabilityExempt(located, around, known)) return;
      if (around.patched(located, rollout.strategy) || around.patched(located, pod.spec.at('hostNetwork'))) return;
      const replicas = effectiveReplicas(located, around)?.count;
      const room = replicas === undefined ? undefined : roomOf(rollout, replicas);
      // Where an old pod goes first, the new one takes its port.
      const surge = room?.unavailable === 0 ? room.surge : 0;
      if (!replicas || !room || replicas + surge < 2) return;
      const host = pod.spec.at('hostNetwork');
      const network = host.boolean() === true;
      const data = {
        kind,
        name: name ?? '…',
        ports: [...new Set(ports)].join(', '),
        replicas,
        surge,
        nodes: replicas + surge,
      };
      report({
        message: network ? 'network' : 'port',
        at: network ? host : (taken[0]?.at ?? pod.spec),
        data,
        fixes: fixes(located, taken, network ? host : undefined, replicas, around),
      });
    },
  },
});

interface Taken {
  readonly at: Value;
  readonly port: string;
  /** Address, protocol and number; undefined where template text hides part of it. */
  readonly id: string | undefined;
}

/** Host ports as written, in main and sidecar containers. */
function takenPorts({ containers }: PodTemplate): Taken[] {
  return containers
    .filter(({ role }) => role !== 'init')
    .flatMap(({ ports }) =>
      ports.flatMap(({ value, protocol }): Taken[] => {
        const at = value.at('hostPort');
        const address = value.at('hostIP');
        if (at.missing || at.number() === 0) return [];
        const known =
          at.number() !== undefined &&
          !(address.templated && !address.missing) &&
          !(value.at('protocol').templated && !value.at('protocol').missing);
        return [
          {
            at,
            port: at.rawText() ?? '…',
            id: known ? `${address.text() ?? ''} ${protocol} ${at.number()}` : undefined,
          },
        ];
      }),
    );
}

function fixes(
  located: Located,
  taken: readonly Taken[],
  host: Value | undefined,
  replicas: number,
  around: Surroundings,
): Fix[] {
  const { resource } = located;
  const rollout = readRollout(resource.groupKind, resource.value);
  // With the network of the node every declared port is one of the node, so hostPort has to go as well.
  const removed = [...(host ? [host] : []), ...taken.map(({ at }) => at)];
  const remove: Fix = {
    class: 'review',
    title: host ? 'network' : 'remove',
    operations: removed.map(({ path }) => ({ op: 'remove', path })),
  };
  if (
    !rollout ||
    replicas > 1 ||
    resource.kind === 'StatefulSet' ||
    rollout.type !== 'rolling' ||
    around.patched(located, rollout.strategy)
  )
    return [remove];
  const operations = [
    { op: 'set', path: rollout.maxSurge.path, value: 0 },
    { op: 'set', path: rollout.maxUnavailable.path, value: 1 },
  ] as const;
  const whole = { maxSurge: 0, maxUnavailable: 1 };
  const swap: Fix = {
    class: 'review',
    title: 'swap',
    operations: rollout.settings.isMap ? operations : [{ op: 'set', path: rollout.settings.path, value: whole }],
  };
  return [remove, swap];
}
