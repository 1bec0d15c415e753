import { workloadKinds } from '../../kube/kinds.ts';
import type { Quantity } from '../../kube/quantity.ts';
import { formatQuantity, parseQuantity, readQuantity, repairQuantity } from '../../kube/quantity.ts';
import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { storageRequests } from '../../workspace/storage.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'quantity-suspicious',
  capability: 'resources',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: [...workloadKinds, '/PersistentVolumeClaim'],
  needs: 'any',
  docs: {
    summary: 'An amount of memory, storage or CPU is written with the wrong unit.',
    why: 'In Kubernetes m means a thousandth, M a million and Mi 1024 × 1024. 128m of memory is an eighth of a byte, 100M of CPU is a hundred million cores: both are accepted, and then a pod with such a limit does not start and one with such a request fits no node. A unit that does not exist (GI, Mb, gb, K) cannot be decoded, and the whole object is rejected.',
    exemptions: 'Small requests of memory, down to single bytes: they are accepted and do no harm.',
    links: [
      'concepts/configuration/manage-resources-containers#meaning-of-memory',
      'concepts/configuration/manage-resources-containers#meaning-of-cpu',
    ],
  },
  explains: ['oom-killed/limit', 'unschedulable/resources', 'volume-pending/provisioning-failed'],
  aliases: [],
  messages: {
    unreadable:
      '"{{value}}" is no amount that Kubernetes can read. The API server rejects this {{kind}}, so it is never created or updated. Units are Ki, Mi, Gi or k, M, G.',
    milli: '{{value}} of {{resource}} is {{amount}} byte(s): m means a thousandth. Mostly Mi or M is meant.',
    tiny: 'A limit of {{value}} of memory is {{amount}} byte(s), which is not enough to start a process: the pod never starts.',
    cores:
      '{{value}} of CPU is {{amount}} cores, which no node has: the pod is never placed, or limited by nothing. Mostly m (thousandths of a core) is meant.',
    fraction: '{{value}} of CPU is less than a thousandth of a core. Kubernetes rounds it up to 1m.',
    zero: 'A claim for {{value}} asks for nothing. The API server rejects it, and pods that need it wait for ever.',
  },
  titles: { use: 'Use {{amount}}', choose: 'Ask for 1Gi' },
  visit: {
    resource(located, context) {
      for (const at of storageRequests(located)) judge(at, 'storage', false, context);
      const { pod } = located.resource;
      if (!pod) return;
      for (const resources of [...pod.containers.map(({ value }) => value.at('resources')), pod.spec.at('resources')])
        for (const side of ['requests', 'limits'])
          for (const { key, value } of resources.at(side).entries()) judge(value, key, side === 'limits', context);
      for (const volume of pod.spec.at('volumes').items())
        judge(volume.at('emptyDir', 'sizeLimit'), 'storage', false, context);
    },
  },
});

type Messages = 'unreadable' | 'milli' | 'tiny' | 'cores' | 'fraction' | 'zero';

function judge(at: Value, resource: string, limit: boolean, context: UnitContext<Messages>): void {
  const { report, located, around } = context;
  const quantity = readQuantity(at);
  if (quantity === undefined || around.patched(located, at)) return;
  const value = at.rawText() ?? '…';
  if (quantity === 'invalid') {
    report({
      message: 'unreadable',
      at,
      data: { value, kind: located.resource.kind },
      severity: 'error',
      fixes: use(at, repairQuantity(value)),
    });
  } else if (resource === 'cpu') judgeCpu(at, quantity, value, context);
  else if (/^(?:memory|storage|ephemeral-storage|hugepages-.*)$/.test(resource))
    judgeBytes(at, quantity, { value, resource, limit }, context);
}

const use = (at: Value, amount: string | undefined): Fix[] =>
  amount === undefined
    ? []
    : [{ class: 'review', title: 'use', data: { amount }, operations: [{ op: 'set', path: at.path, value: amount }] }];

function judgeCpu(
  at: Value,
  { amount, suffix, text }: Quantity,
  value: string,
  { report }: UnitContext<Messages>,
): void {
  const digits = /^[\d.]+/.exec(text)?.[0] ?? '';
  if (amount >= 1000) {
    // Who writes 1500 or 100M means thousandths, in whatever case.
    report({
      message: 'cores',
      at,
      data: { value, amount },
      fixes: use(at, suffix === 'k' ? formatQuantity(Number(digits), 'cpu') : `${digits}m`),
    });
  } else if (amount > 0 && amount < 0.001) report({ message: 'fraction', at, data: { value }, fixes: use(at, '1m') });
}

function judgeBytes(
  at: Value,
  { amount, suffix, text }: Quantity,
  { value, resource, limit }: { value: string; resource: string; limit: boolean },
  { report, located }: UnitContext<Messages>,
): void {
  const claim = located.resource.kind === 'PersistentVolumeClaim' || at.path.includes('volumeClaimTemplates');
  const shown = Math.round(amount * 1000) / 1000;
  if (claim && amount <= 0)
    report({
      message: 'zero',
      at,
      data: { value },
      severity: 'error',
      fixes: [{ class: 'review', title: 'choose', operations: [{ op: 'set', path: at.path, value: '1Gi' }] }],
    });
  else if (suffix === 'm' || suffix === 'u' || suffix === 'n') {
    const digits = /^[\d.]+/.exec(text)?.[0] ?? '';
    report({
      message: 'milli',
      at,
      data: { value, resource, amount: shown },
      fixes: use(at, Number(digits) > 0 && parseQuantity(`${digits}Mi`) ? `${digits}Mi` : undefined),
    });
  } else if (resource === 'memory' && limit && amount > 0 && amount < 1024 ** 2) {
    const digits = /^[\d.]+/.exec(text)?.[0] ?? '';
    report({
      message: 'tiny',
      at,
      data: { value, amount: shown },
      fixes: use(at, Number(digits) >= 1 ? `${digits}Mi` : undefined),
    });
  }
}
