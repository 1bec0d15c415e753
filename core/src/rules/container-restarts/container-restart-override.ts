import { showName } from '../../kube/pod.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'container-restart-override',
  capability: 'container-restarts',
  tier: 2,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'A container of a workload that runs for good has a restart policy that lets it stay down.',
    why: 'A restartPolicy of a container overrides that of its pod. With Never or OnFailure the container is not started again after it ended, while the pod goes on with the others and nobody replaces it. Containers may have their own policy from Kubernetes 1.35 (1.34 with the feature gate ContainerRestartRules); before that the API server refuses it, whatever it says. Init containers knew only Always until then, which makes them sidecars.',
    exemptions: 'Containers with a restart rule that restarts them; Always.',
    links: ['concepts/workloads/pods/container-restarts#container-restart-rules'],
  },
  explains: ['container-exit/crash', 'container-exit/completed', 'container-exit/error', 'failed-create/invalid'],
  aliases: [],
  messages: {
    never:
      'Container "{{container}}" has the restart policy Never: once it has ended, for whatever reason, it stays down while the pod goes on and is not replaced.',
    onFailure:
      'Container "{{container}}" has the restart policy OnFailure: when it ends with exit code 0, it stays down while the pod goes on and is not replaced.',
    alpha:
      'Container "{{container}}" has a restart policy of its own, which Kubernetes 1.34 only takes with the feature gate ContainerRestartRules, off by default.',
    rejected:
      'Container "{{container}}" has a restart policy of its own, which only init containers may have before Kubernetes 1.34. The API server refuses pods like this, so the {{kind}} never runs.',
    init: 'Init container "{{container}}" has the restart policy {{policy}}; before Kubernetes 1.34 only Always is allowed. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    remove: 'Remove it, so that the policy of the pod holds',
    always: 'Set it to Always, so that it is always started again',
    rule: 'Add a rule that restarts it unless its exit code is 0',
  },
  visit: {
    container(container, { report, located, version }) {
      const { role, value } = container;
      const at = value.at('restartPolicy');
      const policy = at.text();
      if (role === 'sidecar' || policy === undefined || !at.exists) return;
      const data = { container: showName(container), kind: located.resource.kind, policy };
      const remove: Fix = { class: 'review', title: 'remove', operations: [{ op: 'remove', path: at.path }] };
      if (!atLeast(version, '1.34')) {
        report({ message: role === 'init' ? 'init' : 'rejected', at, data, severity: 'error', fixes: [remove] });
        return;
      }
      const rules = value.at('restartPolicyRules');
      if (role === 'init' || (policy !== 'Never' && policy !== 'OnFailure')) return;
      if (
        rules.open ||
        rules.items().some((rule) => rule.at('action').templated || rule.at('action').text() === 'Restart')
      )
        return;
      if (!atLeast(version, '1.35')) return report({ message: 'alpha', at, data, severity: 'info', fixes: [remove] });
      // Rules need a policy beside them.
      const always: Fix = {
        class: 'review',
        title: 'always',
        operations: [{ op: 'set', path: at.path, value: 'Always' }],
      };
      const fixes: Fix[] = [rules.missing ? remove : always];
      if (policy === 'Never' && rules.missing) {
        const rule = { action: 'Restart', exitCodes: { operator: 'NotIn', values: [0] } };
        fixes.push({
          class: 'review',
          title: 'rule',
          operations: [{ op: 'set', path: rules.path, value: [rule], after: 'restartPolicy' }],
        });
      }
      report({ message: policy === 'Never' ? 'never' : 'onFailure', at, data, fixes });
    },
  },
});
