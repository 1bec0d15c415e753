import type { Level, RuleSetting } from './configuration.ts';
import type { Rule } from './rule.ts';

/** Presets that choose by tier and severity; each has all that the one before it has. */
export const ownPresets = ['minimal', 'recommended', 'strict'] as const;

/** Linters whose counts a preset of that name reproduces. */
export const parityPresets = ['kube-linter', 'kube-score', 'polaris'] as const;

/** Every name that `extends` may have. */
export const presets = [...ownPresets, ...parityPresets] as const;

export type Preset = (typeof presets)[number];
type Parity = (typeof parityPresets)[number];

const isParity = (preset: Preset): preset is Parity => parityPresets.some((name) => name === preset);

/** Options that the other linters' counts need where they differ from ours, by rule. */
const thresholds: Readonly<Record<Parity, Readonly<Record<string, RuleSetting['options']>>>> = {
  'kube-linter': {
    'single-replica': { minReplicas: 3 },
    'hpa-min-replicas': { minReplicas: 3 },
    'readiness-probe-missing': { everyContainer: true },
  },
  'kube-score': { 'single-replica': { minReplicas: 2 }, 'hpa-min-replicas': { minReplicas: 2 } },
  polaris: {
    'single-replica': { minReplicas: 2 },
    'hpa-min-replicas': { minReplicas: 2 },
    'readiness-probe-missing': { everyContainer: true },
  },
};

/** Rules that say once for a pod what others say for each of its containers; the other linters count containers. */
const summaries: ReadonlySet<string> = new Set(['best-effort-pod']);

/** Level and options that a preset gives a rule. */
export function presetSetting(
  rule: Rule,
  preset: Preset,
): { readonly level: Level; readonly options: NonNullable<RuleSetting['options']> } {
  if (!isParity(preset)) return { level: ownLevel(rule, preset), options: {} };
  const mapped = !summaries.has(rule.id) && rule.aliases.some((alias) => alias.startsWith(`${preset}:`));
  return { level: mapped ? rule.severity : 'off', options: thresholds[preset][rule.id] ?? {} };
}

function ownLevel(rule: Rule, preset: (typeof ownPresets)[number]): Level {
  if (rule.tier === 3) return 'off';
  if (preset === 'strict') return rule.severity;
  if (preset === 'minimal') return rule.tier === 1 && rule.severity === 'error' ? rule.severity : 'off';
  return rule.tier === 1 || rule.severity === 'warning' || rule.severity === 'error' ? rule.severity : 'off';
}

/** Whether of several findings with one cause only the most telling is reported; the other linters report them all. */
export const joinsCauses = (preset: Preset): boolean => !isParity(preset);
