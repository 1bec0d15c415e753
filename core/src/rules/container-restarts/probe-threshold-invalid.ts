import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Probe } from '../../kube/probe.ts';
import { probeNames } from '../../kube/probe.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'probe-threshold-invalid',
  capability: 'container-restarts',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'A number of a probe is one that the API server refuses or replaces.',
    why: 'Liveness and startup probes succeed with the first good answer, so successThreshold must be 1 there. No number may be negative, and only liveness and startup probes may bring a terminationGracePeriodSeconds, of at least 1. The API server refuses anything else. A 0 for a period, timeout or threshold is accepted and silently replaced by the default, so the probe does not do what the manifest says.',
    exemptions:
      'initialDelaySeconds: 0, and successThreshold: 0 of liveness and startup probes, which mean what they become.',
    links: [
      'concepts/workloads/pods/probes#configure-probes',
      'concepts/workloads/pods/probes#probe-level-terminationgraceperiodseconds',
    ],
  },
  explains: ['failed-create/invalid'],
  aliases: ['datree:CONTAINERS_INCORRECT_SUCCESSTHRESHOLD_VALUE'],
  messages: {
    success:
      'The {{probe}} of container "{{container}}" wants {{value}} good answers in a row, but only readiness probes may want more than one. The API server refuses pods like this, so the {{kind}} never runs.',
    negative:
      '{{field}} of the {{probe}} of container "{{container}}" is {{value}}, less than nothing. The API server refuses pods like this, so the {{kind}} never runs.',
    graceOnReadiness:
      'The readinessProbe of container "{{container}}" has a terminationGracePeriodSeconds, but readiness never ends a container. The API server refuses pods like this, so the {{kind}} never runs.',
    grace:
      'terminationGracePeriodSeconds of the {{probe}} of container "{{container}}" is {{value}}, but at least 1 s is needed. The API server refuses pods like this, so the {{kind}} never runs.',
    zero: '{{field}} of the {{probe}} of container "{{container}}" is 0. Kubernetes silently takes the default instead, {{default}}.',
  },
  titles: { one: 'Set successThreshold to 1', remove: 'Remove {{field}}' },
  visit: {
    container(container, context) {
      if (container.role === 'init') return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (probe) judge(container, probe, context);
      }
    },
  },
});

type Messages = 'success' | 'negative' | 'graceOnReadiness' | 'grace' | 'zero';

/** What the API server takes in place of 0 (core/v1 Probe). */
const defaults: Readonly<Record<string, number>> = {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

function judge(container: Container, { name, value: probe }: Probe, { report, located }: Context<Messages>): void {
  const shared = { probe: name, container: showName(container), kind: located.resource.kind };
  const remove = (at: Value, field: string): Fix[] => [
    { class: 'safe', title: 'remove', data: { field }, operations: [{ op: 'remove', path: at.path }] },
  ];
  for (const field of ['initialDelaySeconds', ...Object.keys(defaults)]) {
    const at = probe.at(field);
    const value = at.number();
    if (value === undefined) continue;
    const data = { ...shared, field, value };
    const single = field === 'successThreshold' && name !== 'readinessProbe';
    if (value < 0) report({ message: 'negative', at, data, fixes: remove(at, field) });
    else if (single && value > 1)
      report({
        message: 'success',
        at,
        data,
        fixes: [{ class: 'safe', title: 'one', operations: [{ op: 'set', path: at.path, value: 1 }] }],
      });
    else if (value === 0 && field in defaults && !single)
      report({
        message: 'zero',
        at,
        data: { ...data, default: defaults[field] ?? '' },
        severity: 'warning',
        fixes: remove(at, field),
      });
  }
  const at = probe.at('terminationGracePeriodSeconds');
  const grace = at.number();
  const field = 'terminationGracePeriodSeconds';
  if (name === 'readinessProbe') {
    if (at.exists) report({ message: 'graceOnReadiness', at, data: shared, fixes: remove(at, field) });
  } else if (grace !== undefined && grace < 1)
    report({ message: 'grace', at, data: { ...shared, value: grace }, fixes: remove(at, field) });
}
