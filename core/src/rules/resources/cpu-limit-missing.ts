import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';
import { mayHave } from '../../workspace/resources.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'cpu-limit-missing',
  capability: 'resources',
  tier: 3,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A container may use all the CPU that is free.',
    why: 'A limit keeps a container from using CPU that nobody else needs at the moment. It also throttles starts and probes, which mostly does more harm than good, so this rule is off unless named, for places where limits are demanded.',
    exemptions:
      'A CPU limit of the whole pod (from 1.34), a LimitRange of the namespace that gives a default limit, containers named in known.containers.',
    links: ['concepts/configuration/manage-resources-containers'],
  },
  explains: [],
  aliases: [
    'kube-linter:unset-cpu-requirements',
    'polaris:cpuLimitsMissing',
    'kube-score:container-resources',
    'checkov:CKV_K8S_11',
    'trivy:KSV-0011',
    'trivy:KSV011',
    'trivy:AVD-KSV-0011',
    'kubescape:C-0270',
    'datree:CONTAINERS_MISSING_CPU_LIMIT_KEY',
    'marvin:M-407',
  ],
  messages: {
    absent: 'Container "{{container}}" has no CPU limit: it may use all the CPU of its node that others leave free.',
  },
  titles: { choose: 'Limit the CPU' },
  visit: {
    container(container, { report, located, around, known, version }) {
      const { value, name } = container;
      if (name !== undefined && known.containers.includes(name)) return;
      if (mayHave(container, 'limits', 'cpu', located, around, version)) return;
      const resources = value.at('resources');
      report({
        message: 'absent',
        at: resources.missing ? value.at('name') : resources,
        data: { container: showName(container) },
        fixes: [
          {
            class: 'template',
            title: 'choose',
            operations: [{ op: 'set', path: resources.at('limits', 'cpu').path, value: tabStop(1, '1') }],
          },
        ],
      });
    },
  },
});
