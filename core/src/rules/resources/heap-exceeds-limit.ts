import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { HeapSetting } from '../../kube/heap.ts';
import { heapSettings, withHeap } from '../../kube/heap.ts';
import { amountOf } from '../../kube/quantity.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'heap-exceeds-limit',
  capability: 'resources',
  tier: 2,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'A program is told to use more memory than its container may.',
    why: 'The heap is not all that a process needs: threads, code and buffers come on top. Where the heap alone reaches the memory limit, the program feels no need to collect garbage before the kernel kills it, again and again under load (OOMKilled). Read are -Xmx, --max-old-space-size and GOMEMLIMIT, in the environment, the command and the arguments.',
    exemptions: 'Heaps of up to 90 % of the limit.',
    links: ['concepts/configuration/manage-resources-containers#how-pods-with-resource-limits-are-run'],
  },
  explains: ['oom-killed/limit'],
  aliases: [],
  options: { percent: { default: 90, description: 'Largest heap, as a percentage of the memory limit.' } },
  messages: {
    exceeds:
      'Container "{{container}}" may use {{limit}} of memory, but {{setting}} allows a heap of {{heap}} MiB: under load it grows past its limit and is killed (OOMKilled), again and again.',
    close:
      'Container "{{container}}" may use {{limit}} of memory, and {{setting}} allows a heap of {{heap}} MiB, {{percent}} % of it: the rest of the process does not fit beside it, so under load it is killed (OOMKilled).',
  },
  titles: { lower: 'Allow a heap of {{heap}} MiB, 75 % of the limit', raise: 'Raise the memory limit to {{limit}}' },
  visit: {
    container(container, { report, located, around, option }) {
      if (container.role === 'init') return;
      const limit = container.value.at('resources', 'limits', 'memory');
      const bytes = amountOf(limit);
      if (bytes === undefined || bytes <= 0 || around.patched(located, limit)) return;
      const worst = heapSettings(container)
        .filter(({ at }) => !around.patched(located, at))
        .sort((a, b) => b.bytes - a.bytes)[0];
      if (!worst || worst.bytes <= (bytes * option<number>('percent')) / 100) return;
      report({
        message: worst.bytes >= bytes ? 'exceeds' : 'close',
        at: limit,
        data: {
          container: showName(container),
          limit: limit.rawText() ?? '',
          setting: worst.name,
          heap: Math.round(worst.bytes / mebibyte),
          percent: Math.round((100 * worst.bytes) / bytes),
        },
        fixes: fixes(worst, bytes, limit, container),
      });
    },
  },
});

const mebibyte = 1024 ** 2;

function fixes(worst: HeapSetting, bytes: number, limit: Value, { value }: Container): Fix[] {
  const heap = Math.floor((bytes * 0.75) / mebibyte);
  const text = withHeap(worst, heap);
  const wanted = `${Math.ceil(worst.bytes / 0.75 / mebibyte / 64) * 64}Mi`;
  const request = value.at('resources', 'requests', 'memory');
  // What is guaranteed stays guaranteed: a request that equals its limit moves with it.
  const equal = request.text() !== undefined && amountOf(request) === bytes ? [request.path] : [];
  const raise: Fix = {
    class: 'review',
    title: 'raise',
    data: { limit: wanted },
    operations: [limit.path, ...equal].map((path) => ({ op: 'set', path, value: wanted })),
  };
  if (text === undefined || heap < 1) return [raise];
  return [
    { class: 'review', title: 'lower', data: { heap }, operations: [{ op: 'set', path: worst.at.path, value: text }] },
    raise,
  ];
}
