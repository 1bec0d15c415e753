import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Operation } from '../../yaml/edit.ts';
import { withEmptied } from '../../yaml/emptied.ts';
import type { Value } from '../../yaml/value.ts';

/** Seconds after which Kubernetes gives up on a node by default (admission DefaultTolerationSeconds). */
const defaultSeconds = 300;

export default defineRule({
  id: 'toleration-blocks-failover',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A toleration keeps pods bound to a node that has failed.',
    why: 'When a node does not answer, Kubernetes taints it (not-ready, unreachable) and every pod without a matching toleration is evicted. Pods get tolerations for 300 s by default; one of their own that is longer or has no limit replaces them, and so does a toleration for everything. The pod then stays bound to the dead node, and its replacement is not made.',
    exemptions:
      'DaemonSets, which belong to their node. Tolerations for the effect NoSchedule or PreferNoSchedule only; fields that template text fills in.',
    links: [
      'concepts/scheduling-eviction/taint-and-toleration#taint-based-evictions',
      'concepts/cluster-administration/node-shutdown#non-graceful-node-shutdown',
    ],
  },
  explains: ['pod-lost/node', 'node-not-ready/kubelet-stopped', 'node-not-ready/kubelet-reports'],
  aliases: [],
  options: {
    maxSeconds: { default: defaultSeconds, description: 'Seconds that a pod may stay on a node that does not answer.' },
  },
  messages: {
    forever:
      'This toleration has no limit: when its node fails, the pod stays bound to it for ever and no replacement is made (by default after {{default}} s).',
    long: 'When its node fails, the pod stays bound to it for {{seconds}} s before a replacement is made; the default is {{default}} s.',
    everything:
      'A toleration without key tolerates every taint, also those of a node that has failed: the pod stays bound to it for ever and no replacement is made (by default after {{default}} s).',
    everythingLong:
      'A toleration without key tolerates every taint, also those of a node that has failed: the pod stays bound to it for {{seconds}} s before a replacement is made; the default is {{default}} s.',
    outOfService:
      'The taint node.kubernetes.io/out-of-service is how an administrator frees the pods of a node that will not come back. This pod tolerates it, so it is not freed and its volumes stay attached.',
    operator:
      'A toleration without key needs operator: Exists. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    limit: 'Stay for {{seconds}} s at most',
    narrowSchedule: 'Tolerate only what keeps pods from being placed: effect NoSchedule',
    narrowExecute: 'Tolerate only evictions, for {{seconds}} s at most: effect NoExecute',
    remove: 'Remove this toleration',
  },
  visit: {
    pod({ spec }, context) {
      if (context.located.resource.kind === 'DaemonSet') return;
      for (const toleration of spec.at('tolerations').items()) {
        if (toleration.isMap && !toleration.open) judge(toleration, spec, context);
      }
    },
  },
});

type Messages = 'forever' | 'long' | 'everything' | 'everythingLong' | 'outOfService' | 'operator';

const failures: ReadonlySet<string> = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']);

function judge(toleration: Value, spec: Value, { report, option, located }: Context<Messages>): void {
  const [key, operator, effect, limit] = ['key', 'operator', 'effect', 'tolerationSeconds'].map((field) =>
    toleration.at(field),
  ) as [Value, Value, Value, Value];
  if ([key, operator, effect, limit].some((value) => value.templated && !value.missing)) return;
  const name = key.text() ?? '';
  if (name === '' && operator.text() !== 'Exists') {
    report({ message: 'operator', at: toleration, data: { kind: located.resource.kind }, severity: 'error' });
    return;
  }
  const any = effect.missing || effect.text() === '';
  if (!any && effect.text() !== 'NoExecute') return;
  const max = option<number>('maxSeconds');
  const seconds = limit.number();
  const data = { default: defaultSeconds, seconds: seconds ?? '' };
  const toMax: Operation[] = [
    { op: 'set', path: limit.path, value: max },
    ...(any ? [{ op: 'set', path: effect.path, value: 'NoExecute' } as const] : []),
  ];
  if (name === 'node.kubernetes.io/out-of-service') {
    report({
      message: 'outOfService',
      at: toleration,
      fixes: [
        { class: 'review', title: 'remove', operations: [{ op: 'remove', path: withEmptied(spec, toleration.path) }] },
      ],
    });
    return;
  }
  // Without key every taint is meant; one with a limit counts as limited for all.
  if (
    (name !== '' && !failures.has(name)) ||
    (seconds !== undefined && seconds <= max) ||
    (limit.exists && seconds === undefined)
  )
    return;
  if (name === '') {
    const narrow: Fix[] = [
      ...(any && !limit.exists
        ? [
            {
              class: 'review',
              title: 'narrowSchedule',
              operations: [{ op: 'set', path: effect.path, value: 'NoSchedule' }],
            } as const,
          ]
        : []),
      { class: 'review', title: any ? 'narrowExecute' : 'limit', data: { seconds: max }, operations: toMax },
    ];
    report({ message: seconds === undefined ? 'everything' : 'everythingLong', at: toleration, data, fixes: narrow });
  } else
    report({
      message: seconds === undefined ? 'forever' : 'long',
      at: toleration,
      data,
      fixes: [{ class: 'safe', title: 'limit', data: { seconds: max }, operations: toMax }],
    });
}
