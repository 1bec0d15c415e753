import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'startup-probe-with-liveness-delay',
  capability: 'container-restarts',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'A probe waits for a delay although a startup probe holds it back anyway.',
    why: 'Liveness and readiness start only when the startup probe has succeeded. Their initialDelaySeconds is counted from the start of the container, not from that success, whatever the documentation says: a start that takes longer makes it void, and a start that is quicker has to wait for it, without requests or without watch.',
    links: ['concepts/workloads/pods/probes#configure-probes'],
  },
  explains: [],
  aliases: [],
  messages: {
    livenessProbe:
      'The liveness probe of container "{{container}}" waits {{seconds}} s from the start of the container, although the startup probe already holds it back: when the start is quicker, hangs go unnoticed until then; when it is slower, the delay does nothing.',
    readinessProbe:
      'The readiness probe of container "{{container}}" waits {{seconds}} s from the start of the container, although the startup probe already holds it back: when the start is quicker, the pod gets no requests until then; when it is slower, the delay does nothing.',
  },
  titles: { remove: 'Remove initialDelaySeconds' },
  visit: {
    container(container, { report }) {
      if (container.role === 'init' || !container.probe('startupProbe')?.value.isMap) return;
      for (const name of ['livenessProbe', 'readinessProbe'] as const) {
        const at = container.value.at(name, 'initialDelaySeconds');
        const seconds = at.number();
        if (seconds === undefined || seconds <= 0) continue;
        report({
          message: name,
          at,
          data: { container: showName(container), seconds },
          fixes: [{ class: 'safe', title: 'remove', operations: [{ op: 'remove', path: at.path }] }],
        });
      }
    },
  },
});
