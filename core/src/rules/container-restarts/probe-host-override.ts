import { isLocalHost } from '../../kube/command.ts';
import { showName } from '../../kube/pod.ts';
import type { Handler } from '../../kube/probe.ts';
import { asksOneThing, probeNames } from '../../kube/probe.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Located } from '../../workspace/project.ts';
import type { Surroundings } from '../../workspace/surroundings.ts';
import type { Operation } from '../../yaml/edit.ts';

export default defineRule({
  id: 'probe-host-override',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'A probe asks another host than the pod.',
    why: 'The kubelet sends probes from the node, to the address of the pod unless a host is written. Names of Services cannot be resolved there, so such a probe always fails; localhost is the node itself; any other host judges something that a restart of this container does not heal. To send a host name along, an HTTP probe takes a Host header.',
    exemptions: 'localhost in pods on the network of their node (hostNetwork), where it is the pod.',
    links: ['concepts/workloads/pods/probes#http-probes', 'concepts/workloads/pods/probes#tcp-probes'],
  },
  explains: [
    'liveness-probe-failed/http',
    'liveness-probe-failed/refused',
    'liveness-probe-failed/timeout',
    'startup-probe-failed/http',
    'startup-probe-failed/refused',
    'startup-probe-failed/timeout',
    'readiness-lost/http',
    'readiness-lost/refused',
    'readiness-lost/timeout',
  ],
  aliases: [],
  messages: {
    service:
      'The {{probe}} of container "{{container}}" asks "{{host}}", the name of a Service. The kubelet asks from the node, which does not know names of Services, so the probe always fails.',
    node: 'The {{probe}} of container "{{container}}" asks {{host}}. The kubelet asks from the node, so this is the node itself and never the container: the probe fails, or says how something else is.',
    other:
      'The {{probe}} of container "{{container}}" asks {{host}} instead of the pod, so it says how that is, not how this container is.',
  },
  titles: {
    remove: 'Remove host (the address of the pod is asked)',
    header: 'Ask the pod, and send "{{host}}" along as the Host header',
  },
  visit: {
    container(container, { report, located, around }) {
      if (container.role === 'init') return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        const { handler } = probe ?? {};
        if (!probe || !handler || !asksOneThing(probe) || (handler.name !== 'httpGet' && handler.name !== 'tcpSocket'))
          continue;
        const at = handler.value.at('host');
        const host = at.text();
        if (host === undefined || host === '') continue;
        const local = isLocalHost(host);
        const network = container.pod.spec.at('hostNetwork');
        if (local && (network.templated || network.boolean() === true)) continue;
        const service = !local && isServiceName(host, located, around);
        report({
          message: local ? 'node' : service ? 'service' : 'other',
          at,
          data: { probe: name, container: showName(container), host },
          ...((local || service) && { severity: 'error' as const }),
          fixes: fixes(handler, host, !local && !service),
        });
      }
    },
  },
});

/** Names below a cluster's domain, and names of Services that are here. */
function isServiceName(host: string, located: Located, around: Surroundings): boolean {
  if (/\.svc(?:\.|$)|\.cluster\.local\.?$/.test(host)) return true;
  const [name, namespace, ...rest] = host.split('.');
  if (rest.length > 0) return false;
  const services = namespace === undefined ? around.anywhere(located, '/Service') : around.clusterWide('/Service');
  return services.some(
    (service) =>
      service.resource.name === name && (namespace === undefined || around.namespaceOf(service) === namespace),
  );
}

/** @param named the host is a name that the server may look at */
function fixes({ name, value }: Handler, host: string, named: boolean): Fix[] {
  const at = value.at('host');
  const remove: Operation = { op: 'remove', path: at.path };
  const plain: Fix = { class: 'review', title: 'remove', operations: [remove] };
  const headers = value.at('httpHeaders');
  if (name !== 'httpGet' || !named || /^[\d.]+$|:/.test(host) || headers.open || !headers.missing) return [plain];
  const after = ['port', 'path'].find((key) => value.has(key));
  if (after === undefined) return [plain];
  const header: Operation = { op: 'set', path: headers.path, value: [{ name: 'Host', value: host }], after };
  return [{ class: 'review', title: 'header', data: { host }, operations: [remove, header] }, plain];
}
