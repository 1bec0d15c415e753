import { readRollout } from '../../kube/rollout.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'on-delete-update',
  capability: 'rollouts-and-disruptions',
  tier: 2,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/StatefulSet', 'apps/DaemonSet'],
  needs: 'any',
  docs: {
    summary: 'A change of the pod template reaches no pod until somebody deletes it.',
    why: 'With updateStrategy OnDelete the controller writes a new revision and then waits: each pod keeps running the old one until it is deleted or lost. A fix for a crash is not rolled out, and pods that are replaced by chance run another version than their neighbours.',
    exemptions:
      'Objects that an operator owns. A StatefulSet that has a rollingUpdate block beside OnDelete is refused by the API server; a DaemonSet may have one.',
    links: ['concepts/workloads/controllers/statefulset#on-delete', 'tasks/manage-daemon/update-daemon-set'],
  },
  explains: [],
  aliases: ['kube-linter:no-rolling-update-strategy'],
  messages: {
    waits:
      'With updateStrategy OnDelete a change of {{kind}} "{{name}}" reaches a pod only after somebody deletes it: fixes are not rolled out, and replaced pods run another version than the others.',
    both: 'updateStrategy OnDelete of a StatefulSet knows no rollingUpdate. The API server rejects this StatefulSet, so the change never arrives.',
  },
  titles: {
    rolling: 'Roll changes out by themselves: RollingUpdate',
    remove: 'Remove rollingUpdate',
  },
  visit: {
    resource(located, { report, around }) {
      const { value, groupKind, kind, name } = located.resource;
      const rollout = readRollout(groupKind, value);
      if (rollout?.type !== 'onDelete' || around.patched(located, rollout.strategy)) return;
      const { settings, strategy } = rollout;
      if (kind === 'StatefulSet' && settings.exists) {
        const operations = [{ op: 'remove', path: settings.path }] as const;
        report({
          message: 'both',
          at: settings,
          severity: 'error',
          fixes: [{ class: 'safe', title: 'remove', operations }],
        });
      }
      if (!value.at('metadata', 'ownerReferences').missing) return;
      report({
        message: 'waits',
        at: strategy.at('type'),
        data: { kind, name: name ?? '…' },
        fixes: [
          {
            class: 'review',
            title: 'rolling',
            operations: [{ op: 'set', path: strategy.at('type').path, value: 'RollingUpdate' }],
          },
        ],
      });
    },
  },
});
