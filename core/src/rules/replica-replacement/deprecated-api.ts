import { changedKinds, removalOf } from '../../kube/removals.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';

export default defineRule({
  id: 'deprecated-api',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: changedKinds,
  needs: 'any',
  docs: {
    summary: 'An object uses a version of an API that the cluster does not serve any more.',
    why: 'What exists in the cluster goes on, so nothing is noticed until the object has to be created again: after a loss, in a new cluster, in a restore. Then the API server knows no such kind. Which versions are gone depends on the Kubernetes version in selfheal.yaml.',
    exemptions:
      'Info while the version is only deprecated. Objects of a chart that stand behind a condition, since such charts ask the cluster which versions it serves, or leave the object out by default.',
    links: ['reference/using-api/deprecation-guide'],
  },
  explains: [],
  aliases: [
    'kube-linter:no-extensions-v1beta',
    'kube-score:stable-version',
    'trivy:KSV-0107',
    'trivy:KSV107',
    'trivy:AVD-KSV-0107',
    'popeye:403',
    'gatekeeper:verifydeprecatedapi',
    'kyverno:check-deprecated-apis',
  ],
  messages: {
    removed:
      'Kubernetes {{target}} knows no {{kind}} in {{apiVersion}} (removed in 1.{{removed}}): this object cannot be created or restored. Use {{replacement}}.',
    gone: 'Kubernetes {{target}} knows no {{kind}} in {{apiVersion}} (removed in 1.{{removed}}), and nothing took its place: this object cannot be created or restored.',
    deprecated:
      '{{kind}} in {{apiVersion}} is deprecated since 1.{{deprecated}}, and 1.{{removed}} does not serve it any more. Use {{replacement}}.',
    fading: '{{kind}} in {{apiVersion}} is deprecated since 1.{{deprecated}}.',
  },
  titles: {
    same: 'Use {{replacement}}',
    review: 'Use {{replacement}} (look at its selector and defaults: some mean something else there)',
  },
  visit: {
    resource(located, { report, version }) {
      const { apiVersion, kind, value } = located.resource;
      const removal = removalOf(apiVersion, kind, value);
      if (!removal || version.major !== 1 || version.minor < removal.deprecated || isConditional(located)) return;
      const { removed, deprecated, replacement, move } = removal;
      const gone = removed !== undefined && version.minor >= removed;
      const at = value.at('apiVersion');
      const data = {
        target: `1.${version.minor}`,
        kind,
        apiVersion,
        removed: removed ?? 0,
        deprecated,
        replacement: replacement ?? '',
      };
      const operations = [{ op: 'set', path: at.path, value: replacement ?? '' }] as const;
      const fixes: Fix[] =
        replacement === undefined || move === 'other'
          ? []
          : [{ class: move === 'same' ? 'safe' : 'review', title: move, data: { replacement }, operations }];
      if (gone) report({ message: replacement === undefined ? 'gone' : 'removed', at, data, fixes });
      else report({ message: removed === undefined ? 'fading' : 'deprecated', at, data, severity: 'info', fixes });
    },
  },
});

/** Whether a template decides if there is this object at all. */
const isConditional = ({ document, resource }: Located): boolean =>
  /\{\{-?\s*(?:if|with|range)\b/.test(document.manifest.text.slice(0, resource.value.at('apiVersion').highlight.start));
