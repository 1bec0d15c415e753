import { isMutable, readImage } from '../../kube/image.ts';
import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'image-pull-always',
  capability: 'replica-replacement',
  tier: 3,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'Every restart of a container asks the registry, although its image does not change.',
    why: 'With imagePullPolicy Always the kubelet asks the registry before each start, also when the image is on the node. While the registry is down, no container restarts. A digest or a tag of its own needs no question. Other linters ask for the contrary, so this rule is off unless named.',
    exemptions: 'Images without a tag or with the tag latest.',
    links: ['concepts/containers/images#image-pull-policy'],
  },
  explains: ['image-pull/rate-limit', 'image-pull/network'],
  aliases: [],
  messages: {
    always:
      'Container "{{container}}" asks the registry before every start, although {{image}} names one build: while the registry is down or limits requests, it cannot restart.',
  },
  titles: { once: 'Pull the image only where it is missing: IfNotPresent' },
  visit: {
    container(container, { report, located, around }) {
      const at = container.value.at('imagePullPolicy');
      const image = container.value.at('image').text();
      if (
        at.text() !== 'Always' ||
        image === undefined ||
        image === '' ||
        isMutable(readImage(image)) ||
        around.patched(located, at)
      )
        return;
      report({
        message: 'always',
        at,
        data: { container: showName(container), image },
        fixes: [{ class: 'review', title: 'once', operations: [{ op: 'set', path: at.path, value: 'IfNotPresent' }] }],
      });
    },
  },
});
