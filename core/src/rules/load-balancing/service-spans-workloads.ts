import { readMapSelector } from '../../kube/selector.ts';
import type { UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import { belongTogether } from '../../workspace/together.ts';
import { servicePorts } from '../../workspace/traffic.ts';

export default defineRule({
  id: 'service-spans-workloads',
  capability: 'load-balancing',
  tier: 2,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Service'],
  needs: 'complete',
  docs: {
    summary: 'A Service spreads requests over pods of different applications, or does what another Service does.',
    why: 'A selector that is too wide mixes pods that do not do the same: part of the requests end where nobody can answer them, and the failures look random. Two Services with the same selector and ports are mostly one that was copied, and only one of them is looked after.',
    exemptions:
      'Workloads that carry the same app label, as canaries and blue-green pairs do; pairs of Services of which one is headless or of another type, and Services of other folders’ units.',
    links: ['concepts/services-networking/service#defining-a-service'],
  },
  explains: [],
  aliases: [
    'gatekeeper:K8sUniqueServiceSelector',
    'azure:UniqueServiceSelectors',
    'kyverno:require-unique-service-selector',
  ],
  messages: {
    spans:
      'Service "{{name}}" selects the pods of {{first}} and of {{second}}, which are different applications: requests go to either.',
    twin: 'Service "{{name}}" has the same selector and ports as Service "{{other}}".',
    workload: 'These pods are selected, too.',
    service: 'This is the other Service.',
  },
  visit: {
    resource(located, context) {
      const { value, name } = located.resource;
      const at = value.at('spec', 'selector');
      const selector = readMapSelector(at);
      if (!selector.known || selector.requirements.length === 0 || context.around.patched(located, at)) return;
      const workloads = context.around
        .selected(located, selector)
        .filter((workload) => belongTogether(located, workload, context.around));
      judgeWorkloads(located, workloads, context);
      if (name !== undefined && workloads[0]) judgeTwins(located, workloads[0], context);
    },
  },
});

type Context = UnitContext<'spans' | 'twin' | 'workload' | 'service'>;

/** Labels that name an application, the most telling first. */
const appKeys = ['app.kubernetes.io/name', 'app', 'k8s-app', 'name'];

/** What a workload runs: its label without what tells variants of one application apart. */
const appOf = ({ resource }: Located): string | undefined =>
  appKeys
    .map((key) => resource.pod?.labels[key])
    .find((label) => label !== undefined)
    ?.replace(/-(?:v?\d+|[ab]|canary|stable|blue|green|primary|secondary|replica|old|new)$/, '');

const show = ({ resource }: Located): string => `${resource.kind} "${resource.name ?? '…'}"`;

function judgeWorkloads(service: Located, workloads: readonly Located[], { report }: Context): void {
  const known = workloads.filter((workload) => workload.resource.pod?.labelsKnown && appOf(workload) !== undefined);
  const [first] = known;
  const second = known.find((workload) => first && appOf(workload) !== appOf(first));
  if (!first || !second) return;
  const { value, name } = service.resource;
  report({
    message: 'spans',
    at: value.at('spec', 'selector'),
    data: { name: name ?? '…', first: show(first), second: show(second) },
    related: [
      {
        located: second,
        at: second.resource.pod?.value.at('metadata', 'labels') ?? second.resource.value,
        message: 'workload',
      },
    ],
  });
}

/** Services that select the same pods are found by one of these. */
function judgeTwins(service: Located, workload: Located, { report, around }: Context): void {
  const own = gist(service);
  const twins = around
    .servicesOf(workload)
    .filter(
      (other) => belongTogether(service, other, around) && gist(other) === own && other.resource.name !== undefined,
    );
  const [first] = twins;
  // One finding for a pair, at the later of the two.
  if (own === undefined || !first || first.resource.name === service.resource.name) return;
  const { value, name } = service.resource;
  const related = [{ located: first, at: first.resource.value.at('metadata', 'name'), message: 'service' }];
  report({
    message: 'twin',
    at: value.at('metadata', 'name'),
    data: { name: name ?? '…', other: first.resource.name ?? '…' },
    related,
  });
}

/** What two Services have in common that do the same; undefined where template text decides. */
function gist(service: Located): string | undefined {
  const spec = service.resource.value.at('spec');
  const { labels, complete } = spec.at('selector').labels();
  const ports = servicePorts(service).map(({ number, target, protocol }) => [number, target, protocol]);
  const [type, address] = [spec.at('type'), spec.at('clusterIP')];
  if (!complete || type.templated || address.templated || ports.some((port) => port.includes(undefined)))
    return undefined;
  const selector = Object.entries(labels)
    .map(([key, label]) => `${key}=${label}`)
    .sort();
  return JSON.stringify([
    type.text() ?? 'ClusterIP',
    address.text() === 'None',
    selector,
    ports,
    spec.at('publishNotReadyAddresses').boolean() ?? false,
  ]);
}
