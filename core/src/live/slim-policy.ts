/** Projections of what bounds and steers workloads: autoscalers, budgets, quotas, ranges, Services, metrics. */
import type {
  SlimAutoscaler,
  SlimBudget,
  SlimLimitRange,
  SlimMeta,
  SlimNodeMetrics,
  SlimPodMetrics,
  SlimQuota,
  SlimService,
  Usage,
} from './slim-types.ts';
import type { Json } from './read.ts';
import { array, compact, number, record, shortText, string } from './read.ts';
import { condition } from './slim-pod.ts';
import { parseQuantity } from '../kube/quantity.ts';
import { parseTime } from './time.ts';

/** Labels that must be equal; undefined where there are none. */
function labels(value: unknown): Readonly<Record<string, string>> | undefined {
  const found: [string, string][] = [];
  for (const [key, entry] of Object.entries(record(value))) if (typeof entry === 'string') found.push([key, entry]);
  return found.length === 0 ? undefined : Object.fromEntries(found.slice(0, 20));
}

export function slimService(meta: SlimMeta, raw: Json): SlimService {
  const spec = record(raw.spec);
  return compact<SlimService>({
    ...meta,
    resource: 'services',
    selector: labels(spec.selector),
    external: spec.type === 'ExternalName',
  });
}

export function slimAutoscaler(meta: SlimMeta, raw: Json): SlimAutoscaler {
  const [spec, status] = [record(raw.spec), record(raw.status)];
  const target = record(spec.scaleTargetRef);
  return compact<SlimAutoscaler>({
    ...meta,
    resource: 'horizontalpodautoscalers',
    target: {
      apiVersion: string(target.apiVersion) ?? '',
      kind: string(target.kind) ?? '',
      name: string(target.name) ?? '',
    },
    min: number(spec.minReplicas) ?? 1,
    max: number(spec.maxReplicas) ?? 0,
    current: number(status.currentReplicas) ?? 0,
    desired: number(status.desiredReplicas) ?? 0,
    lastScaled: parseTime(status.lastScaleTime),
    able: condition(status.conditions, 'AbleToScale', 'told'),
    active: condition(status.conditions, 'ScalingActive', 'told'),
    limited: condition(status.conditions, 'ScalingLimited'),
  });
}

export function slimBudget(meta: SlimMeta, raw: Json): SlimBudget {
  const status = record(raw.status);
  return compact<SlimBudget>({
    ...meta,
    resource: 'poddisruptionbudgets',
    allowed: number(status.disruptionsAllowed) ?? 0,
    healthy: number(status.currentHealthy) ?? 0,
    wanted: number(status.desiredHealthy) ?? 0,
    expected: number(status.expectedPods) ?? 0,
    selector: labels(record(record(raw.spec).selector).matchLabels),
  });
}

/** Objects of a quota or a range may hold any number of names; what a person reads fits into this. */
const nameLimit = 40;

function quantity(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : shortText(value, 40);
}

export function slimQuota(meta: SlimMeta, raw: Json): SlimQuota {
  const status = record(raw.status);
  const used = record(status.used);
  const limits = Object.entries(record(status.hard)).flatMap(([name, value]) => {
    const hard = quantity(value);
    return hard === undefined ? [] : [{ name, used: quantity(used[name]) ?? '0', hard }];
  });
  return { ...meta, resource: 'resourcequotas', limits: limits.slice(0, nameLimit) };
}

type Bound = SlimLimitRange['bounds'][number];

export function slimLimitRange(meta: SlimMeta, raw: Json): SlimLimitRange {
  const bounds: Bound[] = [];
  for (const entry of array(record(raw.spec).limits)) {
    const limit = record(entry);
    const type = string(limit.type);
    if (type !== 'Container' && type !== 'Pod') continue;
    const [min, max, preset] = [record(limit.min), record(limit.max), record(limit.default)];
    for (const name of new Set([...Object.keys(min), ...Object.keys(max), ...Object.keys(preset)])) {
      const bound = { min: quantity(min[name]), max: quantity(max[name]), preset: quantity(preset[name]) };
      bounds.push(compact<Bound>({ type, name, ...bound }));
    }
  }
  return { ...meta, resource: 'limitranges', bounds: bounds.slice(0, nameLimit) };
}

function usage(value: unknown): Usage {
  const found = record(value);
  const amount = (name: string): number | undefined => parseQuantity(quantity(found[name]) ?? '')?.amount;
  return compact<Usage>({ cpu: amount('cpu'), memory: amount('memory') });
}

export function slimPodMetrics(meta: SlimMeta, raw: Json): SlimPodMetrics {
  return compact<SlimPodMetrics>({
    ...meta,
    resource: 'podmetrics',
    at: parseTime(raw.timestamp),
    containers: array(raw.containers).flatMap((entry) => {
      const name = string(record(entry).name);
      return name === undefined ? [] : [{ name, ...usage(record(entry).usage) }];
    }),
  });
}

export function slimNodeMetrics(meta: SlimMeta, raw: Json): SlimNodeMetrics {
  return compact<SlimNodeMetrics>({
    ...meta,
    resource: 'nodemetrics',
    at: parseTime(raw.timestamp),
    usage: usage(raw.usage),
  });
}
