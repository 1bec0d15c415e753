import { showName } from '../../kube/pod.ts';
import { atLeast } from '../../kube/version.ts';
import { defineRule } from '../../lint/rule.ts';
import { defaultFor } from '../../workspace/resources.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'memory-limit-missing',
  capability: 'resources',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A container may use all the memory of its node.',
    why: 'With a limit, a container that leaks memory is killed and restarted alone. Without one it grows until the node is short of memory; then the kubelet evicts pods, often innocent neighbours, or the kernel kills processes of its own choice.',
    exemptions:
      'A memory limit of the whole pod (from 1.34), a LimitRange of the namespace that gives containers a default limit, containers named in known.containers. Info for init containers, which run only until they are done.',
    links: [
      'concepts/configuration/manage-resources-containers',
      'concepts/scheduling-eviction/node-pressure-eviction',
    ],
  },
  explains: [
    'oom-killed/limit',
    'oom-killed/node',
    'oom-killed/system',
    'pod-evicted/memory',
    'pod-evicted/node-pressure',
    'node-pressure/memory',
    'node-out-of-memory/system',
  ],
  aliases: [
    'kube-linter:unset-memory-requirements',
    'polaris:memoryLimitsMissing',
    'checkov:CKV_K8S_13',
    'trivy:KSV-0018',
    'trivy:KSV018',
    'trivy:AVD-KSV-0018',
    'kubescape:C-0271',
    'kube-score:container-resources',
    'datree:CONTAINERS_MISSING_MEMORY_LIMIT_KEY',
    'marvin:M-406',
    'kics:b14d1bc4-a208-45db-92f0-e21f8e2588e9',
  ],
  messages: {
    init: 'Init container "{{container}}" has no memory limit: it runs only until it is done, but if it leaks until then, it fills its node and Kubernetes evicts its neighbours.',
    unlimited:
      'Container "{{container}}" has no memory limit: if it leaks, it is not restarted alone but fills its node, and Kubernetes evicts its neighbours too.',
    beyond:
      'Container "{{container}}" requests {{request}} of memory but has no limit: if it leaks, it is not restarted alone but fills its node, and Kubernetes evicts its neighbours too.',
  },
  titles: {
    request: 'Limit the memory to the requested {{request}}',
    choose: 'Add a memory limit',
  },
  visit: {
    container(container, { report, located, around, known, version }) {
      const { value, name, pod } = container;
      const resources = value.at('resources');
      const limit = resources.at('limits', 'memory');
      if (!limit.missing || (name !== undefined && known.containers.includes(name)) || around.patched(located, limit))
        return;
      const whole = pod.spec.at('resources', 'limits', 'memory');
      if (!whole.missing && atLeast(version, '1.34')) return;
      if (defaultFor(located, around, 'limits', 'memory')) return;
      const request = resources.at('requests', 'memory').text();
      const data = { container: showName(container), ...(request !== undefined && { request }) };
      report({
        message: container.role === 'init' ? 'init' : request === undefined ? 'unlimited' : 'beyond',
        ...(container.role === 'init' && { severity: 'info' as const }),
        at: resources.missing ? value.at('name') : resources,
        data,
        fixes: [
          {
            class: 'template',
            title: request === undefined ? 'choose' : 'request',
            data,
            operations: [{ op: 'set', path: limit.path, value: tabStop(1, request ?? '256Mi') }],
          },
        ],
      });
    },
  },
});
