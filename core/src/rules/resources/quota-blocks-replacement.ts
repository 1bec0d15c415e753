import type { Container, PodTemplate } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { amountOf } from '../../kube/quantity.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import type { Side } from '../../workspace/resources.ts';
import { mayHave } from '../../workspace/resources.ts';
import { belongTogether } from '../../workspace/together.ts';
import type { Plain } from '../../yaml/plain.ts';
import { tabStop } from '../../yaml/plain.ts';
import { setTree } from '../../yaml/nested.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'quota-blocks-replacement',
  capability: 'resources',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A quota of the namespace demands values that a container does not give.',
    why: 'Where a ResourceQuota limits CPU or memory, every container has to say how much it takes. A pod with a container that does not is refused: the workload is accepted and stays without pods, and pods that were there before the quota are not replaced.',
    exemptions:
      'A LimitRange of the namespace that gives a default (defaultRequest and min do not count for limits); quotas whose scopes leave the pod out, or cannot be judged here; requests and limits of the whole pod (from 1.34).',
    links: ['concepts/policy/resource-quotas#requests-vs-limits'],
  },
  explains: ['failed-create/quota'],
  aliases: [],
  messages: {
    refused:
      'ResourceQuota "{{quota}}" demands {{fields}} of every container, and "{{container}}" does not give it: Kubernetes refuses every new pod of {{kind}} "{{name}}", so lost ones are not replaced.',
    quota: 'The quota counts these.',
  },
  titles: { add: 'Add {{fields}}', range: 'Give all containers of the namespace a default: create a LimitRange' },
  visit: {
    pod(pod, context) {
      const { located, around } = context;
      for (const quota of around.inUnit(located, '/ResourceQuota')) {
        const hard = quota.resource.value.at('spec', 'hard');
        const fields = demanded(hard);
        if (
          fields.length === 0 ||
          !belongTogether(located, quota, around) ||
          !concerns(quota.resource.value.at('spec'), pod)
        )
          continue;
        for (const container of pod.containers) judge(container, quota, hard, fields, context);
      }
    },
  },
});

interface Field {
  readonly side: Side;
  readonly resource: 'cpu' | 'memory';
}

const show = ({ side, resource }: Field): string => `${side}.${resource}`;

/** What a quota demands of each container; a plain `cpu` counts requests (quota/v1 podEvaluator.Constraints). */
function demanded(hard: Value): Field[] {
  const found = new Map<string, Field>();
  for (const { key, value } of hard.entries()) {
    const [, side = 'requests', resource] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(key) ?? [];
    if (resource === undefined || value.missing) continue;
    const field = { side: side as Side, resource: resource as Field['resource'] };
    found.set(show(field), field);
  }
  return [...found.values()];
}

/** Whether a quota's scopes take in a pod; false also where it cannot be told. */
function concerns(spec: Value, pod: PodTemplate): boolean {
  const plain = spec
    .at('scopes')
    .items()
    .map((item) => ({ scope: item.text(), operator: 'Exists', values: [] as (string | undefined)[] }));
  const selected = spec
    .at('scopeSelector', 'matchExpressions')
    .items()
    .map((item) => ({
      scope: item.at('scopeName').text(),
      operator: item.at('operator').text(),
      values: item
        .at('values')
        .items()
        .map((entry) => entry.text()),
    }));
  if (spec.at('scopes').open || spec.at('scopeSelector').open || spec.at('scopeSelector', 'matchExpressions').open)
    return false;
  return [...plain, ...selected].every(({ scope, operator, values }) => fits(scope, operator, values, pod.spec, pod));
}

function fits(
  scope: string | undefined,
  operator: string | undefined,
  values: readonly (string | undefined)[],
  spec: Value,
  pod: PodTemplate,
): boolean {
  const deadline = spec.at('activeDeadlineSeconds');
  const priority = spec.at('priorityClassName');
  switch (scope) {
    case 'Terminating':
      return deadline.number() !== undefined;
    case 'NotTerminating':
      return deadline.missing;
    case 'NotBestEffort':
      return pod.containers.some(({ value }) => asks(value.at('resources')));
    case 'PriorityClass':
      if (priority.templated && !priority.missing) return false;
      if (operator === 'Exists') return true;
      return operator === 'In' && priority.text() !== undefined && values.includes(priority.text());
    case undefined:
    default:
      // Quotas for BestEffort pods can count nothing but pods.
      return false;
  }
}

const asks = (resources: Value): boolean =>
  ['requests', 'limits'].some((side) =>
    ['cpu', 'memory'].some((name) => (amountOf(resources.at(side, name)) ?? 0) > 0),
  );

function judge(
  container: Container,
  quota: Located,
  hard: Value,
  fields: readonly Field[],
  { report, located, around, version }: UnitContext<'refused' | 'quota'>,
): void {
  const missing = fields.filter(({ side, resource }) => !mayHave(container, side, resource, located, around, version));
  if (missing.length === 0) return;
  const { value } = container;
  const resources = value.at('resources');
  const text = missing.map(show).join(', ');
  const { kind, name } = located.resource;
  report({
    message: 'refused',
    at: resources.missing ? value.at('name') : resources,
    data: { quota: quota.resource.name ?? '…', fields: text, container: showName(container), kind, name: name ?? '…' },
    related: [{ located: quota, at: hard, message: 'quota' }],
    fixes: [add(container, missing, text), createRange(quota, missing)],
  });
}

const proposed = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } } as const;

function add({ value }: Container, missing: readonly Field[], fields: string): Fix {
  const tree: Record<string, Record<string, Plain>> = {};
  missing.forEach(({ side, resource }, index) => {
    // A limit has to be at least the request that stands there.
    const other = value.at('resources', side === 'limits' ? 'requests' : 'limits', resource).text();
    (tree[side] ??= {})[resource] = tabStop(index + 1, other ?? proposed[side][resource]);
  });
  return { class: 'template', title: 'add', data: { fields }, operations: setTree(value.at('resources'), tree) };
}

function createRange(quota: Located, missing: readonly Field[]): Fix {
  const of = (side: Side): Record<string, Plain> =>
    Object.fromEntries(
      missing
        .filter((field) => field.side === side)
        .map(({ resource }, index) => [
          resource,
          tabStop((side === 'limits' ? 3 : 1) + index, proposed[side][resource]),
        ]),
    );
  const requests = of('requests');
  const limits = of('limits');
  const item = {
    type: 'Container',
    ...(Object.keys(requests).length > 0 && { defaultRequest: requests }),
    ...(Object.keys(limits).length > 0 && { default: limits }),
  };
  const { namespace } = quota.resource;
  const metadata = { name: 'container-defaults', ...(namespace !== undefined && { namespace }) };
  return {
    class: 'template',
    title: 'range',
    target: quota,
    operations: [
      { op: 'document', value: { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [item] } } },
    ],
  };
}
