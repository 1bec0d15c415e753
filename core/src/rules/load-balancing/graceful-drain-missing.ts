import { showName } from '../../kube/pod.ts';
import { atLeast } from '../../kube/version.ts';
import { defineRule } from '../../lint/rule.ts';
import { belongTogether } from '../../workspace/together.ts';
import { isForMetrics, targetsOf } from '../../workspace/traffic.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'graceful-drain-missing',
  capability: 'load-balancing',
  tier: 3,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A container that serves requests stops at once when its pod is to go.',
    why: 'When a pod ends, it is taken out of the Services and told to stop at the same time. For a moment requests still arrive; if the process has closed its port by then, they fail. A short sleep before the stop signal lets the endpoints catch up. Processes that go on serving for some seconds after SIGTERM need none.',
    exemptions:
      'Containers behind no Service but one for measurements, containers with a preStop hook, strategy Recreate.',
    links: [
      'concepts/workloads/pods/pod-lifecycle#pod-termination-flow',
      'tutorials/services/pods-and-endpoint-termination-flow',
    ],
  },
  explains: [],
  aliases: ['datree:CONTAINERS_MISSING_PRESTOP_KEY', 'azure:ContainerEnforcePreStopHook'],
  messages: {
    missing:
      'Container "{{container}}" gets requests from Service "{{service}}" and has no preStop hook: requests that arrive while a pod ends may be refused.',
  },
  titles: { sleep: 'Sleep some seconds before the stop signal' },
  visit: {
    container(container, { report, located, around, version }) {
      const { value, role } = container;
      const strategy = located.resource.value.at('spec', 'strategy', 'type');
      const hook = value.at('lifecycle', 'preStop');
      if (
        role === 'init' ||
        !hook.missing ||
        located.resource.custom ||
        strategy.templated ||
        strategy.text() === 'Recreate' ||
        around.patched(located, hook)
      )
        return;
      const target = targetsOf(
        container,
        around
          .servicesOf(located)
          .filter((service) => belongTogether(located, service, around) && !isForMetrics(service)),
      )[0];
      if (!target) return;
      // The sleep action is on from 1.30; before, the image has to have the command.
      const sleep = atLeast(version, '1.30')
        ? { sleep: { seconds: tabStop(1, 5) } }
        : { exec: { command: ['sleep', tabStop(1, '5')] } };
      report({
        message: 'missing',
        at: value.at('name'),
        data: { container: showName(container), service: target.service.resource.name ?? '…' },
        fixes: [{ class: 'template', title: 'sleep', operations: [{ op: 'set', path: hook.path, value: sleep }] }],
      });
    },
  },
});
