import { defineCause } from '../cause.ts';
import type { RootCauseClass } from '../view.ts';

type Reason = readonly [reason: string, rootCause: RootCauseClass, pattern: RegExp];

/** Reasons of the scheduler's plugins (`pkg/scheduler/framework/plugins`), the most telling first. */
const reasons: readonly Reason[] = [
  ['too-many-pods', 'node', /Too many pods/],
  ['resources', 'resources', /Insufficient \S+/],
  [
    'volume',
    'storage',
    /persistent volumes? to bind|volume node affinity conflict|no available volume zone|unbound immediate PersistentVolumeClaims|exceed max volume count|ReadWriteOncePod|persistentvolumeclaim|didn't match PersistentVolume/i,
  ],
  ['affinity', 'configuration', /didn't match Pod's node affinity\/selector|node\(s\) didn't match node selector/],
  ['spread', 'configuration', /topology spread constraints|pod (?:anti-)?affinity( rules)?|anti-affinity rules/],
  ['ports', 'configuration', /free ports/],
  ['cordoned', 'node', /were unschedulable/],
  ['taint', 'configuration', /untolerated taint|taints? that the pod didn't tolerate/],
];

/**
 * Of "0/5 nodes are available: 3 Insufficient memory, 2 node(s) had untolerated taint(s). preemption: …" the reason of
 * most nodes; what comes first in the table where they are even.
 */
function mostOften(text: string): Reason | undefined {
  const told = text.replace(/\. preemption:.*$/s, '').replace(/^\d+\/\d+ nodes are available: ?/, '');
  let best: Reason | undefined;
  let most = 0;
  for (const reason of reasons) {
    let nodes = 0;
    for (const part of told.split(/, (?=\d)/)) {
      if (reason[2].test(part)) nodes += Number(/^\d+/.exec(part)?.[0] ?? 1);
    }
    if (nodes > most) [best, most] = [reason, nodes];
  }
  return best;
}

/** No node takes the pod: the scheduler tries again when something changes, and every five minutes. */
export const unschedulable = defineCause({
  about: 'unschedulable',
  ids: [...reasons.map(([reason]) => reason), 'other'].map((reason) => `unschedulable/${reason}`),
  match({ pod }) {
    const text = pod.scheduled?.message ?? '';
    const found = mostOften(text);
    const detail = text.replace(/\. preemption:.*$/s, '').slice(0, 200);
    return {
      cause: `unschedulable/${found?.[0] ?? 'other'}`,
      rootCause: found?.[1] ?? 'unknown',
      confidence: found === undefined ? 0.3 : 0.9,
      data: { pod: pod.name, detail },
    };
  },
});
