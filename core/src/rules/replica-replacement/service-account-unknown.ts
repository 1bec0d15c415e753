import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { levelFor } from '../../workspace/evidence.ts';
import { isAbsent } from '../../workspace/named.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'service-account-unknown',
  capability: 'replica-replacement',
  tier: 2,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'Pods run as a ServiceAccount that is nowhere to be found.',
    why: 'A pod whose ServiceAccount does not exist is refused when it is created. The workload itself is accepted, so it simply stays without pods, with an event on its ReplicaSet or Job.',
    exemptions:
      'The account default, names in known.objects. A warning where an account of nearly the same name exists, a hint where no ServiceAccount of the namespace is to be seen.',
    links: ['tasks/configure-pod-container/configure-service-account'],
  },
  explains: ['image-pull/auth', 'failed-create/account'],
  aliases: ['kube-linter:non-existent-service-account', 'popeye:307', 'popeye:507', 'kubescape:C-0307'],
  messages: {
    near: 'There is no ServiceAccount "{{account}}" here, but "{{other}}". Kubernetes refuses every pod whose account does not exist, so {{kind}} "{{name}}" stays without pods.',
    unknown:
      'There is no ServiceAccount "{{account}}" among those here. Unless it exists in the cluster, Kubernetes refuses every pod of {{kind}} "{{name}}".',
    unseen:
      'ServiceAccount "{{account}}" is not to be seen here. Unless it exists in the cluster, Kubernetes refuses every pod of {{kind}} "{{name}}".',
  },
  titles: { near: 'Use ServiceAccount "{{account}}"', create: 'Create the ServiceAccount in this file' },
  visit: {
    pod(pod, { report, located, around, known }) {
      const at = pod.spec.at('serviceAccountName').missing
        ? pod.spec.at('serviceAccount')
        : pod.spec.at('serviceAccountName');
      const account = at.text();
      if (account === undefined || account === '' || account === 'default' || around.patched(located, at)) return;
      const absent = isAbsent(account, '/ServiceAccount', located, around, known);
      if (!absent) return;
      const { kind, name, namespace } = located.resource;
      const data = { account, other: absent.near ?? '', kind, name: name ?? '…' };
      const metadata = { name: tabStop(1, account), ...(namespace !== undefined && { namespace }) };
      const create: Fix = {
        class: 'template',
        title: 'create',
        operations: [{ op: 'document', value: { apiVersion: 'v1', kind: 'ServiceAccount', metadata } }],
      };
      const near: Fix[] =
        absent.near === undefined
          ? []
          : [
              {
                class: 'review',
                title: 'near',
                data: { account: absent.near },
                operations: [{ op: 'set', path: at.path, value: absent.near }],
              },
            ];
      if (absent.near !== undefined) report({ message: 'near', at, data, severity: 'warning', fixes: near });
      else
        report({
          message: absent.seen ? 'unknown' : 'unseen',
          at,
          data,
          fixes: [create],
          ...levelFor(absent.evidence),
        });
    },
  },
});
