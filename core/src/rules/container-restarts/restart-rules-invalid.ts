import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { readHooks } from '../../kube/probe.ts';
import { atLeast } from '../../kube/version.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'restart-rules-invalid',
  capability: 'container-restarts',
  tier: 2,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'Restart rules of a container are refused, or do nothing.',
    why: 'Restart rules say what happens after certain exit codes, before the restart policy of the container does. They need that policy, at most 20 of them are allowed, and each needs exit codes (In or NotIn, at most 255) and an action: Restart, or from Kubernetes 1.36 RestartAllContainers. The latter stops the other containers without their preStop hooks and grace period. Containers have such rules from Kubernetes 1.34 on.',
    exemptions: 'Rules that a template fills in.',
    links: [
      'concepts/workloads/pods/container-restarts#container-restart-rules',
      'concepts/workloads/pods/container-restarts#restart-all-containers',
    ],
  },
  explains: ['failed-create/invalid'],
  aliases: [],
  messages: {
    unsupported:
      'Container "{{container}}" has restart rules, which Kubernetes knows from 1.34 on; the target is {{version}}. The API server refuses them or drops them silently.',
    policy:
      'Container "{{container}}" has restart rules but no restartPolicy of its own, which they need. The API server refuses pods like this, so the {{kind}} never runs.',
    many: 'Container "{{container}}" has {{count}} restart rules; at most 20 are allowed. The API server refuses pods like this, so the {{kind}} never runs.',
    action:
      'A restart rule of container "{{container}}" has the action "{{action}}"; allowed: {{allowed}}. The API server refuses pods like this, so the {{kind}} never runs.',
    exitCodes:
      'A restart rule of container "{{container}}" names no exit codes, so it is for nothing. The API server refuses pods like this, so the {{kind}} never runs.',
    operator:
      'A restart rule of container "{{container}}" compares exit codes with "{{operator}}"; In or NotIn is needed. The API server refuses pods like this, so the {{kind}} never runs.',
    values:
      'A restart rule of container "{{container}}" names {{count}} exit codes; at most 255 are allowed. The API server refuses pods like this, so the {{kind}} never runs.',
    effect:
      'Container "{{container}}" is always restarted by its restart policy, so its rules that restart it change nothing.',
    abrupt:
      'After certain exit codes of container "{{container}}" all containers of the pod are restarted, at once: preStop hooks do not run and the grace period of {{seconds}} s is not granted.',
  },
  titles: {
    policy: 'Add restartPolicy: {{policy}}, the policy of the pod',
    only: 'Add restartPolicy: Never (only the rules restart it)',
    action: 'Restart the container',
    remove: 'Remove the restart rules',
  },
  visit: {
    container(container, context) {
      const rules = container.value.at('restartPolicyRules');
      if (!rules.isSeq || rules.items().length === 0) return;
      const { version, report } = context;
      const data = { container: showName(container), version: `${version.major}.${version.minor}` };
      const remove: Fix = { class: 'review', title: 'remove', operations: [{ op: 'remove', path: rules.path }] };
      if (!atLeast(version, '1.34')) report({ message: 'unsupported', at: rules, data, fixes: [remove] });
      else judge(container, rules, context);
    },
  },
});

type Messages =
  'unsupported' | 'policy' | 'many' | 'action' | 'exitCodes' | 'operator' | 'values' | 'effect' | 'abrupt';

function judge(container: Container, rules: Value, context: Context<Messages>): void {
  const { report, located } = context;
  const data = { container: showName(container), kind: located.resource.kind };
  const items = rules.items();
  const policy = container.value.at('restartPolicy');
  const actions = items.map((rule) => rule.at('action').text());
  if (policy.missing) report({ message: 'policy', at: rules, data, fixes: addPolicy(container, actions) });
  if (items.length > 20) report({ message: 'many', at: rules, data: { ...data, count: items.length } });
  for (const rule of items) judgeRule(rule, data, context);
  if (policy.text() === 'Always' && actions.includes('Restart'))
    report({ message: 'effect', at: rules, data, severity: 'info' });
  if (!actions.includes('RestartAllContainers') || !atLeast(context.version, '1.36')) return;
  const seconds = container.pod.spec.at('terminationGracePeriodSeconds').number() ?? 30;
  const hooked = container.pod.containers.some(({ value }) => readHooks(value).some(({ name }) => name === 'preStop'));
  if (hooked || seconds > 30) report({ message: 'abrupt', at: rules, data: { ...data, seconds }, severity: 'warning' });
}

function judgeRule(
  rule: Value,
  data: { readonly container: string; readonly kind: string },
  { report, version }: Context<Messages>,
): void {
  if (!rule.isMap) return;
  const allowed = atLeast(version, '1.36') ? 'Restart, RestartAllContainers' : 'Restart';
  const action = rule.at('action');
  const text = action.text();
  const known = text === 'Restart' || (text === 'RestartAllContainers' && atLeast(version, '1.36'));
  if (!known && !action.templated) {
    const fixes: Fix[] = [
      { class: 'review', title: 'action', operations: [{ op: 'set', path: action.path, value: 'Restart' }] },
    ];
    report({ message: 'action', at: action, data: { ...data, action: action.rawText() ?? '', allowed }, fixes });
  }
  const codes = rule.at('exitCodes');
  if (codes.missing) report({ message: 'exitCodes', at: rule, data });
  if (!codes.isMap) return;
  const operator = codes.at('operator');
  const compare = operator.text();
  if (!operator.templated && compare !== 'In' && compare !== 'NotIn')
    report({ message: 'operator', at: operator, data: { ...data, operator: operator.rawText() ?? '' } });
  const count = codes.at('values').items().length;
  if (count > 255) report({ message: 'values', at: codes.at('values'), data: { ...data, count } });
}

/** The policy of the pod changes nothing, unless it is Always, which would leave rules to restart nothing to do. */
function addPolicy({ value, pod }: Container, actions: readonly (string | undefined)[]): Fix[] {
  const path = [...value.path, 'restartPolicy'];
  const written = pod.spec.at('restartPolicy');
  if (written.templated) return [];
  const own = written.text() ?? 'Always';
  const keeps = own !== 'Always' || !actions.includes('Restart');
  if (keeps)
    return [
      {
        class: 'safe',
        title: 'policy',
        data: { policy: own },
        operations: [{ op: 'set', path, value: own, after: 'image' }],
      },
    ];
  return [{ class: 'review', title: 'only', operations: [{ op: 'set', path, value: 'Never', after: 'image' }] }];
}
