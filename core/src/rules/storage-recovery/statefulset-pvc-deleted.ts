import { defineRule } from '../../lint/rule.ts';
import { classOf, isScratch, isScratchName } from '../../kube/storage.ts';
import { claimTemplates } from '../../kube/volumes.ts';
import { className, classNamed, hidesClasses } from '../../workspace/storage-classes.ts';

export default defineRule({
  id: 'statefulset-pvc-deleted',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/StatefulSet'],
  needs: 'any',
  docs: {
    summary: 'A StatefulSet deletes the claims of its pods when it is scaled down or deleted.',
    why: 'By default the claims of a StatefulSet stay, so that a pod finds its data again when it comes back. With whenScaled Delete every scale-down deletes the data of the pods it removes, and with whenDeleted Delete the StatefulSet takes all of it along, also when it is only deleted to be created anew.',
    exemptions: 'StatefulSets whose claims are all of classes that say scratch, cache, temporary or the like.',
    links: ['concepts/workloads/controllers/statefulset#persistentvolumeclaim-retention'],
  },
  explains: ['volume-lost/claim'],
  aliases: [],
  messages: {
    scaled:
      'Scaling StatefulSet "{{name}}" down deletes the claims of the pods it removes, and their data with them; they come back empty.',
    autoscaled:
      '{{scaler}} scales StatefulSet "{{name}}", and every scale-down deletes the claims of the pods it removes: the data is gone without anyone having asked for it.',
    deleted:
      'Whoever deletes StatefulSet "{{name}}" deletes its claims and all data, also when it is only to be created anew.',
    rejected:
      'The API server rejects {{field}} "{{policy}}", so StatefulSet "{{name}}" is never created or updated. It takes Retain and Delete.',
  },
  titles: { retain: 'Keep the claims: {{field}} Retain' },
  visit: {
    resource(located, { report, around }) {
      const { value, name } = located.resource;
      const policy = value.at('spec', 'persistentVolumeClaimRetentionPolicy');
      const claims = claimTemplates(value).map((template) => template.value);
      const isScratchClaim = (claim: (typeof claims)[number]): boolean => {
        const found = classNamed(className(claim) ?? '', around);
        if (isScratch(claim) || classOf(claim).templated || isScratchName(className(claim) ?? '')) return true;
        return found ? isScratch(found.resource.value) : hidesClasses(around);
      };
      for (const field of ['whenScaled', 'whenDeleted'] as const) {
        const at = policy.at(field);
        const text = at.text();
        if (text === undefined || text === 'Retain' || around.patched(located, at)) continue;
        const scaler = around.autoscalersOf(located)[0]?.resource;
        const data = {
          name: name ?? '…',
          field,
          policy: text,
          scaler: scaler ? `${scaler.kind} "${scaler.name ?? '…'}"` : '',
        };
        const fixes = [
          {
            class: 'review' as const,
            title: 'retain',
            data,
            operations: [{ op: 'set' as const, path: at.path, value: 'Retain' }],
          },
        ];
        if (text !== 'Delete') report({ message: 'rejected', at, data, severity: 'error', fixes });
        else if (claims.length > 0 && claims.every(isScratchClaim)) continue;
        else if (field === 'whenDeleted') report({ message: 'deleted', at, data, fixes });
        else if (scaler) report({ message: 'autoscaled', at, data, severity: 'error', fixes });
        else report({ message: 'scaled', at, data, fixes });
      }
    },
  },
});
