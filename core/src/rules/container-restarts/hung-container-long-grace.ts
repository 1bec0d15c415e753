import { showName } from '../../kube/pod.ts';
import { asksOneThing } from '../../kube/probe.ts';
import { atLeast } from '../../kube/version.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'hung-container-long-grace',
  capability: 'container-restarts',
  tier: 2,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A container that hangs keeps the long grace period of its pod before it is killed.',
    why: 'A long terminationGracePeriodSeconds lets a pod finish its work when it is asked to go. The same time is granted to a container whose liveness or startup probe has failed, and a process that hangs does not use it: it stays down until the last second. A probe can bring a grace period of its own.',
    exemptions:
      'Probes with their own terminationGracePeriodSeconds; targets before Kubernetes 1.25, where probes have none.',
    links: ['concepts/workloads/pods/probes#probe-level-terminationgraceperiodseconds'],
  },
  explains: ['container-exit/grace-exceeded'],
  aliases: [],
  options: {
    maxSeconds: {
      default: 120,
      description: 'Grace period of a pod, in seconds, above which its probes should have their own.',
    },
  },
  messages: {
    long: 'When the {{probe}} of container "{{container}}" fails, the container gets the {{seconds}} s grace period of the pod before it is killed. A process that hangs uses none of it and stays down that long.',
  },
  titles: { grace: 'Kill it 30 s after this probe has failed' },
  visit: {
    container(container, { report, option, version }) {
      const seconds = container.pod.spec.at('terminationGracePeriodSeconds').number();
      if (
        container.role === 'init' ||
        seconds === undefined ||
        seconds <= option<number>('maxSeconds') ||
        !atLeast(version, '1.25')
      )
        return;
      for (const name of ['livenessProbe', 'startupProbe'] as const) {
        const probe = container.probe(name);
        if (!probe || !asksOneThing(probe) || !probe.value.isMap) continue;
        const own = probe.value.at('terminationGracePeriodSeconds');
        if (!own.missing) continue;
        report({
          message: 'long',
          at: probe.value,
          data: { probe: name, container: showName(container), seconds },
          fixes: [{ class: 'safe', title: 'grace', operations: [{ op: 'set', path: own.path, value: 30 }] }],
        });
      }
    },
  },
});
