import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import { isMadeByOperator } from '../../workspace/sought.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';

export default defineRule({
  id: 'service-no-selector',
  capability: 'load-balancing',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Service'],
  needs: 'complete',
  docs: {
    summary: 'A Service has no selector, and nobody here writes its endpoints.',
    why: 'Kubernetes keeps the endpoints of a Service up to date by its selector: pods that fail leave, replacements come in. Without a selector nothing does; connections are refused until someone writes an EndpointSlice by hand, and keeps it right.',
    exemptions:
      'Services of type ExternalName, Services with an EndpointSlice or Endpoints of their own beside them, the Service kubernetes; Services that are called after an object whose operator writes their endpoints (Rook, Strimzi, Elastic and the like).',
    links: ['concepts/services-networking/service#services-without-selectors'],
  },
  explains: [],
  aliases: ['kube-linter:dangling-service'],
  messages: {
    none: 'Service "{{name}}" has no selector and no EndpointSlice here: it finds no pods, so connections to it are refused unless something else writes its endpoints.',
  },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      const spec = value.at('spec');
      const [selector, type] = [spec.at('selector'), spec.at('type')];
      if (
        type.templated ||
        type.text() === 'ExternalName' ||
        selector.open ||
        selector.entries().length > 0 ||
        !(selector.missing || selector.isMap)
      )
        return;
      if (
        name === undefined ||
        name === 'kubernetes' ||
        around.patched(located, selector) ||
        around.sharedLabels(located).size > 0 ||
        hasEndpoints(located, name, around) ||
        isMadeByOperator(located, name, around)
      )
        return;
      report({ message: 'none', at: selector.missing ? value.at('metadata', 'name') : selector, data: { name } });
    },
  },
});

/** Endpoints have the Service's name, EndpointSlices a label with it; those whose name is hidden may be meant. */
function hasEndpoints(service: Located, name: string, around: Surroundings): boolean {
  if (around.named(service, '/Endpoints', name)) return true;
  const slices = around
    .anywhere(service, 'discovery.k8s.io/EndpointSlice')
    .map(({ resource }) => resource.value.at('metadata', 'labels'));
  return (
    slices.some(
      (labels) =>
        labels.open ||
        labels.at('kubernetes.io/service-name').templated ||
        labels.at('kubernetes.io/service-name').text() === name,
    ) || around.inUnit(service, '/Endpoints').some(({ resource }) => resource.name === undefined)
  );
}
