import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { comparable, readMapSelector } from '../../kube/selector.ts';

export default defineRule({
  id: 'service-publishes-unready',
  capability: 'load-balancing',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Service'],
  needs: 'any',
  docs: {
    summary: 'A Service sends requests to pods that are not ready.',
    why: 'publishNotReadyAddresses puts every pod into the endpoints, ready or not. It is meant for members of a StatefulSet that have to find each other while they start. In any other Service it switches readiness off: requests go to pods that are still starting, that fail their probe, or that are on their way out.',
    exemptions:
      'Headless Services that select pods of a StatefulSet, or whose pods are not to be seen here; Services that select one certain pod of a StatefulSet.',
    links: ['concepts/services-networking/service#headless-services', 'concepts/workloads/pods/probes#readiness-probe'],
  },
  explains: [],
  aliases: [],
  messages: {
    unready:
      'Service "{{name}}" sends requests to pods that are not ready: while they start, and after their readiness probe has failed.',
    headless:
      'Headless Service "{{name}}" lists pods that are not ready, and they belong to {{kind}} "{{workload}}", not to a StatefulSet: clients connect to pods that cannot answer yet.',
    ignored:
      'Today’s Kubernetes ignores the annotation {{annotation}}: only ready pods get requests. Where unready ones are wanted, say publishNotReadyAddresses.',
  },
  titles: { remove: 'Send requests to ready pods only', drop: 'Remove the annotation' },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      const spec = value.at('spec');
      const at = spec.at('publishNotReadyAddresses');
      const old = value.at('metadata', 'annotations', annotation);
      const drop: Fix = { class: 'safe', title: 'drop', operations: [{ op: 'remove', path: old.path }] };
      if (old.exists)
        report({
          message: 'ignored',
          at: value.at('metadata', 'annotations').keyRange(annotation),
          data: { annotation },
          severity: 'info',
          fixes: [drop],
        });
      const address = spec.at('clusterIP');
      if (
        at.boolean() !== true ||
        address.templated ||
        spec.at('type').templated ||
        spec.at('type').text() === 'ExternalName'
      )
        return;
      if (around.patched(located, at) || around.patched(located, address)) return;
      const fixes: Fix[] = [{ class: 'safe', title: 'remove', operations: [{ op: 'remove', path: at.path }] }];
      const data = { name: name ?? '…' };
      // Who asks for one certain member wants that one, whatever its state.
      if (members.some((key) => spec.at('selector').has(key))) return;
      if (address.text() !== 'None') {
        report({ message: 'unready', at, data, fixes });
        return;
      }
      const selector = readMapSelector(spec.at('selector'));
      if (!comparable(selector)?.length) return;
      const workloads = around.selected(located, selector);
      const [other] = workloads;
      if (!other || workloads.some(({ resource }) => resource.kind === 'StatefulSet')) return;
      report({
        message: 'headless',
        at,
        data: { ...data, kind: other.resource.kind, workload: other.resource.name ?? '…' },
        fixes,
      });
    },
  },
});

/** Labels that the controller gives to each pod of a StatefulSet. */
const members = ['statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index'];

const annotation = 'service.alpha.kubernetes.io/tolerate-unready-endpoints';
