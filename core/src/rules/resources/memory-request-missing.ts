import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';
import { mayHave } from '../../workspace/resources.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'memory-request-missing',
  capability: 'resources',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A container does not say how much memory it needs.',
    why: 'The scheduler places a pod where its requests fit. Without one it counts as nothing, so replacements crowd onto nodes that are full already; and where memory runs out, pods that use more than they request are evicted first, which is every pod without a request.',
    exemptions:
      'A memory limit, which Kubernetes copies to the request; requests or limits of the whole pod (from 1.34); a LimitRange of the namespace that gives a default; containers named in known.containers. Info for init containers. Pods without any request or limit are told once, by best-effort-pod.',
    links: ['concepts/configuration/manage-resources-containers#requests-and-limits'],
  },
  explains: [
    'oom-killed/node',
    'oom-killed/system',
    'pod-evicted/memory',
    'pod-evicted/node-pressure',
    'node-pressure/memory',
    'node-out-of-memory/system',
    'autoscaler-stuck/missing-request',
  ],
  aliases: [
    'kube-linter:unset-memory-requirements',
    'polaris:memoryRequestsMissing',
    'kube-score:container-resources',
    'checkov:CKV_K8S_12',
    'trivy:KSV-0016',
    'trivy:KSV016',
    'trivy:AVD-KSV-0016',
    'kubescape:C-0269',
    'datree:CONTAINERS_MISSING_MEMORY_REQUEST_KEY',
    'marvin:M-404',
    'popeye:106',
  ],
  messages: {
    absent:
      'Container "{{container}}" requests no memory: the scheduler places its pod as if it needed none, and where memory runs out it is among the first to be evicted.',
  },
  titles: { choose: 'Request memory' },
  visit: {
    container(container, { report, located, around, known, version }) {
      const { value, name, role } = container;
      if (name !== undefined && known.containers.includes(name)) return;
      if (mayHave(container, 'requests', 'memory', located, around, version)) return;
      const resources = value.at('resources');
      report({
        message: 'absent',
        at: resources.missing ? value.at('name') : resources,
        data: { container: showName(container) },
        ...(role === 'init' && { severity: 'info' as const }),
        fixes: [
          {
            class: 'template',
            title: 'choose',
            operations: [{ op: 'set', path: resources.at('requests', 'memory').path, value: tabStop(1, '128Mi') }],
          },
        ],
      });
    },
  },
});
