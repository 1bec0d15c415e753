import type { PodTemplate } from '../../kube/pod.ts';
import { amountOf } from '../../kube/quantity.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { defaultFor, podResources } from '../../workspace/resources.ts';
import { tabStop } from '../../yaml/plain.ts';
import { setTree } from '../../yaml/nested.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'best-effort-pod',
  capability: 'resources',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'Pods have no requests and no limits at all.',
    why: 'Such pods are of the class BestEffort: on a node that runs short of memory they are evicted first, and none of them is placed on such a node, so their replacements wait. The scheduler knows nothing of what they need.',
    exemptions:
      'Requests or limits above 0 of any container, init containers included, or of the whole pod (from 1.34); a LimitRange of the namespace that gives defaults; pods all of whose containers are named in known.containers.',
    links: ['concepts/workloads/pods/pod-qos#besteffort'],
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
    'kyverno:require-qos-burstable',
    'kube-score:container-resources',
    'kube-linter:unset-cpu-requirements',
    'kube-linter:unset-memory-requirements',
  ],
  messages: {
    bestEffort:
      'No container of {{kind}} "{{name}}" requests CPU or memory (class BestEffort): its pods are the first to be evicted when a node runs short of memory, and their replacements are not placed on such a node.',
  },
  titles: { request: 'Request CPU and memory' },
  visit: {
    pod(pod, { report, located, around, known, version }) {
      const { containers, spec } = pod;
      if (containers.length === 0 || spec.at('containers').open || spec.at('initContainers').open) return;
      if (containers.every(({ name }) => name !== undefined && known.containers.includes(name))) return;
      const whole = podResources(pod, version);
      if ((whole && asks(whole)) || containers.some(({ value }) => asks(value.at('resources')))) return;
      if (resources.some((name) => defaultFor(located, around, 'requests', name))) return;
      if (
        around.patched(located, spec.at('resources')) ||
        containers.some(({ value }) => around.patched(located, value.at('resources')))
      )
        return;
      const { kind, name } = located.resource;
      report({
        message: 'bestEffort',
        at: spec.at('containers'),
        data: { kind, name: name ?? '…' },
        fixes: fixes(pod),
      });
    },
  },
});

const resources = ['cpu', 'memory'] as const;

/** Whether anything above 0 is requested or limited, or may be. */
function asks(value: Value): boolean {
  if (value.open) return true;
  return ['requests', 'limits'].some((side) => {
    const map = value.at(side);
    return map.open || resources.some((name) => !map.at(name).missing && (amountOf(map.at(name)) ?? 1) > 0);
  });
}

const proposed = { cpu: '100m', memory: '128Mi' } as const;

function fixes({ containers }: PodTemplate): Fix[] {
  const main = containers.filter(({ role }) => role === 'main');
  const operations = main.flatMap(({ value }, index) => {
    // A limit of 0 leaves no room for a request.
    const free = resources.filter((name) => value.at('resources', 'limits', name).missing);
    const requests = Object.fromEntries(
      free.map((name) => [name, tabStop(2 * index + (name === 'cpu' ? 1 : 2), proposed[name])]),
    );
    return free.length === 0 ? [] : setTree(value.at('resources'), { requests });
  });
  if (operations.length === 0) return [];
  return [{ class: 'template', title: 'request', operations }];
}
