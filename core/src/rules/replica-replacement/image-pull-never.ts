import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';
import { isForOneNode } from '../../workspace/exempt.ts';

const policies = ['Always', 'IfNotPresent', 'Never'];

export default defineRule({
  id: 'image-pull-never',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'A container only starts where its image happens to be.',
    why: 'With imagePullPolicy Never the kubelet does not fetch the image. A replacement that lands on a node without it (a new node, or one that cleaned up its disk) stops with ErrImageNeverPull.',
    exemptions:
      'Overlays for development on one node (folders such as overlays/dev, overlays/kind or overlays/minikube).',
    links: ['concepts/containers/images#image-pull-policy'],
  },
  explains: ['image-pull/never'],
  aliases: [],
  messages: {
    never:
      'Container "{{container}}" never pulls its image: on a node that does not have it yet, such as a new one, a replacement of this pod cannot start (ErrImageNeverPull).',
    rejected:
      'imagePullPolicy is Always, IfNotPresent or Never, not "{{value}}". Kubernetes refuses it, so container "{{container}}" never runs.',
  },
  titles: { pull: 'Pull the image where it is missing: {{policy}}' },
  visit: {
    container(container, { report, located, around }) {
      const at = container.value.at('imagePullPolicy');
      const value = at.rawText();
      if (value === undefined || at.templated || around.patched(located, at)) return;
      const wrong = !policies.includes(value);
      if (!wrong && (value !== 'Never' || isForOneNode(located))) return;
      const meant =
        policies.find((policy) => policy.toLowerCase() === value.toLowerCase() && policy !== 'Never') ?? 'IfNotPresent';
      report({
        message: wrong ? 'rejected' : 'never',
        at,
        data: { container: showName(container), value },
        ...(wrong && { severity: 'error' as const }),
        fixes: [
          {
            class: 'review',
            title: 'pull',
            data: { policy: meant },
            operations: [{ op: 'set', path: at.path, value: meant }],
          },
        ],
      });
    },
  },
});
