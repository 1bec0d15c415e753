import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { PodTemplate } from '../../kube/pod.ts';
import { nearest } from '../../text/nearest.ts';
import { jobKinds, jobSpec } from '../../workspace/jobs.ts';
import type { Operation } from '../../yaml/edit.ts';
import type { Plain } from '../../yaml/plain.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'job-failure-policy-invalid',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: jobKinds,
  needs: 'complete',
  docs: {
    summary: 'The failure or success policy of a Job contradicts itself.',
    why: 'A pod failure policy works on pods that failed, and those exist only where containers are not restarted in place; limits per index need a Job with indexes; exit code 0 is no failure. The API server checks most of these combinations and rejects the Job. One it takes: backoffLimitPerIndex with restartPolicy OnFailure, where the container restarts in place for ever and no index ever fails.',
    links: [
      'concepts/workloads/controllers/job#pod-failure-policy',
      'concepts/workloads/controllers/job#backoff-limit-per-index',
      'concepts/workloads/controllers/job#pod-replacement-policy',
    ],
  },
  explains: ['job-failed/pod-failure-policy', 'job-failed/indexes'],
  aliases: [],
  messages: {
    restartPolicy:
      'A pod failure policy needs pods with restartPolicy Never, these have {{policy}}. The API server rejects this {{kind}}, so it never runs.',
    replacement:
      'With a pod failure policy, podReplacementPolicy can only be Failed. The API server rejects this {{kind}}, so it never runs.',
    indexed: '{{field}} needs completionMode Indexed. The API server rejects this {{kind}}, so it never runs.',
    completions: 'completionMode Indexed needs completions. The API server rejects this {{kind}}, so it never runs.',
    perIndex: '{{field}} needs backoffLimitPerIndex. The API server rejects this {{kind}}, so it never runs.',
    aboveCompletions:
      'maxFailedIndexes is {{failed}}, but there are only {{completions}} indexes. The API server rejects this {{kind}}, so it never runs.',
    noRules: 'A success policy needs at least one rule. The API server rejects this {{kind}}, so it never runs.',
    exitCodeZero:
      'Exit code 0 is success and cannot be in a failure rule with operator In. The API server rejects this {{kind}}, so it never runs.',
    exitCodeOrder:
      'Exit codes have to be in ascending order, each once. The API server rejects this {{kind}}, so it never runs.',
    condition:
      'A rule of a pod failure policy needs either onExitCodes or onPodConditions. The API server rejects this {{kind}}, so it never runs.',
    container:
      'The pods of this {{kind}} have no container "{{container}}". The API server rejects it, so it never runs.',
    neverFails:
      'backoffLimitPerIndex {{limit}} has no effect with restartPolicy {{policy}}: a failing container is restarted in place, so no index ever fails and the {{kind}} never ends.',
  },
  titles: {
    Never: 'Set restartPolicy to Never',
    NeverLater: 'Set restartPolicy to Never (the pods of a Job cannot be changed once it exists)',
    Failed: 'Set podReplacementPolicy to Failed',
    Indexed: 'Set completionMode to Indexed',
    IndexedCount: 'Set completionMode to Indexed, and completions',
    completions: 'Set completions',
    perIndex: 'Set backoffLimitPerIndex',
    FailJob: 'Fail the whole Job: action FailJob',
    lower: 'Set maxFailedIndexes to {{completions}}',
    removeSuccess: 'Remove successPolicy',
    exitCodes: 'Use the exit codes {{codes}}',
    container: 'Name container "{{container}}"',
  },
  visit: {
    pod(pod, context) {
      const spec = jobSpec(context.located);
      if (
        !spec.isMap ||
        ['backoffLimitPerIndex', 'podFailurePolicy', 'successPolicy', 'completionMode'].every(
          (key) => !spec.has(key) && !spec.has('maxFailedIndexes'),
        )
      )
        return;
      if (
        context.around.patched(context.located, spec.at('podFailurePolicy')) ||
        context.around.patched(context.located, spec.at('completionMode'))
      )
        return;
      judgeRestarts(spec, pod, context);
      judgeIndexes(spec, context);
      spec
        .at('podFailurePolicy', 'rules')
        .items()
        .forEach((rule) => judgeRule(rule, spec, pod, context));
    },
  },
});

type Messages =
  | 'restartPolicy'
  | 'replacement'
  | 'indexed'
  | 'completions'
  | 'perIndex'
  | 'aboveCompletions'
  | 'noRules'
  | 'exitCodeZero'
  | 'exitCodeOrder'
  | 'condition'
  | 'container'
  | 'neverFails';
type JobContext = UnitContext<Messages>;

const set = (path: Value['path'], value: Plain): Operation => ({ op: 'set', path, value });

/** restartPolicy Always, written or not, is the business of job-restart-policy-invalid. */
function judgeRestarts(spec: Value, pod: PodTemplate, { report, located }: JobContext): void {
  const { kind } = located.resource;
  const policy = pod.spec.at('restartPolicy');
  const failure = spec.at('podFailurePolicy');
  const data = { kind, policy: policy.text() ?? '' };
  if (policy.text() === 'OnFailure' && failure.exists) {
    report({
      message: 'restartPolicy',
      at: policy,
      data,
      fixes: [{ class: 'safe', title: 'Never', operations: [set(policy.path, 'Never')] }],
    });
  } else if (
    policy.text() === 'OnFailure' &&
    failure.missing &&
    spec.at('backoffLimitPerIndex').number() !== undefined
  ) {
    const title = kind === 'Job' ? 'NeverLater' : 'Never';
    const limit = spec.at('backoffLimitPerIndex');
    const fixes: Fix[] = [
      { class: kind === 'Job' ? 'review' : 'safe', title, operations: [set(policy.path, 'Never')] },
    ];
    report({
      message: 'neverFails',
      at: limit,
      data: { ...data, limit: limit.number() ?? 0 },
      severity: 'warning',
      fixes,
    });
  }
  const replacement = spec.at('podReplacementPolicy');
  if (failure.exists && replacement.text() === 'TerminatingOrFailed')
    report({
      message: 'replacement',
      at: replacement,
      data: { kind },
      fixes: [{ class: 'safe', title: 'Failed', operations: [set(replacement.path, 'Failed')] }],
    });
}

function judgeIndexes(spec: Value, { report, located }: JobContext): void {
  const { kind } = located.resource;
  const mode = spec.at('completionMode');
  const completions = spec.at('completions');
  const perIndex = spec.at('backoffLimitPerIndex');
  const failed = spec.at('maxFailedIndexes');
  if (!mode.templated || mode.missing) {
    const field =
      mode.text() === 'Indexed'
        ? undefined
        : ['backoffLimitPerIndex', 'successPolicy'].find((name) => spec.at(name).exists);
    if (field !== undefined) {
      const operations = [set(mode.path, 'Indexed')];
      const fix: Fix = completions.missing
        ? {
            class: 'template',
            title: 'IndexedCount',
            operations: [...operations, set(completions.path, tabStop(1, 1))],
          }
        : { class: 'safe', title: 'Indexed', operations };
      report({ message: 'indexed', at: spec.at(field), data: { kind, field }, fixes: [fix] });
    }
  }
  // A Job without either gets one index; inside a CronJob nothing is filled in.
  if (mode.text() === 'Indexed' && completions.missing && (kind === 'CronJob' || !spec.at('parallelism').missing))
    report({
      message: 'completions',
      at: mode,
      data: { kind },
      fixes: [{ class: 'template', title: 'completions', operations: [set(completions.path, tabStop(1, 1))] }],
    });
  if (failed.exists && perIndex.missing)
    report({
      message: 'perIndex',
      at: failed,
      data: { kind, field: 'maxFailedIndexes' },
      fixes: [needPerIndex(perIndex)],
    });
  const [limit, count] = [failed.number(), completions.number()];
  if (limit !== undefined && count !== undefined && limit > count) {
    const data = { kind, failed: limit, completions: count };
    report({
      message: 'aboveCompletions',
      at: failed,
      data,
      fixes: [{ class: 'review', title: 'lower', data, operations: [set(failed.path, count)] }],
    });
  }
  const success = spec.at('successPolicy');
  const rules = success.at('rules');
  if (success.exists && !rules.open && rules.items().length === 0)
    report({
      message: 'noRules',
      at: success,
      data: { kind },
      fixes: [{ class: 'review', title: 'removeSuccess', operations: [{ op: 'remove', path: success.path }] }],
    });
}

const needPerIndex = (perIndex: Value): Fix => ({
  class: 'template',
  title: 'perIndex',
  operations: [set(perIndex.path, tabStop(1, 1))],
});

function judgeRule(rule: Value, spec: Value, pod: PodTemplate, { report, located }: JobContext): void {
  const { kind } = located.resource;
  const codes = rule.at('onExitCodes');
  const conditions = rule.at('onPodConditions');
  if (rule.open) return;
  const stated = conditions.exists && (conditions.open || conditions.items().length > 0);
  if (!codes.unknown && !conditions.unknown && codes.exists === stated)
    report({ message: 'condition', at: rule, data: { kind } });
  const action = rule.at('action');
  if (action.text() === 'FailIndex' && spec.at('backoffLimitPerIndex').missing)
    report({
      message: 'perIndex',
      at: action,
      data: { kind, field: 'FailIndex' },
      fixes: [{ class: 'review', title: 'FailJob', operations: [set(action.path, 'FailJob')] }],
    });
  if (codes.exists) judgeExitCodes(codes, kind, report);
  const container = codes.at('containerName');
  const name = container.text();
  const names = pod.containers.map((candidate) => candidate.name);
  if (
    name === undefined ||
    names.includes(name) ||
    names.includes(undefined) ||
    pod.spec.at('containers').open ||
    pod.spec.at('initContainers').open
  )
    return;
  const other = nearest(name, names as string[]) ?? (names.length === 1 ? names[0] : undefined);
  const fixes: Fix[] =
    other === undefined
      ? []
      : [{ class: 'review', title: 'container', data: { container: other }, operations: [set(container.path, other)] }];
  report({ message: 'container', at: container, data: { kind, container: name }, fixes });
}

function judgeExitCodes(codes: Value, kind: string, report: JobContext['report']): void {
  const values = codes.at('values');
  const numbers = values.items().map((item) => item.number());
  if (values.open || numbers.includes(undefined)) return;
  const known = numbers as number[];
  const fixed = [...new Set(known)].sort((a, b) => a - b);
  const operator = codes.at('operator').text();
  const zero = operator === 'In' && known.includes(0);
  const wanted = zero ? fixed.filter((code) => code !== 0) : fixed;
  const ordered = known.every((code, index) => index === 0 || code > (known[index - 1] ?? 0));
  if (!zero && ordered) return;
  const fixes: Fix[] =
    wanted.length === 0
      ? []
      : [
          {
            class: 'review',
            title: 'exitCodes',
            data: { codes: wanted.join(', ') },
            operations: [set(values.path, wanted)],
          },
        ];
  report({ message: zero ? 'exitCodeZero' : 'exitCodeOrder', at: values, data: { kind }, fixes });
}
