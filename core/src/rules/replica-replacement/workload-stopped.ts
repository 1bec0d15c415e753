import { declaredWithReplicas } from '../../kube/kinds.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { replicasOf } from '../../workspace/replicas.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'workload-stopped',
  capability: 'replica-replacement',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: [
    'apps/Deployment',
    'apps/StatefulSet',
    'argoproj.io/Rollout',
    'batch/CronJob',
    'batch/Job',
    declaredWithReplicas,
  ],
  needs: 'any',
  docs: {
    summary: 'A workload is switched off in its manifest.',
    why: 'With 0 replicas nothing runs and nothing is replaced; a paused rollout does not bring changes to the pods, the repairing ones neither; a suspended CronJob or Job starts nothing. Right after an incident that is often forgotten in the manifest.',
    exemptions:
      'Workloads that KEDA scales, since it takes them to zero by itself. Objects that an Argo Rollout takes its pod template from (workloadRef): the Rollout decides how many pods there are.',
    links: ['concepts/workloads/controllers/deployment#pausing-and-resuming-a-deployment'],
  },
  explains: [],
  aliases: ['popeye:500', 'popeye:1500'],
  messages: {
    zero: '{{kind}} "{{name}}" is set to 0 replicas: no pod of it runs, and Kubernetes starts none.',
    rejected: '{{kind}} "{{name}}" cannot have {{replicas}} replicas. The API server rejects it.',
    paused: '{{kind}} "{{name}}" is paused: changes of its pods, repairs among them, are not rolled out.',
    suspendedJob: 'Job "{{name}}" is suspended: it does not start, or its pods are removed, until it is resumed.',
    suspendedCronJob: 'CronJob "{{name}}" is suspended: it starts no run until it is resumed.',
  },
  titles: { one: 'Run one replica', resume: 'Go on: remove {{field}}' },
  visit: {
    resource(located, context) {
      const spec = located.resource.value.at('spec');
      const { kind } = located.resource;
      if (kind === 'Job' || kind === 'CronJob')
        judge(spec.at('suspend'), kind === 'Job' ? 'suspendedJob' : 'suspendedCronJob', 'suspend', context);
      else judgeReplicas(replicasOf(located.resource) ?? spec, context);
      if (kind === 'Deployment' || kind === 'Rollout') judge(spec.at('paused'), 'paused', 'paused', context);
    },
  },
});

type Messages = 'zero' | 'rejected' | 'paused' | 'suspendedJob' | 'suspendedCronJob';

function judge(at: Value, message: Messages, field: string, { report, located, around }: UnitContext<Messages>): void {
  if (at.boolean() !== true || around.patched(located, at)) return;
  const { kind, name } = located.resource;
  const fixes: Fix[] = [
    { class: 'review', title: 'resume', data: { field }, operations: [{ op: 'remove', path: at.path }] },
  ];
  report({ message, at, data: { kind, name: name ?? '…' }, fixes });
}

function judgeReplicas(at: Value, { report, located, around }: UnitContext<Messages>): void {
  const replicas = at.number();
  if (replicas === undefined || !(replicas <= 0) || around.patched(located, at)) return;
  if (
    around.hasUnknownAutoscaler(located) ||
    around.autoscalersOf(located).some(({ resource }) => resource.groupKind.startsWith('keda.sh/'))
  )
    return;
  const { kind, name } = located.resource;
  const fixes: Fix[] = [{ class: 'review', title: 'one', operations: [{ op: 'set', path: at.path, value: 1 }] }];
  const data = { kind, name: name ?? '…', replicas };
  if (replicas === 0) report({ message: 'zero', at, data, fixes });
  else report({ message: 'rejected', at, data, severity: 'error', fixes });
}
