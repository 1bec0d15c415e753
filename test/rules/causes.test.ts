import { describe, expect, it } from 'vitest';
import { causes } from '../../core/src/live/catalogue.ts';
import { causeIds, rulesFor } from '../../core/src/live/remedies.ts';
import { rules } from '../../core/src/rules/registry.ts';

/** What no finding in a manifest would have prevented, and why. */
const without: Readonly<Record<string, string>> = {
  'container-exit/wrong-platform': 'which platforms an image has is not in a manifest',
  'container-exit/forbidden-call': 'what a program calls is not in a manifest',
  'container-exit/unseen': 'what nobody saw has no cause to prevent',
  'image-pull/platform': 'which platforms an image has is not in a manifest',
  'image-pull/disk': 'disks belong to nodes',
  'image-pull/certificate': 'certificates of registries are set on nodes',
  'image-pull/not-found': 'what a registry holds is not in a manifest',
  'image-pull/signature': 'policies for signatures are set on nodes',
  'image-pull/invalid-name': 'no rule reads the form of image names: the kubelet says it at once',
  'image-pull/other': 'a message that is not known names no cause',
  'create-container/runtime': 'what the runtime could not do is its own matter',
  'pod-rejected/admission': 'what a kubelet admits is set on its node',
  'pod-failed/deadline': 'a deadline that was asked for was kept',
  'pod-stuck/finalizer': 'finalizers are written by controllers, not in manifests',
  'pod-stuck/kubelet': 'a kubelet that does not answer is the node’s matter',
  'sandbox-failed/network': 'network plugins belong to nodes',
  'sandbox-failed/runtime': 'what the runtime could not do is its own matter',
  'unschedulable/too-many-pods': 'how many pods a node takes is set on it',
  'unschedulable/taint': 'taints belong to nodes',
  'unschedulable/other': 'a message that is not known names no cause',
  'failed-create/security': 'rules of pod security are another linter’s business',
  'failed-create/webhook': 'what a webhook refuses is not in the manifest',
  'failed-create/other': 'a message that is not known names no cause',
  'job-failed/other': 'a reason that is not known names no cause',
  'node-pressure/processes': 'limits of processes are set on nodes',
  'node-pressure/network': 'networks belong to nodes',
  'node-pressure/condition': 'conditions of other makers may mean anything',
  'autoscaler-stuck/no-metrics': 'whether a cluster serves metrics is not in a manifest',
  'autoscaler-stuck/other': 'a message that is not known names no cause',
};

describe('causes and rules', () => {
  it.each(causeIds)('%s has rules that would have prevented it, or a reason why it has none', (cause) => {
    expect(rulesFor(cause).length > 0).toBe(without[cause] === undefined);
  });

  it('the table has every cause of the engine, and no other', () => {
    expect([...causeIds].sort()).toEqual([...new Set(causes.flatMap(({ ids }) => ids))].sort());
    expect(Object.keys(without).filter((cause) => !causeIds.includes(cause))).toEqual([]);
  });

  it.each(rules.map(({ id, explains }) => ({ id, explains })))(
    '$id explains only causes that there are, each once, and is in their rows',
    ({ id, explains }) => {
      expect(explains.filter((cause) => !rulesFor(cause).includes(id))).toEqual([]);
      expect(new Set(explains).size).toBe(explains.length);
      expect(causeIds.filter((cause) => rulesFor(cause).includes(id)).sort()).toEqual([...explains].sort());
    },
  );

  it('what says the most about a cause comes first, what helps against everything last', () => {
    expect(rulesFor('oom-killed/limit')[0]).toBe('heap-exceeds-limit');
    expect(rulesFor('oom-killed/limit').at(-1)).toBe('single-replica');
    expect(rulesFor('pod-lost/node').slice(-2)).toEqual(['replicas-not-spread', 'single-replica']);
    const breadth = (id: string): number => rules.find((rule) => rule.id === id)?.explains.length ?? 0;
    for (const cause of causeIds) {
      const numbers = rulesFor(cause).map(breadth);
      expect(numbers, cause).toEqual([...numbers].sort((a, b) => a - b));
    }
  });

  it('a cause that is unknown has none', () => {
    expect(rulesFor('no-such/cause')).toEqual([]);
    expect(rulesFor('constructor')).toEqual([]);
  });
});
