import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'service-session-affinity',
  capability: 'load-balancing',
  tier: 3,
  severity: 'info',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: ['/Service'],
  needs: 'any',
  docs: {
    summary: 'Clients stick to the pod they first reached.',
    why: 'With sessionAffinity ClientIP all requests of an address go to one pod, for three hours unless said otherwise. After a pod is lost its clients move to others and stay there when the replacement comes, so the load stays uneven; behind a proxy all clients are one address.',
    links: ['reference/networking/virtual-ips#session-affinity'],
  },
  explains: [],
  aliases: [],
  messages: {
    sticky:
      'Service "{{name}}" keeps each client on one pod for {{seconds}} s: replacements of lost pods get no requests from clients that were moved elsewhere.',
    rejected:
      'The time that clients stick to a pod has to be between 1 and 86400 s. The API server rejects {{seconds}}, so Service "{{name}}" is never created or updated.',
  },
  titles: { none: 'Send each request to any pod' },
  visit: {
    resource({ resource }, { report }) {
      const spec = resource.value.at('spec');
      const at = spec.at('sessionAffinity');
      const configuration = spec.at('sessionAffinityConfig');
      const timeout = configuration.at('clientIP', 'timeoutSeconds');
      if (at.text() !== 'ClientIP' || timeout.templated) return;
      const seconds = timeout.number() ?? 10_800;
      const fixes: Fix[] = [
        {
          class: 'review',
          title: 'none',
          operations: [
            { op: 'set', path: at.path, value: 'None' },
            ...(configuration.missing ? [] : [{ op: 'remove' as const, path: configuration.path }]),
          ],
        },
      ];
      const data = { name: resource.name ?? '…', seconds };
      if (seconds < 1 || seconds > 86_400) report({ message: 'rejected', at: timeout, data, severity: 'error', fixes });
      else report({ message: 'sticky', at, data, fixes });
    },
  },
});
