import { isMutable, readImage } from '../../kube/image.ts';
import { showName } from '../../kube/pod.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'image-tag-mutable',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'An image without a tag, or with the tag latest.',
    why: 'Such a name points to whatever was pushed last. A pod that is replaced tonight may run other code than its siblings, a broken push reaches production by the next restart, and a rollback changes nothing, since old and new revision have the same name.',
    exemptions:
      'Images with a digest; images that the kustomization gives a tag or digest; containers named in known.containers; placeholders that no registry could know, and references that a build tool fills in (ko://).',
    links: ['concepts/containers/images#image-names'],
  },
  explains: ['image-pull/rate-limit', 'image-pull/network'],
  aliases: [
    'kube-linter:latest-tag',
    'polaris:tagNotSpecified',
    'kube-score:container-image-tag',
    'checkov:CKV_K8S_14',
    'trivy:KSV-0013',
    'trivy:KSV013',
    'trivy:AVD-KSV-0013',
    'kubescape:C-0075',
    'datree:CONTAINERS_MISSING_IMAGE_VALUE_VERSION',
    'marvin:M-400',
    'popeye:100',
    'popeye:101',
    'monokle:KBP001',
  ],
  messages: {
    untagged:
      'Image "{{image}}" has no tag, which means latest: a pod that is replaced may run other code than its siblings, and a rollback does not bring the old code back.',
    latest:
      'Image "{{image}}" is whatever was pushed last: a pod that is replaced may run other code than its siblings, and a rollback does not bring the old code back.',
  },
  titles: { pin: 'Pin the image of container "{{container}}" to a version' },
  visit: {
    container(container, { report, located, around, known }) {
      const at = container.value.at('image');
      const text = at.text();
      if (text === undefined || !isReference.test(text) || around.patched(located, at)) return;
      if (container.name !== undefined && known.containers.includes(container.name)) return;
      const image = readImage(text);
      if (!isMutable(image)) return;
      const data = { image: text, container: showName(container) };
      report({
        message: image.tag === 'latest' ? 'latest' : 'untagged',
        at,
        data,
        fixes: [
          {
            class: 'template',
            title: 'pin',
            data,
            operations: [{ op: 'set', path: at.path, value: `${image.name}:${tabStop(1, '1.0.0')}` }],
          },
        ],
      });
    },
  },
});

/** Letters that a reference may have; `<image>` and `ko://…` are to be replaced first. */
const isReference = /^(?!.*:\/\/)[\w./:@-]+$/;
