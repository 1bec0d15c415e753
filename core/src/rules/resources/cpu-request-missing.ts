import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';
import { mayHave } from '../../workspace/resources.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'cpu-request-missing',
  capability: 'resources',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A container does not say how much CPU it needs.',
    why: 'The scheduler places a pod where its requests fit. Without one it counts as nothing, so replacements crowd onto nodes that are busy already; and where CPU is short it is shared out by request, so a container without one is starved: its probes time out and it is restarted although nothing is wrong with it.',
    exemptions:
      'A CPU limit, which Kubernetes copies to the request; requests or limits of the whole pod (from 1.34); a LimitRange of the namespace that gives a default; containers named in known.containers. Info for init containers. Pods without any request or limit are told once, by best-effort-pod.',
    links: ['concepts/configuration/manage-resources-containers#requests-and-limits'],
  },
  explains: [
    'liveness-probe-failed/timeout',
    'startup-probe-failed/timeout',
    'readiness-lost/timeout',
    'autoscaler-stuck/missing-request',
  ],
  aliases: [
    'kube-linter:unset-cpu-requirements',
    'polaris:cpuRequestsMissing',
    'kube-score:container-resources',
    'checkov:CKV_K8S_10',
    'trivy:KSV-0015',
    'trivy:KSV015',
    'trivy:AVD-KSV-0015',
    'kubescape:C-0268',
    'datree:CONTAINERS_MISSING_CPU_REQUEST_KEY',
    'marvin:M-405',
  ],
  messages: {
    absent:
      'Container "{{container}}" requests no CPU: the scheduler places its pod as if it needed none, and on a busy node it is starved until its probes time out.',
  },
  titles: { choose: 'Request CPU' },
  visit: {
    container(container, { report, located, around, known, version }) {
      const { value, name, role } = container;
      if (name !== undefined && known.containers.includes(name)) return;
      if (mayHave(container, 'requests', 'cpu', located, around, version)) return;
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
            operations: [{ op: 'set', path: resources.at('requests', 'cpu').path, value: tabStop(1, '100m') }],
          },
        ],
      });
    },
  },
});
