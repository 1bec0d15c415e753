import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isBlockOnly } from '../../kube/storage.ts';
import { claimTemplates } from '../../kube/volumes.ts';
import { nearest } from '../../text/nearest.ts';
import { className, provisionerOf } from '../../workspace/storage-classes.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'access-mode-unsupported',
  capability: 'storage-recovery',
  tier: 2,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/PersistentVolumeClaim', 'apps/StatefulSet'],
  needs: 'complete',
  docs: {
    summary: 'A claim asks for an access mode that its storage class cannot give, or that does not exist.',
    why: 'Disks that one node attaches cannot be mounted by several nodes with a file system on them. A claim for ReadWriteMany of such a class is never bound, and its pods stay Pending. A claim without a mode, with an unknown one, or with ReadWriteOncePod beside another is rejected; in the claim template of a StatefulSet before Kubernetes 1.34 it is accepted, and the claims it makes are refused.',
    exemptions:
      'volumeMode Block, where several nodes may share a device; claims bound to a volume by name; classes whose provisioner is not to be seen.',
    links: ['concepts/storage/persistent-volumes#access-modes'],
  },
  explains: ['volume-pending/provisioning-failed'],
  aliases: [],
  messages: {
    unsupported:
      'Claim "{{claim}}" wants to be written by several nodes (ReadWriteMany), but class "{{class}}" makes disks of {{provisioner}}, which one node attaches at a time: the claim and its pods stay Pending.',
    unknown: 'There is no access mode "{{mode}}". The API server refuses claim "{{claim}}", so its pods never start.',
    none: 'Claim "{{claim}}" names no access mode. The API server refuses it, so its pods never start.',
    alone:
      'ReadWriteOncePod cannot stand beside other access modes. The API server refuses claim "{{claim}}", so its pods never start.',
  },
  titles: {
    set: 'Use {{mode}} (a claim that exists cannot be changed)',
  },
  visit: {
    resource(located, context) {
      const { value, kind } = located.resource;
      if (kind === 'PersistentVolumeClaim') judge(value, context);
      else for (const template of claimTemplates(value)) judge(template.value, context);
    },
  },
});

const modes = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

function judge(
  claim: Value,
  { report, located, around }: UnitContext<'unsupported' | 'unknown' | 'none' | 'alone'>,
): void {
  const spec = claim.at('spec');
  const at = spec.at('accessModes');
  const written = at.items();
  if (spec.open || at.open || written.some((mode) => mode.text() === undefined) || around.patched(located, at)) return;
  if (!at.missing && !at.isSeq) return;
  const data = { claim: claim.at('metadata', 'name').text() ?? '…' };
  const use = (choice: string): Fix => ({
    class: 'review',
    title: 'set',
    data: { mode: choice },
    operations: [{ op: 'set', path: at.path, value: [choice] }],
  });
  if (written.length === 0) {
    report({ message: 'none', at: at.missing ? spec : at, data, severity: 'error', fixes: [use('ReadWriteOnce')] });
    return;
  }
  const unknown = written.find((mode) => !modes.includes(mode.text() ?? ''));
  const texts = written.map((mode) => mode.text() ?? '');
  if (unknown) {
    const mode = unknown.text() ?? '';
    const similar = nearest(mode, modes) ?? 'ReadWriteOnce';
    const meant =
      similar === 'ReadWriteMany' && isBlockOnly(provisionerOf(claim, around) ?? '') ? 'ReadWriteOnce' : similar;
    report({ message: 'unknown', at: unknown, data: { ...data, mode }, severity: 'error', fixes: [use(meant)] });
  } else if (texts.length > 1 && texts.includes('ReadWriteOncePod')) {
    report({ message: 'alone', at, data, severity: 'error', fixes: [use('ReadWriteOncePod')] });
  } else if (
    texts.includes('ReadWriteMany') &&
    spec.at('volumeName').missing &&
    (spec.at('volumeMode').missing || spec.at('volumeMode').text() === 'Filesystem')
  ) {
    const provisioner = provisionerOf(claim, around);
    if (provisioner === undefined || !isBlockOnly(provisioner)) return;
    report({
      message: 'unsupported',
      at,
      data: { ...data, class: className(claim) ?? '…', provisioner },
      fixes: [use('ReadWriteOnce')],
    });
  }
}
