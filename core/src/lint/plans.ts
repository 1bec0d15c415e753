/** Which rules look at an object, and with what settings. */
import { declaredWithReplicas } from '../kube/kinds.ts';
import type { Resource } from '../workspace/manifest.ts';
import type { SourceFile } from '../workspace/project.ts';
import type { Configuration, GlobMatcher } from './configuration.ts';
import { settingFor } from './configuration.ts';
import type { Rule, Severity } from './rule.ts';

/** What lint needs beside the project. */
export interface LintOptions {
  readonly rules: readonly Rule[];
  readonly configuration: Configuration;
  /** Path of a file relative to the configuration's folder, for globs. */
  relative(uri: string): string;
  readonly glob: GlobMatcher;
  /** A rule that throws is told here, once per rule and file; lint goes on without it. Tests let it throw. */
  onRuleError(rule: string, uri: string, error: unknown): void;
}

/** The rules that look at an object, with their settings. */
export interface Plan {
  readonly document: readonly Step[];
  readonly unit: readonly Step[];
}

/** A rule, with the settings that count for an object. */
export interface Step {
  readonly rule: Rule;
  readonly level: Severity;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Plans by what a rule's settings may depend on, made when they are first asked for. */
export function planner(options: LintOptions): (uri: string, resource: Resource) => Plan {
  const plans = new Map<string, Plan>();
  return (uri, resource) => {
    const overridden = options.configuration.overrides.length > 0;
    // Pods of one kind may run once or for good.
    const kind = `${resource.groupKind} ${resource.lifetime ?? ''}`;
    const key = overridden ? [uri, kind, resource.namespace, resource.name].join('\0') : kind;
    let plan = plans.get(key);
    if (!plan) {
      if (plans.size > 5000) plans.clear();
      plans.set(key, (plan = makePlan(options, uri, resource)));
    }
    return plan;
  };
}

function makePlan(options: LintOptions, uri: string, resource: Resource): Plan {
  const subject = {
    path: options.relative(uri),
    kind: resource.kind,
    namespace: resource.namespace,
    name: resource.name,
  };
  const steps = options.rules.flatMap((rule): Step[] => {
    if (!concerns(rule, resource)) return [];
    const { level, options: given } = settingFor(rule, options.configuration, subject, options.glob);
    return level === 'off' ? [] : [{ rule, level, options: given }];
  });
  return {
    document: steps.filter(({ rule }) => rule.scope === 'document'),
    unit: steps.filter(({ rule }) => rule.scope === 'unit'),
  };
}

function concerns(rule: Rule, resource: Resource): boolean {
  if (typeof rule.kinds !== 'string')
    return (
      rule.kinds.includes(resource.groupKind) ||
      (resource.declared?.replicas !== undefined && rule.kinds.includes(declaredWithReplicas))
    );
  if (resource.lifetime === undefined) return false;
  if (resource.custom && !rule.visit.container) return false;
  return rule.kinds === 'all' || resource.lifetime === 'long';
}

/** Whether a rule is on for a file, leaving out what is set for single objects. */
export function isOn(options: LintOptions, rule: Rule, file: SourceFile): boolean {
  const subject = { path: options.relative(file.uri), kind: undefined, namespace: undefined, name: undefined };
  return settingFor(rule, options.configuration, subject, options.glob).level !== 'off';
}
