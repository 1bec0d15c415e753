import { atLeast } from '../../kube/version.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Fix } from '../../lint/rule.ts';

export default defineRule({
  id: 'revision-history-zero',
  capability: 'rollouts-and-disruptions',
  tier: 2,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'argoproj.io/Rollout'],
  needs: 'any',
  docs: {
    summary: 'A workload keeps no old revision, so a bad update cannot be rolled back.',
    why: 'Kubernetes keeps the last ten revisions of a workload so that "kubectl rollout undo" can go back to one. With revisionHistoryLimit 0 every old revision is deleted as soon as it is replaced, and the way back is to find and apply an old manifest while the outage lasts. A negative number is refused by the API server.',
    exemptions: 'Values that template text fills in.',
    links: ['concepts/workloads/controllers/deployment#clean-up-policy'],
  },
  explains: ['rollout-failed/not-ready'],
  aliases: [],
  messages: {
    zero: 'revisionHistoryLimit 0 deletes every old revision of {{kind}} "{{name}}": when an update goes wrong there is nothing to roll back to.',
    negative:
      'revisionHistoryLimit cannot be less than 0. The API server rejects {{value}}, so the change never arrives.',
  },
  titles: {
    remove: 'Remove revisionHistoryLimit: ten revisions are kept',
    immutable: 'Keep ten revisions (cannot be changed in a StatefulSet that exists before Kubernetes 1.33)',
  },
  visit: {
    resource({ resource }, { report, version }) {
      const { value, kind, name } = resource;
      const at = value.at('spec', 'revisionHistoryLimit');
      const limit = at.number();
      if (limit === undefined || limit > 0) return;
      const fixed = kind === 'StatefulSet' && !atLeast(version, '1.33') && limit === 0;
      const fix: Fix = {
        class: fixed ? 'review' : 'safe',
        title: fixed ? 'immutable' : 'remove',
        operations: [{ op: 'remove', path: at.path }],
      };
      if (limit < 0) report({ message: 'negative', at, data: { value: limit }, severity: 'error', fixes: [fix] });
      else report({ message: 'zero', at, data: { kind, name: name ?? '…' }, fixes: [fix] });
    },
  },
});
