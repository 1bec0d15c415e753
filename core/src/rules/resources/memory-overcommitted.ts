import { showName } from '../../kube/pod.ts';
import { amountOf, formatQuantity } from '../../kube/quantity.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'memory-overcommitted',
  capability: 'resources',
  tier: 2,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'A container may use many times what it requests.',
    why: 'The scheduler fills nodes by requests. Where containers may use a multiple of theirs, nodes are promised out many times over, and when some of them do, the node runs out: pods are evicted although each keeps to its limit.',
    exemptions: 'Init containers.',
    links: ['concepts/configuration/manage-resources-containers'],
  },
  explains: [
    'oom-killed/node',
    'oom-killed/system',
    'pod-evicted/memory',
    'pod-evicted/node-pressure',
    'node-pressure/memory',
    'node-out-of-memory/system',
  ],
  aliases: [
    'kyverno:enforce-resources-as-ratio',
    'gatekeeper:K8sContainerRatios',
    'datree:EKS_INVALID_MEMORY_REQUEST_LIMIT',
  ],
  options: {
    memoryRatio: { default: 4, description: 'Largest memory limit, as a multiple of the request.' },
    cpuRatio: { default: 10, description: 'Largest CPU limit, as a multiple of the request.' },
  },
  messages: {
    memory:
      'Container "{{container}}" requests {{request}} of memory but may use {{limit}}, {{ratio}} times as much: its node is filled as if it never did, and pods are evicted when it does.',
    cpu: 'Container "{{container}}" requests {{request}} of CPU but may use {{limit}}, {{ratio}} times as much: on a busy node it gets a small part of what it is used to.',
  },
  titles: { raise: 'Request a larger part of the limit: {{amount}}' },
  visit: {
    container(container, { report, located, around, option }) {
      const { role, value } = container;
      if (role === 'init') return;
      for (const name of ['memory', 'cpu'] as const) {
        const request = value.at('resources', 'requests', name);
        const limit = value.at('resources', 'limits', name);
        const [least, most] = [amountOf(request), amountOf(limit)];
        if (least === undefined || most === undefined || least <= 0 || most / least <= option<number>(`${name}Ratio`))
          continue;
        if (around.patched(located, request) || around.patched(located, limit)) continue;
        const wanted = most / Math.min(2, option<number>(`${name}Ratio`));
        const amount = formatQuantity(name === 'memory' ? Math.ceil(wanted / 1024 ** 2) * 1024 ** 2 : wanted, name);
        const data = {
          container: showName(container),
          request: request.rawText() ?? '',
          limit: limit.rawText() ?? '',
          ratio: Math.round(most / least),
        };
        report({
          message: name,
          at: request,
          data,
          fixes: [
            {
              class: 'review',
              title: 'raise',
              data: { amount },
              operations: [{ op: 'set', path: request.path, value: amount }],
            },
          ],
        });
      }
    },
  },
});
