import { showName } from '../../kube/pod.ts';
import { probeNames } from '../../kube/probe.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'probe-on-init-container',
  capability: 'container-restarts',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'An init container has a probe or a lifecycle hook.',
    why: 'An init container runs to its end before the containers of the pod start, so there is nothing to keep alive or to send requests to. The API server refuses probes and hooks on it. A container that should run beside the others is a native sidecar: an init container with restartPolicy Always, which may have both. Before Kubernetes 1.34 a StatefulSet is accepted as it is, and then each of its pods is refused.',
    exemptions: 'Init containers with restartPolicy Always, for Kubernetes 1.29 and later.',
    links: [
      'concepts/workloads/pods/init-containers#detailed-behavior',
      'concepts/workloads/pods/sidecar-containers#differences-from-init-containers',
    ],
  },
  explains: ['failed-create/invalid'],
  aliases: [],
  messages: {
    init: 'Init container "{{container}}" has a {{field}}, but it has to end before the pod starts, so there is nothing to ask. The API server refuses pods like this, so the {{kind}} never runs.',
    sidecar:
      'Init container "{{container}}" has a {{field}}, which needs native sidecars: they are on from Kubernetes 1.29, and the target is {{version}}, so the API server refuses pods like this.',
  },
  titles: {
    remove: 'Remove the {{field}}',
    sidecar: 'Make it a native sidecar (restartPolicy: Always): it keeps running beside the containers',
  },
  visit: {
    container(container, { report, located, version }) {
      const { role, value } = container;
      const sidecars = atLeast(version, '1.29');
      if (role === 'main' || (role === 'sidecar' && sidecars)) return;
      for (const field of [...probeNames, 'lifecycle']) {
        const at = value.at(field);
        if (!at.exists) continue;
        const data = {
          field,
          container: showName(container),
          kind: located.resource.kind,
          version: `${version.major}.${version.minor}`,
        };
        const fixes: Fix[] = [
          { class: 'review', title: 'remove', data: { field }, operations: [{ op: 'remove', path: at.path }] },
        ];
        if (role === 'init' && sidecars)
          fixes.push({
            class: 'review',
            title: 'sidecar',
            operations: [{ op: 'set', path: [...value.path, 'restartPolicy'], value: 'Always', after: 'image' }],
          });
        report({ message: role === 'init' ? 'init' : 'sidecar', at, data, fixes });
      }
    },
  },
});
