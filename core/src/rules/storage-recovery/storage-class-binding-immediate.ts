import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isTopologyBound } from '../../kube/storage.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'storage-class-binding-immediate',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: ['storage.k8s.io/StorageClass'],
  needs: 'complete',
  docs: {
    summary: 'A class makes volumes before it is known where their pods can run.',
    why: 'Disks of a zone or of a node can be used there only. With volumeBindingMode Immediate, the default, the disk is made in any zone as soon as the claim exists; when its pod does not fit there, it stays Pending for ever, at the first start or when a node of that zone is lost.',
    exemptions:
      'Provisioners whose volumes every node can use, classes whose allowedTopologies or parameters (zone, zones, availability) name exactly one zone.',
    links: ['concepts/storage/storage-classes#volume-binding-mode'],
  },
  explains: ['unschedulable/volume', 'volume-attach-failed/error'],
  aliases: [],
  messages: {
    byDefault:
      'StorageClass "{{name}}" names no volumeBindingMode, so volumes of {{provisioner}} are made at once, anywhere: a pod that does not fit in that zone or on that node stays Pending for ever.',
    immediate:
      'StorageClass "{{name}}" makes volumes of {{provisioner}} at once (Immediate), before it is known where their pods can run: a pod that does not fit in that zone or on that node stays Pending for ever.',
    rejected:
      'The API server rejects volumeBindingMode "{{mode}}", so StorageClass "{{name}}" is never created. It takes Immediate and WaitForFirstConsumer.',
  },
  titles: {
    wait: 'Wait for the first pod: WaitForFirstConsumer (a class cannot be changed: delete it and create it anew; existing volumes stay as they are)',
  },
  visit: {
    resource({ resource }, { report }) {
      const { value, name } = resource;
      const at = value.at('volumeBindingMode');
      const mode = at.missing ? 'Immediate' : at.text();
      const provisioner = value.at('provisioner').text();
      if (mode === undefined || mode === 'WaitForFirstConsumer') return;
      const data = { name: name ?? '…', mode, provisioner: provisioner ?? '…' };
      const fixes: Fix[] = [
        { class: 'review', title: 'wait', operations: [{ op: 'set', path: at.path, value: 'WaitForFirstConsumer' }] },
      ];
      if (mode !== 'Immediate') report({ message: 'rejected', at, data, severity: 'error', fixes });
      else if (provisioner !== undefined && isTopologyBound(provisioner) && !isOneZone(value))
        report({
          message: at.missing ? 'byDefault' : 'immediate',
          at: at.missing ? value.at('provisioner') : at,
          data,
          fixes,
        });
    },
  },
});

/** Whether volumes can only come to be in one place; so they may when template text lists the places. */
function isOneZone(value: Value): boolean {
  const allowed = value.at('allowedTopologies');
  if (allowed.open) return true;
  // How the drivers that were part of Kubernetes say it (concepts/storage/storage-classes, Kubernetes 1.25).
  const named = ['zone', 'zones', 'availability'].map((key) => value.at('parameters', key));
  if (named.some((zone) => !zone.missing && zone.text()?.includes(',') !== true)) return true;
  const [term, ...others] = allowed.items();
  const expressions = term?.at('matchLabelExpressions').items() ?? [];
  return (
    others.length === 0 &&
    expressions.length > 0 &&
    expressions.every((expression) => expression.at('values').open || expression.at('values').items().length === 1)
  );
}
