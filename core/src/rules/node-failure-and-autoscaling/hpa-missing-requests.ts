import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import { mayHave } from '../../workspace/resources.ts';
import { targetOf } from '../../workspace/scale-target.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'hpa-missing-requests',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['autoscaling/HorizontalPodAutoscaler'],
  needs: 'complete',
  docs: {
    summary: 'An autoscaler compares use with requests, and a container has no request.',
    why: 'A target of type Utilization is a percentage of what the containers of a pod request. If one of them requests nothing, the percentage cannot be computed: the autoscaler takes no action for that metric, and the workload keeps its number of replicas under any load. An autoscaler without metrics compares CPU (80% by default).',
    exemptions:
      'Workloads that are not seen here; containers that get a request from their limit, from the pod as a whole (Kubernetes 1.34) or from a LimitRange of the namespace; plain init containers; targets of type AverageValue; metrics that template text fills in.',
    links: ['concepts/workloads/autoscaling/horizontal-pod-autoscale#how-does-a-horizontalpodautoscaler-work'],
  },
  explains: ['autoscaler-stuck/missing-request'],
  aliases: [],
  messages: {
    none: 'This autoscaler compares use of {{resource}} with the requests of its pods, but container "{{container}}" of {{kind}} "{{workload}}" requests none: it takes no action, and no pod is added under any load.',
    partly:
      'This metric compares use of {{resource}} with the requests of the pods, but container "{{container}}" of {{kind}} "{{workload}}" requests none: the metric fails, and while it does the autoscaler never takes a pod away.',
    container: 'This container requests no {{resource}}.',
  },
  titles: { request: 'Request {{resource}} in {{count}} container(s) of "{{workload}}"' },
  visit: {
    resource(located, context) {
      const metrics = metricsOf(located.resource.value, context);
      const workload = metrics.length > 0 ? targetOf(located, context.around) : undefined;
      if (!workload?.resource.pod) return;
      for (const metric of metrics) judge(metric, metrics.length + othersOf(located) > 1, workload, context);
    },
  },
});

interface Metric {
  readonly resource: 'cpu' | 'memory';
  readonly at: Value;
  /** The only container that counts; undefined: all of them. */
  readonly container: string | undefined;
}

/** Metrics that are a percentage of requests; without any, the default of 80% CPU. */
function metricsOf(
  object: Value,
  { located, around }: UnitContext<'none' | 'partly' | 'container'>,
): readonly Metric[] {
  const spec = object.at('spec');
  const metrics = spec.at('metrics');
  if (spec.missing || spec.open || metrics.open || around.patched(located, metrics)) return [];
  if (located.resource.apiVersion === 'autoscaling/v1') {
    const percent = spec.at('targetCPUUtilizationPercentage');
    return percent.unknown ? [] : [{ resource: 'cpu', at: percent, container: undefined }];
  }
  if (metrics.items().length === 0)
    return [{ resource: 'cpu', at: metrics.missing ? spec : metrics, container: undefined }];
  return metrics.items().flatMap((item): Metric[] => {
    const whole = item.at('type').text() === 'ContainerResource';
    const source = item.at(whole ? 'containerResource' : 'resource');
    const name = source.at('name').text();
    const utilization =
      source.at('target', 'type').text() === 'Utilization' || !source.at('targetAverageUtilization').missing;
    if (source.missing || !utilization || (name !== 'cpu' && name !== 'memory')) return [];
    const container = source.at('container').text();
    return whole && container === undefined
      ? []
      : [{ resource: name, at: source.at('name'), container: whole ? container : undefined }];
  });
}

/** Metrics of other kinds, which still work. */
const othersOf = ({ resource }: Located): number =>
  resource.value
    .at('spec', 'metrics')
    .items()
    .filter((item) => !['Resource', 'ContainerResource'].includes(item.at('type').text() ?? '')).length;

function judge(
  { resource, at, container: only }: Metric,
  others: boolean,
  workload: Located,
  { report, around, version }: UnitContext<'none' | 'partly' | 'container'>,
): void {
  const { pod, kind, name } = workload.resource;
  const containers = (pod?.containers ?? []).filter(
    (container) => container.role !== 'init' && (only === undefined || container.name === only),
  );
  const lacking = containers.filter(
    (container) => !mayHave(container, 'requests', resource, workload, around, version),
  );
  const [first] = lacking;
  if (!first || (pod?.spec.at('containers').open ?? true)) return;
  const data = { resource, container: showName(first), kind, workload: name ?? '…' };
  report({
    message: others ? 'partly' : 'none',
    at,
    data,
    related: lacking.map((container) => ({
      located: workload,
      at: container.value,
      message: 'container',
      data: { resource },
    })),
    fixes: [fix(lacking, resource, workload)],
  });
}

function fix(lacking: readonly Container[], resource: 'cpu' | 'memory', workload: Located): Fix {
  return {
    class: 'template',
    title: 'request',
    data: { resource, count: lacking.length, workload: workload.resource.name ?? '…' },
    target: workload,
    operations: lacking.map(({ value }, index) => ({
      op: 'set',
      path: [...value.path, 'resources', 'requests', resource],
      value: tabStop(index + 1, resource === 'cpu' ? '100m' : '128Mi'),
    })),
  };
}
