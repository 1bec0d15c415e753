import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Side } from '../../workspace/resources.ts';
import { mayHave } from '../../workspace/resources.ts';
import type { Operation } from '../../yaml/edit.ts';
import { tabStop } from '../../yaml/plain.ts';
import { setTree } from '../../yaml/nested.ts';

const resource = 'ephemeral-storage';

export default defineRule({
  id: 'ephemeral-storage-missing',
  capability: 'resources',
  tier: 3,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A container does not say how much local disk it needs, or may fill the disk of its node.',
    why: 'Logs, emptyDir volumes and what a container writes to its own file system lie on the disk of the node. When that runs full, the kubelet evicts pods and cannot pull images; without requests and limits it hits the wrong ones.',
    exemptions: 'A LimitRange of the namespace that gives defaults, containers named in known.containers.',
    links: ['concepts/storage/ephemeral-storage'],
  },
  explains: ['pod-evicted/storage', 'pod-evicted/node-pressure', 'node-pressure/disk'],
  aliases: ['gatekeeper:K8sContainerEphemeralStorageLimit', 'kube-score:container-ephemeral-storage-request-and-limit'],
  messages: {
    limit:
      'Container "{{container}}" has no limit for local disk (ephemeral-storage): it may fill the disk of its node, and Kubernetes then evicts its neighbours too.',
    both: 'Container "{{container}}" has neither a request nor a limit for local disk (ephemeral-storage): it may fill the disk of its node, and Kubernetes then evicts its neighbours too.',
  },
  titles: { choose: 'Say how much local disk it may use' },
  visit: {
    container(container, { report, located, around, known, version }) {
      if (container.name !== undefined && known.containers.includes(container.name)) return;
      const lacks = (side: Side): boolean => !mayHave(container, side, resource, located, around, version);
      // A limit is copied to the request, so only the limit may be missing alone.
      const [request, limit] = [lacks('requests'), lacks('limits')];
      if (!limit) return;
      const { value } = container;
      const resources = value.at('resources');
      report({
        message: request ? 'both' : 'limit',
        at: resources.missing ? value.at('name') : resources,
        data: { container: showName(container) },
        fixes: [{ class: 'template', title: 'choose', operations: operations(container, request) }],
      });
    },
  },
});

function operations({ value }: Container, request: boolean): Operation[] {
  const limits = { [resource]: tabStop(request ? 2 : 1, '1Gi') };
  return setTree(
    value.at('resources'),
    request ? { requests: { [resource]: tabStop(1, '256Mi') }, limits } : { limits },
  );
}
