import { defineCause } from '../cause.ts';
import type { RootCauseClass } from '../view.ts';

/** Messages of the HorizontalPodAutoscaler controller (`pkg/controller/podautoscaler`), the surest first. */
const reasons: readonly (readonly [reason: string, rootCause: RootCauseClass, pattern: RegExp])[] = [
  ['missing-request', 'configuration', /missing request for (?<resource>\S+)/],
  ['selector', 'configuration', /selector/i],
  [
    'target',
    'configuration',
    /the HPA controller was unable to (?:get|update) the target's current scale|not found.*scale/i,
  ],
  ['no-metrics', 'configuration', /metric/i],
];

/** An autoscaler cannot find out how many replicas are needed, or cannot ask for them. */
export const autoscalerStuck = defineCause({
  about: 'autoscaler',
  ids: [...reasons.map(([reason]) => reason), 'other'].map((reason) => `autoscaler-stuck/${reason}`),
  match({ autoscaler }) {
    const { able, active } = autoscaler;
    const stuck = [able, active].find((entry) => entry?.status === 'False' && entry.reason !== 'ScalingDisabled');
    if (stuck === undefined) return undefined;
    const text = stuck.message ?? stuck.reason ?? '';
    const found = reasons.find(([, , pattern]) => pattern.test(text) || pattern.test(stuck.reason ?? ''));
    const resource = reasons[0]?.[2].exec(text)?.groups?.['resource'] ?? '';
    return {
      cause: `autoscaler-stuck/${found?.[0] ?? 'other'}`,
      rootCause: found?.[1] ?? 'unknown',
      confidence: found === undefined ? 0.5 : 0.9,
      data: { autoscaler: autoscaler.name, target: autoscaler.target.name, resource, detail: text.slice(0, 200) },
      fingerprint: stuck.reason ?? 'other',
    };
  },
});

/** An autoscaler wants more replicas than it may have. */
export const autoscalerLimited = defineCause({
  about: 'autoscaler',
  ids: ['autoscaler-limited/maximum'],
  match({ autoscaler }) {
    const { limited, max, target, name } = autoscaler;
    if (limited?.status !== 'True' || limited.reason !== 'TooManyReplicas') return undefined;
    return {
      cause: 'autoscaler-limited/maximum',
      rootCause: 'resources',
      confidence: 0.9,
      data: { autoscaler: name, target: target.name, max },
      fingerprint: `max:${max}`,
    };
  },
});
