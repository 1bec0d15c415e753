import { groupOf } from '../../kube/kinds.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { evidenceOf, levelFor } from '../../workspace/evidence.ts';
import { nearMiss } from '../../workspace/named.ts';
import type { Located } from '../../workspace/project.ts';
import type { ScaleTarget } from '../../workspace/scale-target.ts';
import { scalableGroup, scalableKinds, scaleTarget } from '../../workspace/scale-target.ts';

export default defineRule({
  id: 'hpa-target-unknown',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject', 'autoscaling.k8s.io/VerticalPodAutoscaler'],
  needs: 'complete',
  docs: {
    summary: 'An autoscaler scales a workload that does not exist, or that cannot be scaled.',
    why: 'An autoscaler finds its workload by API group, kind and name. If there is none, the workload that was meant keeps its number of replicas however high the load is; only the status of the autoscaler tells (FailedGetScale). The API server does not check the target. The version behind the group does not count.',
    exemptions:
      'Kinds we do not know; names that template text fills in; kustomizations that build on files from elsewhere. A hint where the folder shows no workload of that kind in the namespace.',
    links: ['concepts/workloads/autoscaling/horizontal-pod-autoscale'],
  },
  explains: ['autoscaler-stuck/target'],
  aliases: [
    'kube-linter:dangling-horizontalpodautoscaler',
    'kube-score:horizontalpodautoscaler-has-target',
    'kubescape:C-0300',
    'popeye:600',
    'kics:2f652c42-619d-4361-b361-9f599688f8ca',
  ],
  messages: {
    none: 'There is no {{target}} "{{name}}" here, so this autoscaler scales nothing: the workload that was meant keeps its number of replicas under any load.',
    near: 'There is no {{target}} "{{name}}" here, so this autoscaler scales nothing. "{{candidate}}" comes close.',
    otherKind:
      'There is no {{target}} "{{name}}" here, but a {{candidateKind}} of that name: this autoscaler scales nothing.',
    unseen:
      'No {{target}} of this namespace is to be seen here; if there is none called "{{name}}", this autoscaler scales nothing.',
    group:
      'A {{target}} belongs to the API group "{{group}}", and this names apiVersion "{{written}}": the autoscaler does not find its workload and scales nothing.',
    noGroup:
      'A {{target}} belongs to the API group "{{group}}". Without apiVersion the autoscaler looks in the core group, does not find its workload and scales nothing.',
    version:
      'The version in "{{written}}" is gone; autoscalers look at the group only, so this one works. "{{apiVersion}}" says what is meant.',
    unscalable: 'A {{target}} has no number of replicas that could be changed, so this autoscaler scales nothing.',
  },
  titles: {
    near: 'Scale "{{candidate}}"',
    otherKind: 'Scale {{candidateKind}} "{{name}}"',
    apiVersion: 'Write apiVersion: {{apiVersion}}',
  },
  visit: {
    resource(located, context) {
      const target = scaleTarget(located.resource);
      if (!target || context.around.patched(located, target.ref)) return;
      const vertical = located.resource.kind === 'VerticalPodAutoscaler';
      if (!vertical && unscalable.has(target.kind)) {
        context.report({
          message: 'unscalable',
          at: target.ref.at('kind'),
          data: { target: target.kind },
          severity: 'error',
        });
      } else if (!judgeGroup(target, context)) judgeName(located, target, context);
    },
  },
});

type Messages = 'none' | 'near' | 'otherKind' | 'unseen' | 'group' | 'noGroup' | 'version' | 'unscalable';

const unscalable: ReadonlySet<string> = new Set(['DaemonSet', 'Job', 'CronJob', 'Pod', 'Service']);

/** Groups in which the built-in kinds once were or never are; another one is a kind of its own. */
const confused: ReadonlySet<string> = new Set(['', 'apps', 'extensions', 'autoscaling', 'v1']);

/** Whether the API group is wrong, which is then all there is to say. */
function judgeGroup({ ref, kind, apiVersion }: ScaleTarget, { report }: UnitContext<Messages>): boolean {
  const group = scalableGroup(kind);
  const written = apiVersion === undefined ? { group: '', version: '' } : groupOf(apiVersion);
  if (group === undefined || ref.at('apiVersion').unknown || !confused.has(written.group)) return false;
  const wanted = group === 'apps' ? 'apps/v1' : group === '' ? 'v1' : undefined;
  const fixes: Fix[] =
    wanted === undefined
      ? []
      : [
          {
            class: 'safe',
            title: 'apiVersion',
            data: { apiVersion: wanted },
            operations: [{ op: 'set', path: ref.at('apiVersion').path, value: wanted }],
          },
        ];
  const at = ref.at('apiVersion').missing ? ref : ref.at('apiVersion');
  const data = { target: kind, group, written: apiVersion ?? '', apiVersion: wanted ?? '' };
  if (written.group !== group) {
    report({ message: apiVersion === undefined ? 'noGroup' : 'group', at, data, severity: 'error', fixes });
    return true;
  }
  if (wanted !== undefined && apiVersion !== wanted) report({ message: 'version', at, data, severity: 'info', fixes });
  return false;
}

function judgeName(
  located: Located,
  { ref, kind, name }: ScaleTarget,
  { report, around }: UnitContext<Messages>,
): void {
  const group = scalableGroup(kind);
  const groupKind = `${group}/${kind}`;
  const at = ref.at('name');
  if (
    group === undefined ||
    groupOf(ref.at('apiVersion').text() ?? `${group}/`).group !== group ||
    around.mayExist(located, groupKind, name)
  )
    return;
  if (around.made(located).some(({ remote }) => remote) || around.hidesWorkloadName(located)) return;
  const data = { target: kind, name };
  const other = scalableKinds
    .map((each) => around.namedInUnit(located, each, name))
    .find((object) => object?.resource.name === name);
  if (other) {
    const { kind: candidateKind, apiVersion } = other.resource;
    const operations = [
      { op: 'set', path: ref.at('apiVersion').path, value: apiVersion },
      { op: 'set', path: ref.at('kind').path, value: candidateKind },
    ] as const;
    report({
      message: 'otherKind',
      at: ref.at('kind').missing ? at : ref.at('kind'),
      data: { ...data, candidateKind },
      fixes: [{ class: 'review', title: 'otherKind', data: { candidateKind, name }, operations }],
    });
    return;
  }
  const candidate = nearMiss(
    name,
    around.anywhere(located, groupKind).flatMap(({ resource }) => resource.name ?? []),
  );
  if (candidate !== undefined) {
    report({
      message: 'near',
      at,
      data: { ...data, candidate },
      fixes: [
        {
          class: 'review',
          title: 'near',
          data: { candidate },
          operations: [{ op: 'set', path: at.path, value: candidate }],
        },
      ],
    });
    return;
  }
  const evidence = evidenceOf(located, around, [groupKind], false);
  report({ message: evidence === 'unseen' ? 'unseen' : 'none', at, data, ...levelFor(evidence) });
}
