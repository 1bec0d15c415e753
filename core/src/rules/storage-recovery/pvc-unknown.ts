import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { claimTemplates, volumesOf } from '../../kube/volumes.ts';
import { seek } from '../../workspace/sought.ts';
import { levelFor } from '../../workspace/evidence.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'pvc-unknown',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A pod mounts a PersistentVolumeClaim that does not exist.',
    why: 'A pod whose claim is missing is not scheduled: it stays Pending until someone creates the claim. So does every pod that is to replace it.',
    exemptions:
      'Claims that a StatefulSet makes from its templates (template-statefulset-0), names that template text fills in, names in known.objects. A hint where neither another claim of the namespace nor a similar name is to be seen.',
    links: ['concepts/storage/persistent-volumes#claims-as-volumes'],
  },
  explains: ['unschedulable/volume'],
  aliases: ['kubevious:volume-pvc-ref', 'monokle:LNK001'],
  messages: {
    missing:
      'No PersistentVolumeClaim "{{claim}}" is here, though others are: without it the pods of {{kind}} "{{name}}" stay Pending and never start.',
    similar:
      'There is no PersistentVolumeClaim "{{claim}}", but one called "{{similar}}": the pods of {{kind}} "{{name}}" stay Pending and never start.',
    unseen:
      'PersistentVolumeClaim "{{claim}}" is not to be seen here; if it does not exist in the cluster, the pods of {{kind}} "{{name}}" stay Pending.',
  },
  titles: { use: 'Mount claim "{{similar}}"', create: 'Create claim "{{claim}}"' },
  visit: {
    pod(pod, { report, located, around, known }) {
      const { kind, name, custom } = located.resource;
      if (custom) return;
      // A claim template of the same name takes the volume's place.
      const replaced = new Set(claimTemplates(located.resource.value).map((template) => template.name));
      for (const { at: source, source: type, name: volume } of volumesOf(pod)) {
        const at = source.at('claimName');
        const claim = at.text();
        if (type !== 'persistentVolumeClaim' || claim === undefined || around.patched(located, source)) continue;
        if (replaced.has(volume) || isMadeByStatefulSet(claim, located, around)) continue;
        const sought = seek(located, '/PersistentVolumeClaim', claim, around, known);
        if (sought === 'hidden' || 'object' in sought) continue;
        const similar = sought.near;
        const data = { claim, kind, name: name ?? '…', similar: similar ?? '…' };
        const use: Fix[] =
          similar === undefined
            ? []
            : [{ class: 'review', title: 'use', data, operations: [{ op: 'set', path: at.path, value: similar }] }];
        const fixes = [...use, create(claim, located)];
        const message = ({ near: 'similar', seen: 'missing', unseen: 'unseen' } as const)[sought.evidence];
        report({ message, at, data, fixes, ...levelFor(sought.evidence) });
      }
    },
  },
});

/** StatefulSets name the claims of their pods `<template>-<statefulset>-<number>`. */
function isMadeByStatefulSet(claim: string, located: Located, around: Surroundings): boolean {
  if (!/-\d+$/.test(claim)) return false;
  const sets = around.anywhere(located, 'apps/StatefulSet');
  return sets.some(({ resource }) =>
    claimTemplates(resource.value).some(
      (template) =>
        template.name === undefined ||
        resource.name === undefined ||
        claim.replace(/-\d+$/, '') === `${template.name}-${resource.name}`,
    ),
  );
}

function create(claim: string, { resource }: Located): Fix {
  const metadata = { name: claim, ...(resource.namespace !== undefined && { namespace: resource.namespace }) };
  const spec = { accessModes: [tabStop(1, 'ReadWriteOnce')], resources: { requests: { storage: tabStop(2, '1Gi') } } };
  return {
    class: 'template',
    title: 'create',
    data: { claim },
    operations: [{ op: 'document', value: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec } }],
  };
}
