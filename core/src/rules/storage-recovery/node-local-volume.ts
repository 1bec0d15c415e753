import type { UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isNodeLocal } from '../../kube/storage.ts';
import { claimTemplates } from '../../kube/volumes.ts';
import type { Located } from '../../workspace/project.ts';
import { effectiveReplicas } from '../../workspace/replicas.ts';
import { className, provisionerOf, usersOf } from '../../workspace/storage-classes.ts';

export default defineRule({
  id: 'node-local-volume',
  capability: 'storage-recovery',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/PersistentVolume', '/PersistentVolumeClaim', 'apps/StatefulSet'],
  needs: 'complete',
  docs: {
    summary: 'A volume lives on one node, and its only pod cannot run anywhere else.',
    why: 'Local volumes are fast, but they die with their node, and until then they hold their pod there: when the node is drained or fails, the pod stays Pending until the node is back. Only an application that keeps copies on other nodes can bear that.',
    exemptions:
      'Workloads with more than one replica, which are taken to copy their data. StorageClasses by themselves: the finding stands at the claim that uses one.',
    links: ['concepts/storage/volumes#local', 'concepts/storage/storage-classes#local'],
  },
  explains: [
    'pod-lost/node',
    'unschedulable/volume',
    'unschedulable/cordoned',
    'node-not-ready/kubelet-stopped',
    'node-not-ready/kubelet-reports',
  ],
  aliases: [],
  messages: {
    volume:
      'PersistentVolume "{{name}}" is a folder or disk of one node ({{source}}): when that node is drained or fails, the pod that uses it cannot start anywhere else.',
    claim:
      'Volumes of class "{{class}}" ({{provisioner}}) stay on one node, and {{kind}} "{{workload}}" runs a single pod on claim "{{name}}": when the node is drained or fails, the pod stays Pending until it is back.',
    template:
      'Volumes of class "{{class}}" ({{provisioner}}) stay on one node, and StatefulSet "{{workload}}" runs a single pod: when the node is drained or fails, the pod stays Pending until it is back.',
    affinity:
      'PersistentVolume "{{name}}" is local, but has no nodeAffinity to say on which node. The API server rejects it.',
  },
  visit: {
    resource(located, context) {
      const { kind } = located.resource;
      if (kind === 'PersistentVolume') judgeVolume(located, context);
      else if (kind === 'StatefulSet') judgeTemplates(located, context);
      else judgeClaim(located, context);
    },
  },
});

type Context = UnitContext<'volume' | 'claim' | 'template' | 'affinity'>;

function judgeVolume({ resource }: Located, { report }: Context): void {
  const spec = resource.value.at('spec');
  const source = ['local', 'hostPath'].find((key) => spec.at(key).exists);
  if (source === undefined) return;
  const data = { name: resource.name ?? '…', source };
  if (source === 'local' && spec.at('nodeAffinity').missing)
    report({ message: 'affinity', at: spec.at(source), data, severity: 'error' });
  else report({ message: 'volume', at: spec.at(source), data });
}

function judgeTemplates(located: Located, { report, around }: Context): void {
  if (effectiveReplicas(located, around)?.count !== 1) return;
  for (const template of claimTemplates(located.resource.value)) {
    const provisioner = provisionerOf(template.value, around);
    const name = className(template.value);
    if (
      provisioner === undefined ||
      name === undefined ||
      !isNodeLocal(provisioner) ||
      around.patched(located, template.spec)
    )
      continue;
    report({
      message: 'template',
      at: template.spec.at('storageClassName'),
      data: { class: name, provisioner, workload: located.resource.name ?? '…' },
    });
  }
}

function judgeClaim(located: Located, { report, around }: Context): void {
  const { value } = located.resource;
  const provisioner = provisionerOf(value, around);
  const name = className(value);
  if (provisioner === undefined || name === undefined || !isNodeLocal(provisioner)) return;
  const user = usersOf(located, around).find(
    (workload) => workload.resource.lifetime === 'long' && effectiveReplicas(workload, around)?.count === 1,
  );
  if (!user || around.patched(located, value.at('spec', 'storageClassName'))) return;
  const { kind, name: workload } = user.resource;
  report({
    message: 'claim',
    at: value.at('spec', 'storageClassName'),
    data: { class: name, provisioner, kind, workload: workload ?? '…', name: located.resource.name ?? '…' },
  });
}
