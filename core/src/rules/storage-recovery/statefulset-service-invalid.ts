import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isDnsLabel } from '../../kube/names.ts';
import { matches, readMapSelector } from '../../kube/selector.ts';
import { atLeast } from '../../kube/version.ts';
import { levelFor } from '../../workspace/evidence.ts';
import { seek } from '../../workspace/sought.ts';
import { belongTogether } from '../../workspace/together.ts';
import type { Located } from '../../workspace/project.ts';
import type { Plain } from '../../yaml/plain.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'statefulset-service-invalid',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/StatefulSet'],
  needs: 'complete',
  docs: {
    summary: 'The headless Service that gives the pods of a StatefulSet their names is missing or does not fit.',
    why: 'Members of a cluster find each other by stable names such as db-0.db. Those names come from the Service that serviceName names: it has to exist, to be headless (clusterIP None) and to select the pods. Otherwise pods come up, but nobody can reach a certain one of them, and members that are replaced cannot join again.',
    exemptions:
      'Services that template text or patches may change; names in known.objects. Info where no serviceName is given, which the API accepts: the pods then have no names in DNS. A hint where no Service of the namespace is to be seen at all.',
    links: [
      'concepts/workloads/controllers/statefulset#limitations',
      'concepts/workloads/controllers/statefulset#stable-network-id',
    ],
  },
  explains: [],
  aliases: ['kube-score:statefulset-has-servicename', 'kics:bb241e61-77c3-4b97-9575-c0f8a1e008d0'],
  messages: {
    absent:
      'StatefulSet "{{name}}" names no Service, so its pods get no stable names in DNS: replaced members have to be found in some other way.',
    missing:
      'There is no Service "{{service}}", so the pods of StatefulSet "{{name}}" get no stable names in DNS ({{name}}-0.{{service}} is not found).',
    similar:
      'There is no Service "{{service}}", but one called "{{similar}}": the pods of StatefulSet "{{name}}" get no stable names in DNS.',
    unseen:
      'Service "{{service}}" is not to be seen here; if it does not exist in the cluster, the pods of StatefulSet "{{name}}" get no stable names in DNS.',
    notHeadless:
      'Service "{{service}}" has an address of its own, so {{name}}-0.{{service}} is not found in DNS. A StatefulSet needs a headless Service (clusterIP None).',
    otherPods:
      'Service "{{service}}" does not select the pods of StatefulSet "{{name}}", so {{name}}-0.{{service}} is not found in DNS.',
    refused:
      '"{{service}}" cannot be the name of a Service (lower case letters, digits and "-"). The API server takes StatefulSet "{{name}}" and then refuses every pod of it, so none ever runs.',
    rejected:
      '"{{service}}" cannot be the name of a Service (lower case letters, digits and "-"). The API server rejects StatefulSet "{{name}}".',
    service: 'This is the Service.',
  },
  titles: {
    use: 'Use Service "{{similar}}" (the serviceName of a StatefulSet that exists cannot be changed)',
    headless:
      'Make Service "{{service}}" headless: clusterIP None (only before it exists: a clusterIP cannot be changed)',
    create: 'Create headless Service "{{service}}"',
  },
  visit: {
    resource(located, context) {
      const { report, around, version } = context;
      const { value, name } = located.resource;
      const at = value.at('spec', 'serviceName');
      if (around.patched(located, at)) return;
      if (at.templated) {
        const object = around.named(located, '/Service', at.identity() ?? '');
        if (object) judgeService(located, object, '…', context);
        return;
      }
      const service = at.text() ?? '';
      const data = { name: name ?? '…', service };
      if (service === '') {
        report({ message: 'absent', at: at.missing ? value.at('kind') : at, data, severity: 'info' });
      } else if (!isDnsLabel(service)) {
        report({ message: atLeast(version, '1.33') ? 'rejected' : 'refused', at, data, severity: 'error' });
      } else judge(located, service, context);
    },
  },
});

type Messages =
  'absent' | 'missing' | 'similar' | 'unseen' | 'notHeadless' | 'otherPods' | 'refused' | 'rejected' | 'service';

function judge(located: Located, service: string, context: UnitContext<Messages>): void {
  const { report, around, known } = context;
  const { value, name } = located.resource;
  const at = value.at('spec', 'serviceName');
  const sought = seek(located, '/Service', service, around, known);
  if (sought === 'hidden') return;
  if (!('object' in sought)) {
    const similar = sought.near;
    const data = { name: name ?? '…', service, similar: similar ?? '…' };
    const use: Fix[] =
      similar === undefined
        ? []
        : [{ class: 'review', title: 'use', data, operations: [{ op: 'set', path: at.path, value: similar }] }];
    const fixes = [...use, ...create(located, service)];
    const message = ({ near: 'similar', seen: 'missing', unseen: 'unseen' } as const)[sought.evidence];
    report({ message, at, data, fixes, ...levelFor(sought.evidence) });
    return;
  }
  judgeService(located, sought.object, service, context);
}

function judgeService(
  located: Located,
  object: Located,
  service: string,
  { report, around }: UnitContext<Messages>,
): void {
  const { value, name, pod } = located.resource;
  const at = value.at('spec', 'serviceName');
  // A Service of another variant says nothing about the one of this.
  if (!belongTogether(located, object, around)) return;
  const spec = object.resource.value.at('spec');
  const address = spec.at('clusterIP');
  const selector = readMapSelector(spec.at('selector'));
  const data = { name: name ?? '…', service };
  const related = [
    {
      located: object,
      at: address.exists ? address : object.resource.value.at('metadata', 'name'),
      message: 'service',
    },
  ];
  if (!address.templated && address.text() !== 'None' && !around.patched(object, address)) {
    const type = spec.at('type');
    const fixes: Fix[] =
      type.missing || type.text() === 'ClusterIP'
        ? [
            {
              class: 'review',
              title: 'headless',
              data,
              operations: [{ op: 'set', path: address.path, value: 'None' }],
              target: object,
            },
          ]
        : [];
    report({ message: 'notHeadless', at, data, related, fixes });
  } else if (
    pod?.labelsKnown &&
    selector.known &&
    !around.patched(object, spec.at('selector')) &&
    (selector.empty || !matches(selector, pod.labels))
  ) {
    const labels = pod.value.at('metadata', 'labels');
    if (
      !selector.empty &&
      !around.patched(located, labels) &&
      selector.requirements.some(({ key }) => !around.sharedLabels(located).has(key))
    )
      report({ message: 'otherPods', at, data, related });
  }
}

/** Selects what the StatefulSet selects, and offers the ports that its containers declare under a name. */
function create({ resource }: Located, service: string): Fix[] {
  const selector = resource.value.at('spec', 'selector', 'matchLabels').json() as Plain | undefined;
  if (selector === undefined || selector === null) return [];
  const ports = (resource.pod?.containers ?? [])
    .filter(({ role }) => role !== 'init')
    .flatMap((container) => container.ports)
    .filter(
      (port, index, all) =>
        port.name !== undefined &&
        port.number !== undefined &&
        all.findIndex(({ name, number }) => name === port.name || number === port.number) === index,
    )
    .map(({ name, number, protocol }): Plain => ({
      name: name ?? '',
      port: number ?? 0,
      ...(protocol !== 'TCP' && { protocol }),
    }));
  const metadata = { name: service, ...(resource.namespace !== undefined && { namespace: resource.namespace }) };
  const offered = ports.length > 0 ? ports : [{ name: 'peer', port: tabStop(1, 7946) }];
  const value: Plain = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { clusterIP: 'None', selector, ports: offered },
  };
  return [
    {
      class: ports.length > 0 ? 'review' : 'template',
      title: 'create',
      data: { service },
      operations: [{ op: 'document', value }],
    },
  ];
}
