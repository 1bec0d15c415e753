import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'service-selector-volatile',
  capability: 'load-balancing',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Service', 'policy/PodDisruptionBudget', 'networking.k8s.io/NetworkPolicy'],
  needs: 'any',
  docs: {
    summary: 'A selector asks for a label that changes with every release.',
    why: 'Labels such as pod-template-hash, helm.sh/chart or a version are new with every revision. While a rollout replaces the pods, fewer and fewer match; at its end none does: the Service has no endpoints, the budget protects nothing, the policy covers nothing.',
    exemptions:
      'Services that Argo Rollouts or Flagger switch between revisions. The label "version" where its value is no version number, since it may name a track such as blue or canary, and where an Istio DestinationRule uses it.',
    links: ['concepts/workloads/controllers/deployment#pod-template-hash-label'],
  },
  explains: ['service-down/selector', 'service-down/no-ready-endpoints'],
  aliases: [],
  messages: {
    service:
      'Service "{{name}}" selects pods by {{label}}, which changes with every release: the next rollout leaves it without endpoints.',
    budget:
      'PodDisruptionBudget "{{name}}" selects pods by {{label}}, which changes with every release: after the next rollout it protects no pod any more.',
    policy:
      'NetworkPolicy "{{name}}" selects pods by {{label}}, which changes with every release: after the next rollout it covers no pod any more.',
  },
  titles: { remove: 'Select without {{key}}' },
  visit: {
    resource(located, { report, around }) {
      const { value, kind, name } = located.resource;
      const selector = kind === 'NetworkPolicy' ? value.at('spec', 'podSelector') : value.at('spec', 'selector');
      const labels = kind === 'Service' ? selector : selector.at('matchLabels');
      const entries = labels.entries();
      const found = entries.filter((entry) => isVolatile(entry.key, entry.value, located, around));
      if (found.length === 0 || (kind === 'Service' && isSwitched(located, around))) return;
      // Without any label left, a Service finds nothing, and the others all pods of the namespace.
      const stays =
        !labels.open &&
        (found.length < entries.length || (kind !== 'Service' && selector.at('matchExpressions').items().length > 0));
      for (const { key, value: at, keyRange } of found) {
        if (around.patched(located, at)) continue;
        const text = at.text();
        const fixes: Fix[] = stays
          ? [{ class: 'safe', title: 'remove', data: { key }, operations: [{ op: 'remove', path: at.path }] }]
          : [];
        const message = kind === 'Service' ? 'service' : kind === 'NetworkPolicy' ? 'policy' : 'budget';
        report({
          message,
          at: keyRange,
          data: { name: name ?? '…', label: text === undefined ? key : `${key}=${text}` },
          fixes,
        });
      }
    },
  },
});

/** Keys that controllers and charts fill with something new each time. */
const always: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'controller-revision-hash',
  'helm.sh/chart',
  'app.kubernetes.io/version',
]);

function isVolatile(key: string, value: Value, located: Located, around: Surroundings): boolean {
  if (always.has(key)) return true;
  if (key !== 'version' || !/^v?\d+\.\d/.test(value.text() ?? '')) return false;
  return around.anywhere(located, 'networking.istio.io/DestinationRule').length === 0;
}

/** Whether a progressive delivery controller changes the selector of a Service itself. */
function isSwitched(service: Located, around: Surroundings): boolean {
  const { name } = service.resource;
  const rollouts = around.anywhere(service, 'argoproj.io/Rollout').flatMap(({ resource }) => {
    const strategy = resource.value.at('spec', 'strategy');
    const { canary, blueGreen } = { canary: strategy.at('canary'), blueGreen: strategy.at('blueGreen') };
    return [
      canary.at('canaryService'),
      canary.at('stableService'),
      blueGreen.at('activeService'),
      blueGreen.at('previewService'),
    ];
  });
  if (rollouts.some((at) => at.templated || (name === undefined ? !at.missing : at.text() === name))) return true;
  return around.anywhere(service, 'flagger.app/Canary').some(({ resource }) => {
    const own = resource.value.at('spec', 'service', 'name').text() ?? resource.name;
    return (
      own === undefined || name === undefined || name === own || name === `${own}-canary` || name === `${own}-primary`
    );
  });
}
