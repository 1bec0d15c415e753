import { workloadKinds } from '../../kube/kinds.ts';
import { amountOf, formatQuantity } from '../../kube/quantity.ts';
import type { Container, PodTemplate } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Data, Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import type { Side } from '../../workspace/resources.ts';
import { defaultFor, effective, limitRangeItems } from '../../workspace/resources.ts';
import { storageRequests } from '../../workspace/storage.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'limit-range-violation',
  capability: 'resources',
  tier: 2,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: [...workloadKinds, '/PersistentVolumeClaim'],
  needs: 'complete',
  docs: {
    summary: 'A container, pod or claim asks for more or less than a LimitRange of its namespace allows.',
    why: 'A LimitRange is checked when a pod or claim is created, not when its workload is: the Deployment is accepted and stays without pods, and pods that were there before the LimitRange are not replaced. A range of type Pod with a maximum also refuses pods whose containers have no limit, since that type gives no defaults.',
    exemptions: 'Values that template text or a patch decides.',
    links: ['concepts/policy/limit-range'],
  },
  explains: ['failed-create/limit-range'],
  aliases: [],
  messages: {
    below:
      'Container "{{container}}" has {{value}} of {{resource}}, and LimitRange "{{range}}" allows no less than {{bound}}: Kubernetes refuses every new pod of {{kind}} "{{name}}".',
    above:
      'Container "{{container}}" has {{value}} of {{resource}}, and LimitRange "{{range}}" allows no more than {{bound}}: Kubernetes refuses every new pod of {{kind}} "{{name}}".',
    ratio:
      'The limit of {{resource}} of container "{{container}}" is {{value}} times its request, and LimitRange "{{range}}" allows no more than {{bound}} times: Kubernetes refuses every new pod of {{kind}} "{{name}}".',
    podBelow:
      'The containers have {{value}} of {{resource}} together, and LimitRange "{{range}}" allows a pod no less than {{bound}}: Kubernetes refuses every new pod of {{kind}} "{{name}}".',
    podAbove:
      'The containers have {{value}} of {{resource}} together, and LimitRange "{{range}}" allows a pod no more than {{bound}}: Kubernetes refuses every new pod of {{kind}} "{{name}}".',
    podUnlimited:
      'LimitRange "{{range}}" allows a pod no more than {{bound}} of {{resource}}, and no container has a limit: Kubernetes refuses every new pod of {{kind}} "{{name}}".',
    claimBelow:
      'The claim asks for {{value}}, and LimitRange "{{range}}" allows no less than {{bound}}: Kubernetes refuses it, and pods that need it wait for ever.',
    claimAbove:
      'The claim asks for {{value}}, and LimitRange "{{range}}" allows no more than {{bound}}: Kubernetes refuses it, and pods that need it wait for ever.',
    range: 'The LimitRange says so here.',
  },
  titles: { clamp: 'Use {{amount}}, what the LimitRange allows', lower: 'Request {{amount}} at least' },
  visit: {
    resource(located, context) {
      const { around } = context;
      for (const at of storageRequests(located)) judgeClaim(at, context);
      const { pod } = located.resource;
      if (!pod) return;
      for (const { range, item } of limitRangeItems(located, around, 'Container'))
        for (const container of pod.containers) judgeContainer(container, range, item, context);
      for (const { range, item } of limitRangeItems(located, around, 'Pod')) judgePod(pod, range, item, context);
    },
  },
});

type Messages =
  'below' | 'above' | 'ratio' | 'podBelow' | 'podAbove' | 'podUnlimited' | 'claimBelow' | 'claimAbove' | 'range';
type RangeContext = UnitContext<Messages>;

const set = (title: string, at: Value, amount: string): Fix => ({
  class: 'review',
  title,
  data: { amount },
  operations: [{ op: 'set', path: at.path, value: amount }],
});

function tell(
  message: Messages,
  at: Value,
  bound: Value,
  range: Located,
  data: Data,
  fixes: readonly Fix[],
  { report, located }: RangeContext,
): void {
  const { kind, name } = located.resource;
  report({
    message,
    at,
    data: { ...data, range: range.resource.name ?? '…', bound: bound.rawText() ?? '', kind, name: name ?? '…' },
    related: [{ located: range, at: bound, message: 'range' }],
    fixes,
  });
}

/** Bounds of one field of an item: resource and amount. */
const bounds = (
  item: Value,
  field: string,
): { readonly resource: string; readonly bound: Value; readonly amount: number }[] =>
  item
    .at(field)
    .entries()
    .flatMap(({ key, value }) => {
      const amount = amountOf(value);
      return amount === undefined ? [] : [{ resource: key, bound: value, amount }];
    });

function judgeContainer(container: Container, range: Located, item: Value, context: RangeContext): void {
  const { located, around } = context;
  const own = container.value.at('resources');
  const read = (side: Side, resource: string): { at: Value; amount: number } | undefined => {
    const found = effective(container, side, resource, located, around);
    // A default cannot break its own bounds, and another range's is that range's business.
    return found &&
      [own.at('requests', resource), own.at('limits', resource)].some(
        ({ path }) => path === found.at.path || String(path) === String(found.at.path),
      ) &&
      !around.patched(located, found.at)
      ? found
      : undefined;
  };
  const data = { container: showName(container) };
  for (const { resource, bound, amount } of bounds(item, 'min')) {
    const request = read('requests', resource);
    if (request && request.amount < amount)
      tell(
        'below',
        request.at,
        bound,
        range,
        { ...data, resource, value: request.at.rawText() ?? '' },
        [set('clamp', request.at, bound.rawText() ?? '')],
        context,
      );
  }
  for (const { resource, bound, amount } of bounds(item, 'max')) {
    const over = read('limits', resource) ?? read('requests', resource);
    if (over && over.amount > amount)
      tell(
        'above',
        over.at,
        bound,
        range,
        { ...data, resource, value: over.at.rawText() ?? '' },
        lowerTo(own, resource, amount, over.at, bound),
        context,
      );
  }
  for (const { resource, bound, amount } of bounds(item, 'maxLimitRequestRatio')) {
    const [request, limit] = [read('requests', resource), read('limits', resource)];
    if (!request || !limit || request.amount <= 0 || limit.amount / request.amount <= amount) continue;
    const value = Math.round((limit.amount / request.amount) * 10) / 10;
    const fixes =
      resource === 'cpu' || resource === 'memory'
        ? [set('lower', request.at, formatQuantity(roundUp(limit.amount / amount, resource), resource))]
        : [];
    tell('ratio', limit.at, bound, range, { ...data, resource, value }, fixes, context);
  }
}

/** Whole mebibytes, so that the text is one that people write. */
const roundUp = (amount: number, resource: string): number =>
  resource === 'memory' ? Math.ceil(amount / 1024 ** 2) * 1024 ** 2 : amount;

/** A request above the bound has to come down with its limit. */
function lowerTo(own: Value, resource: string, amount: number, at: Value, bound: Value): Fix[] {
  const text = bound.rawText() ?? '';
  const request = own.at('requests', resource);
  const both = String(request.path) !== String(at.path) && (amountOf(request) ?? 0) > amount ? [request.path] : [];
  return [
    {
      class: 'review',
      title: 'clamp',
      data: { amount: text },
      operations: [at.path, ...both].map((path) => ({ op: 'set', path, value: text })),
    },
  ];
}

function judgePod(pod: PodTemplate, range: Located, item: Value, context: RangeContext): void {
  const { located, around } = context;
  // What runs together adds up; init containers come before and count only where one needs more than all of those.
  const total = (side: Side, resource: string): number | undefined => {
    if (pod.spec.at('containers').open || !pod.spec.at('resources').missing) return undefined;
    const running = pod.containers.filter(({ role }) => role !== 'init');
    const values = pod.containers.flatMap(({ value }) =>
      ['requests', 'limits'].map((field) => value.at('resources', field, resource)),
    );
    if (values.some((own) => (own.templated && !own.missing) || around.patched(located, own))) return undefined;
    // A default that is template text may be any amount.
    if (
      pod.containers.some(
        ({ value }) =>
          value.at('resources', side, resource).missing && defaultFor(located, around, side, resource)?.templated,
      )
    )
      return undefined;
    const amounts = (list: readonly Container[]): number[] =>
      list.flatMap((container) => effective(container, side, resource, located, around)?.amount ?? []);
    const given = amounts(running);
    const before = amounts(pod.containers.filter(({ role }) => role === 'init'));
    if (given.length + before.length === 0) return Number.NaN;
    return Math.max(
      given.reduce((sum, amount) => sum + amount, 0),
      ...before,
    );
  };
  const at = pod.spec.at('containers');
  for (const { resource, bound, amount } of bounds(item, 'max')) {
    const limits = total('limits', resource);
    if (limits === undefined) continue;
    if (Number.isNaN(limits)) tell('podUnlimited', at, bound, range, { resource }, [], context);
    else if (limits > amount)
      tell('podAbove', at, bound, range, { resource, value: showAmount(limits, resource) }, [], context);
  }
  for (const { resource, bound, amount } of bounds(item, 'min')) {
    const requests = total('requests', resource);
    if (requests === undefined) continue;
    if (Number.isNaN(requests) || requests < amount)
      tell('podBelow', at, bound, range, { resource, value: showAmount(requests || 0, resource) }, [], context);
  }
}

const showAmount = (amount: number, resource: string): string =>
  resource === 'cpu' || resource === 'memory' ? formatQuantity(amount, resource) : String(amount);

function judgeClaim(at: Value, context: RangeContext): void {
  const { located, around } = context;
  const asked = amountOf(at);
  if (asked === undefined || around.patched(located, at)) return;
  for (const { range, item } of limitRangeItems(located, around, 'PersistentVolumeClaim')) {
    for (const field of ['min', 'max'] as const) {
      const bound = item.at(field, 'storage');
      const amount = amountOf(bound);
      if (amount === undefined || (field === 'min' ? asked >= amount : asked <= amount)) continue;
      const text = bound.rawText() ?? '';
      tell(
        field === 'min' ? 'claimBelow' : 'claimAbove',
        at,
        bound,
        range,
        { value: at.rawText() ?? '' },
        [set('clamp', at, text)],
        context,
      );
    }
  }
}
