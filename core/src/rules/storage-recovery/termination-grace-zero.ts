import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'termination-grace-zero',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'Pods are killed without any time to end.',
    why: 'With terminationGracePeriodSeconds 0 the API server forgets a pod at once, without waiting for the kubelet to say that its containers are gone. A StatefulSet then starts the successor while the old one may still run: two pods of the same name write to the same volume. Other pods lose what they are doing, and requests on their way are cut off.',
    exemptions:
      'Negative values are a warning: the API server treats them as 1 second (it warns about templates, and changes a bare Pod silently).',
    links: [
      'concepts/workloads/controllers/statefulset#deployment-and-scaling-guarantees',
      'concepts/workloads/pods/pod-lifecycle#pod-termination-forced',
    ],
  },
  explains: ['container-exit/grace-exceeded'],
  aliases: [],
  messages: {
    twins:
      'With 0 seconds to end, a pod of StatefulSet "{{name}}" is forgotten before its containers are gone: its successor starts beside it, and both write to the same volume.',
    killed:
      'The pods of {{kind}} "{{name}}" get 0 seconds to end: they are killed at once, with every request and every write they are busy with.',
    negative:
      'A grace period of {{seconds}} seconds is no time: Kubernetes makes it 1 second, after which the pods of {{kind}} "{{name}}" are killed.',
  },
  titles: {
    remove: 'Give pods the default of 30 seconds to end',
    removeBare: 'Give the pod the default of 30 seconds to end (a Pod that exists has to be deleted and created anew)',
  },
  visit: {
    pod(pod, { report, located, around }) {
      const at = pod.spec.at('terminationGracePeriodSeconds');
      const seconds = at.number();
      if (seconds === undefined || seconds > 0 || located.resource.custom || around.patched(located, at)) return;
      const { kind, name } = located.resource;
      const bare = kind === 'Pod';
      const fix: Fix = {
        class: bare ? 'review' : 'safe',
        title: bare ? 'removeBare' : 'remove',
        operations: [{ op: 'remove', path: at.path }],
      };
      const data = { kind, name: name ?? '…', seconds };
      if (seconds < 0) report({ message: 'negative', at, data, severity: 'warning', fixes: [fix] });
      else if (kind === 'StatefulSet') report({ message: 'twins', at, data, fixes: [fix] });
      else report({ message: 'killed', at, data, severity: 'warning', fixes: [fix] });
    },
  },
});
