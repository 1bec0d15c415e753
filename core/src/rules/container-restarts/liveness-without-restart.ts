import { showName } from '../../kube/pod.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'liveness-without-restart',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'A probe kills a container that is never started again.',
    why: 'A failed liveness or startup probe ends the container, so that it can start afresh. With the restart policy Never it does not: the probe only kills.',
    exemptions:
      'Jobs and their pods, which are replaced as a whole; init containers; containers with restart rules of their own. Workloads that may only have the policy Always are judged by restart-policy-not-always.',
    links: ['concepts/workloads/pods/probes#when-should-you-use-a-liveness-probe'],
  },
  explains: [],
  aliases: [],
  messages: {
    pod: 'The {{probe}} kills container "{{container}}" when it fails, and with the restart policy Never nothing starts it again.',
    container:
      'The {{probe}} kills container "{{container}}" when it fails, and with its own restart policy Never nothing starts it again while the pod runs on.',
  },
  titles: {
    pod: 'Set restartPolicy to OnFailure (a Pod that exists has to be deleted and created again for that)',
    container: 'Set its restartPolicy to OnFailure',
    remove: 'Remove the {{probe}}',
  },
  visit: {
    container(container, { report, located, version }) {
      const { lifetime, groupKind } = located.resource;
      if (container.role !== 'main' || lifetime === 'job') return;
      const { value, pod } = container;
      const own = value.at('restartPolicy');
      const rules = value.at('restartPolicyRules');
      const inPod = own.missing && groupKind === '/Pod';
      const policy = inPod ? pod.spec.at('restartPolicy') : own;
      if (policy.text() !== 'Never' || !rules.missing || (!inPod && !atLeast(version, '1.34'))) return;
      for (const name of ['livenessProbe', 'startupProbe'] as const) {
        const probe = value.at(name);
        if (!probe.exists) continue;
        const title = inPod ? 'pod' : 'container';
        const fixes: Fix[] = [
          { class: 'review', title, operations: [{ op: 'set', path: policy.path, value: 'OnFailure' }] },
          { class: 'review', title: 'remove', data: { probe: name }, operations: [{ op: 'remove', path: probe.path }] },
        ];
        report({ message: title, at: probe, data: { probe: name, container: showName(container) }, fixes });
      }
    },
  },
});
