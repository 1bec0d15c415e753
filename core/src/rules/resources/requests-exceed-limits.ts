import { amountOf, formatQuantity } from '../../kube/quantity.ts';
import type { PodTemplate } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Data, Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { podResources } from '../../workspace/resources.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'requests-exceed-limits',
  capability: 'resources',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'Requests and limits contradict each other.',
    why: 'A request may not be larger than its limit; extended resources (devices) and huge pages cannot be overcommitted, so they need a limit that equals the request; the request of a whole pod has to cover those of its containers. The API server rejects such an object. A StatefulSet it accepts before 1.34, and refuses its pods instead: no pod appears, and only an event says why.',
    links: [
      'concepts/configuration/manage-resources-containers#requests-and-limits',
      'concepts/configuration/manage-resources-containers#extended-resources',
    ],
  },
  explains: ['failed-create/invalid'],
  aliases: ['kubevious:container-resource-request-limit-check'],
  messages: {
    exceeds:
      'Container "{{container}}" requests {{request}} of {{resource}} but is limited to {{limit}}. Kubernetes refuses that, so no pod of this {{kind}} is made.',
    podExceeds:
      'The pod as a whole requests {{request}} of {{resource}} but is limited to {{limit}}. Kubernetes refuses that, so no pod of this {{kind}} is made.',
    podSum:
      'The containers request {{sum}} of {{resource}}, the pod as a whole only {{request}}. Kubernetes refuses that, so no pod of this {{kind}} is made.',
    unequal:
      'Container "{{container}}" requests {{request}} of {{resource}} and is limited to {{limit}}: of this resource both have to be the same. Kubernetes refuses that, so no pod of this {{kind}} is made.',
    noLimit:
      'Container "{{container}}" requests {{resource}} without a limit, which this resource needs. Kubernetes refuses that, so no pod of this {{kind}} is made.',
    negative:
      'Container "{{container}}" has {{request}} of {{resource}}: less than nothing. Kubernetes refuses that, so no pod of this {{kind}} is made.',
  },
  titles: {
    lower: 'Request {{amount}} of {{resource}}, the limit',
    raise: 'Limit {{resource}} to {{amount}}, the request',
    raisePod: 'Request {{amount}} of {{resource}} for the pod',
  },
  visit: {
    pod(pod, context) {
      const whole = podResources(pod, context.version);
      for (const container of pod.containers)
        judge(container.value.at('resources'), { container: showName(container) }, context);
      if (!whole) return;
      judge(whole, {}, context);
      for (const name of ['cpu', 'memory'] as const) judgeSum(pod, whole, name, context);
    },
  },
});

type Messages = 'exceeds' | 'podExceeds' | 'podSum' | 'unequal' | 'noLimit' | 'negative';

/** Resources that are counted, not shared: devices of vendors and huge pages (IsExtendedResourceName, IsHugePageResourceName). */
const isCounted = (name: string): boolean =>
  name.startsWith('hugepages-') ||
  (name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.'));

function judge(resources: Value, of: Data, { report, located, around }: UnitContext<Messages>): void {
  const pod = of['container'] === undefined;
  for (const { key: resource, value: request } of resources.at('requests').entries()) {
    const limit = resources.at('limits', resource);
    if (request.missing || request.templated || around.patched(located, request) || around.patched(located, limit))
      continue;
    const [least, most] = [amountOf(request), amountOf(limit)];
    const [requested, limited] = [request.rawText() ?? '', limit.rawText() ?? ''];
    const data = { ...of, kind: located.resource.kind, resource, request: requested, limit: limited };
    const raise: Fix = {
      class: 'review',
      title: 'raise',
      data: { resource, amount: requested },
      operations: [{ op: 'set', path: limit.path, value: requested }],
    };
    const lower: Fix = {
      class: 'review',
      title: 'lower',
      data: { resource, amount: limited },
      operations: [{ op: 'set', path: request.path, value: limited }],
    };
    if (least === undefined) continue;
    if (least < 0 && !pod) report({ message: 'negative', at: request, data });
    else if (limit.missing && isCounted(resource)) report({ message: 'noLimit', at: request, data, fixes: [raise] });
    else if (most !== undefined && isCounted(resource) && most !== least)
      report({ message: 'unequal', at: request, data, fixes: [lower, raise] });
    else if (most !== undefined && least > most)
      report({ message: pod ? 'podExceeds' : 'exceeds', at: request, data, fixes: [lower, raise] });
  }
}

/** Main containers run together, so their requests add up; sidecars are there as long as they are. */
function judgeSum(
  pod: PodTemplate,
  whole: Value,
  resource: 'cpu' | 'memory',
  { report, located }: UnitContext<Messages>,
): void {
  const request = whole.at('requests', resource);
  const least = amountOf(request);
  if (least === undefined) return;
  let sum = 0;
  for (const { value } of pod.containers.filter(({ role }) => role !== 'init')) {
    const own = value.at('resources', 'requests', resource);
    if (own.templated && !own.missing) return;
    sum += amountOf(own) ?? 0;
  }
  // Adding tenths may leave a rest that is none.
  if (sum <= least * (1 + 1e-9)) return;
  const amount = formatQuantity(resource === 'memory' ? Math.ceil(sum / 1024 ** 2) * 1024 ** 2 : sum, resource);
  report({
    message: 'podSum',
    at: request,
    data: { kind: located.resource.kind, resource, request: request.rawText() ?? '', sum: amount },
    fixes: [
      {
        class: 'review',
        title: 'raisePod',
        data: { resource, amount },
        operations: [{ op: 'set', path: request.path, value: amount }],
      },
    ],
  });
}
