import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'spread-constraint-invalid',
  capability: 'node-failure-and-autoscaling',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A spread constraint is one that the API server refuses.',
    why: 'A topology spread constraint needs a maxSkew of at least 1, a topologyKey, and DoNotSchedule or ScheduleAnyway in whenUnsatisfiable. minDomains counts from 1 and only with DoNotSchedule; nodeAffinityPolicy and nodeTaintsPolicy are Honor or Ignore; two constraints of a pod differ in topologyKey or whenUnsatisfiable. Anything else is refused. Before Kubernetes 1.34 a StatefulSet is accepted as it is, and then each of its pods is refused.',
    exemptions: 'Fields that template text fills in.',
    links: ['concepts/scheduling-eviction/topology-spread-constraints#spread-constraint-definition'],
  },
  explains: ['failed-create/invalid'],
  aliases: ['kube-score:pod-topology-spread-constraints'],
  messages: {
    skew: 'maxSkew has to be at least 1. The API server refuses pods with a spread constraint like this, so the {{kind}} never runs.',
    key: 'topologyKey is missing: this constraint does not say what to spread over. The API server refuses pods like this, so the {{kind}} never runs.',
    when: 'whenUnsatisfiable has to be DoNotSchedule or ScheduleAnyway. The API server refuses pods like this, so the {{kind}} never runs.',
    domains: 'minDomains has to be at least 1. The API server refuses pods like this, so the {{kind}} never runs.',
    domainsAnyway:
      'minDomains is only allowed with whenUnsatisfiable: DoNotSchedule. The API server refuses pods like this, so the {{kind}} never runs.',
    policy: '{{field}} has to be Honor or Ignore. The API server refuses pods like this, so the {{kind}} never runs.',
    twice:
      'Another constraint has the same topologyKey and whenUnsatisfiable. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    skew: 'Set maxSkew to 1',
    hostname: 'Spread over nodes: kubernetes.io/hostname',
    zone: 'Spread over zones: topology.kubernetes.io/zone',
    anyway: 'Spread as far as it can be done: ScheduleAnyway',
    never: 'Rather leave a pod waiting than uneven: DoNotSchedule',
    domains: 'Remove minDomains',
    policy: 'Write {{value}}',
    twice: 'Remove this constraint',
  },
  visit: {
    pod({ spec }, context) {
      const seen = new Set<string>();
      for (const constraint of spec.at('topologySpreadConstraints').items()) {
        if (!constraint.isMap || constraint.open) continue;
        judge(constraint, context);
        const [key, when] = [constraint.at('topologyKey').text(), constraint.at('whenUnsatisfiable').text()];
        if (key === undefined || when === undefined) continue;
        const pair = `${key} ${when}`;
        const data = { kind: context.located.resource.kind };
        if (seen.has(pair))
          context.report({
            message: 'twice',
            at: constraint,
            data,
            fixes: [{ class: 'review', title: 'twice', operations: [{ op: 'remove', path: constraint.path }] }],
          });
        seen.add(pair);
      }
    },
  },
});

type Messages = 'skew' | 'key' | 'when' | 'domains' | 'domainsAnyway' | 'policy' | 'twice';

function judge(constraint: Value, { report, located }: Context<Messages>): void {
  const data = { kind: located.resource.kind };
  const [skew, key, when, domains] = [
    constraint.at('maxSkew'),
    constraint.at('topologyKey'),
    constraint.at('whenUnsatisfiable'),
    constraint.at('minDomains'),
  ];
  const set = (at: Value, title: string, value: string | number, safe = false): Fix => ({
    class: safe ? 'safe' : 'review',
    title,
    operations: [{ op: 'set', path: at.path, value }],
  });
  const remove: Fix[] = [{ class: 'safe', title: 'domains', operations: [{ op: 'remove', path: domains.path }] }];
  if (skew.missing || (skew.number() ?? 1) < 1)
    report({ message: 'skew', at: skew, data, fixes: [set(skew, 'skew', 1, true)] });
  if (key.missing || key.text() === '') {
    report({
      message: 'key',
      at: key,
      data,
      fixes: [set(key, 'hostname', 'kubernetes.io/hostname'), set(key, 'zone', 'topology.kubernetes.io/zone')],
    });
  }
  if (when.missing || !/^(?:DoNotSchedule|ScheduleAnyway)$/.test(when.text() ?? 'DoNotSchedule')) {
    report({
      message: 'when',
      at: when,
      data,
      fixes: [set(when, 'anyway', 'ScheduleAnyway'), set(when, 'never', 'DoNotSchedule')],
    });
  }
  if ((domains.number() ?? 1) < 1) report({ message: 'domains', at: domains, data, fixes: remove });
  else if (domains.exists && when.text() === 'ScheduleAnyway')
    report({ message: 'domainsAnyway', at: domains, data, fixes: remove });
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
    const at = constraint.at(field);
    const text = at.text();
    if (text === undefined || text === 'Honor' || text === 'Ignore') continue;
    const value = ['Honor', 'Ignore'].find((word) => word.toLowerCase() === text.toLowerCase());
    report({
      message: 'policy',
      at,
      data: { ...data, field },
      fixes: value === undefined ? [] : [{ ...set(at, 'policy', value, true), data: { value } }],
    });
  }
}
