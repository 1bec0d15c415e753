import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import { isKeda, scaleTarget } from '../../workspace/scale-target.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { belongTogether } from '../../workspace/together.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'autoscalers-conflict',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject', 'autoscaling.k8s.io/VerticalPodAutoscaler'],
  needs: 'complete',
  docs: {
    summary: 'Two autoscalers work on the same workload against each other.',
    why: 'When two horizontal autoscalers have the same workload, both notice that they select the same pods (AmbiguousSelector) and stop reading metrics: only their limits still act, and no pod is added under load. A KEDA ScaledObject makes a horizontal autoscaler of its own. A vertical autoscaler that changes the CPU or memory requests that a horizontal one compares use with changes what the other sees: both react to each other.',
    exemptions:
      'Vertical autoscalers that only recommend or only act on new pods (updateMode Off, Initial); horizontal ones on other metrics; a ScaledObject that takes an autoscaler over (annotation scaledobject.keda.sh/transfer-hpa-ownership); the same autoscaler in several overlays, and autoscalers of other folders without a common namespace.',
    links: [
      'concepts/workloads/autoscaling/horizontal-pod-autoscale',
      'concepts/workloads/autoscaling/vertical-pod-autoscale',
    ],
  },
  explains: ['autoscaler-stuck/selector'],
  aliases: ['kyverno:prevent-duplicate-hpa'],
  messages: {
    horizontal:
      '{{otherKind}} "{{other}}" scales {{kind}} "{{name}}", too. Both see that they select the same pods (AmbiguousSelector) and stop reading metrics: no pod is added under any load.',
    vertical:
      'This autoscaler changes the {{resource}} requests of {{kind}} "{{name}}", and {{otherKind}} "{{other}}" compares use of {{resource}} with them: each reacts to the other instead of to the load.',
    other: 'This autoscaler has the same workload.',
  },
  titles: {
    off: 'Only recommend requests: updateMode Off',
    initial: 'Set requests of new pods only: updateMode Initial',
  },
  visit: {
    resource(located, context) {
      const target = scaleTarget(located.resource);
      if (!target || target.apiVersion === undefined || context.around.patched(located, target.ref)) return;
      const { kind, name, apiVersion } = target;
      const all = context.around
        .scalersAimedAt(located, kind, name, apiVersion)
        .filter((scaler) => belongTogether(located, scaler, context.around));
      const data = { kind, name };
      if (located.resource.kind === 'VerticalPodAutoscaler') judgeVertical(located, target.ref, all, data, context);
      else judgeHorizontal(located, target.ref, all, data, context);
    },
  },
});

type Messages = 'horizontal' | 'vertical' | 'other';

const related = (other: Located): { located: Located; at: Value; message: string } => ({
  located: other,
  at: other.resource.value.at('spec', 'scaleTargetRef'),
  message: 'other',
});

/** Of two that have the same workload, the later one is told. */
function judgeHorizontal(
  located: Located,
  ref: Value,
  all: readonly Located[],
  data: { kind: string; name: string },
  { report }: UnitContext<Messages>,
): void {
  const own = all.findIndex(({ resource }) => resource === located.resource);
  const other = all.slice(0, Math.max(own, 0)).find((scaler) => isAnother(scaler, located));
  if (!other || takesOver(located) || takesOver(other)) return;
  report({
    message: 'horizontal',
    at: ref,
    data: { ...data, otherKind: other.resource.kind, other: other.resource.name ?? '…' },
    severity: 'error',
    related: [related(other)],
  });
}

/** Another object, not the same once more; two of different kinds may share a name. */
const isAnother = ({ resource }: Located, than: Located): boolean =>
  resource.name !== undefined &&
  than.resource.name !== undefined &&
  (resource.name !== than.resource.name || resource.kind !== than.resource.kind);

const takesOver = ({ resource }: Located): boolean =>
  isKeda(resource) &&
  !resource.value.at('metadata', 'annotations', 'scaledobject.keda.sh/transfer-hpa-ownership').missing;

function judgeVertical(
  located: Located,
  ref: Value,
  all: readonly Located[],
  data: { kind: string; name: string },
  { report, around }: UnitContext<Messages>,
): void {
  const spec = located.resource.value.at('spec');
  const mode = spec.at('updatePolicy', 'updateMode');
  if (
    mode.unknown ||
    !/^(?:Auto|Recreate|InPlaceOrRecreate)$/.test(mode.text() ?? 'Auto') ||
    around.patched(located, mode)
  )
    return;
  const changed = changedBy(spec.at('resourcePolicy', 'containerPolicies'));
  for (const other of all) {
    const resource = comparedBy(other, around).find((name) => changed.includes(name));
    if (resource === undefined) continue;
    const set = (title: string, value: string): Fix => ({
      class: 'review',
      title,
      operations: [{ op: 'set', path: mode.path, value }],
    });
    report({
      message: 'vertical',
      at: ref,
      data: { ...data, resource, otherKind: other.resource.kind, other: other.resource.name ?? '…' },
      related: [related(other)],
      fixes: [set('off', 'Off'), set('initial', 'Initial')],
    });
    return;
  }
}

/** Resources that a vertical autoscaler changes in some container: both, unless its policies say otherwise. */
function changedBy(policies: Value): readonly string[] {
  if (policies.open) return [];
  const active = policies.items().filter((policy) => policy.at('mode').missing || policy.at('mode').text() === 'Auto');
  if (policies.items().length === 0) return ['cpu', 'memory'];
  // Containers that no policy names are changed, unless one speaks of all of them.
  const rest = policies.items().some((policy) => (policy.at('containerName').text() ?? '*') === '*')
    ? []
    : ['cpu', 'memory'];
  return [
    ...rest,
    ...active.flatMap((policy) =>
      policy.at('controlledResources').missing
        ? ['cpu', 'memory']
        : policy
            .at('controlledResources')
            .items()
            .flatMap((item) => item.text() ?? []),
    ),
  ];
}

/** Resources whose use a horizontal autoscaler compares with requests. */
function comparedBy(scaler: Located, around: Surroundings): readonly string[] {
  const spec = scaler.resource.value.at('spec');
  if (isKeda(scaler.resource)) {
    const triggers = spec
      .at('triggers')
      .items()
      .filter((trigger) => !['AverageValue', 'Value'].includes(trigger.at('metricType').text() ?? ''));
    return triggers
      .flatMap((trigger) => trigger.at('type').text() ?? [])
      .filter((type) => type === 'cpu' || type === 'memory');
  }
  const metrics = spec.at('metrics');
  if (around.patched(scaler, metrics) || metrics.open || spec.open) return [];
  if (metrics.items().length === 0) return ['cpu'];
  return metrics.items().flatMap((item) => {
    const source = item.at(item.at('type').text() === 'ContainerResource' ? 'containerResource' : 'resource');
    return source.at('target', 'type').text() === 'Utilization' || !source.at('targetAverageUtilization').missing
      ? (source.at('name').text() ?? [])
      : [];
  });
}
