import { imageName } from '../../kube/image.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { atLeast } from '../../kube/version.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Operation } from '../../yaml/edit.ts';
import type { Plain } from '../../yaml/plain.ts';

export default defineRule({
  id: 'sidecar-blocks-job',
  capability: 'container-restarts',
  tier: 2,
  severity: 'warning',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'document',
  kinds: ['batch/Job', 'batch/CronJob'],
  needs: 'complete',
  docs: {
    summary: 'A Job has a helper container beside its work that never ends.',
    why: 'A Job is done when all containers of its pod have ended. A proxy or log agent among them runs on, so the Job never completes: its work is neither counted as done nor tried again, and a CronJob that forbids overlaps never starts another. As a native sidecar, an init container with restartPolicy Always, the helper is stopped when the work is done.',
    exemptions:
      'Native sidecars; helpers that the work or the helper itself is told to stop (quitquitquit, pkill, shutdown).',
    links: ['concepts/workloads/pods/sidecar-containers#jobs-with-sidecar-containers'],
  },
  explains: ['job-failed/deadline'],
  aliases: [],
  messages: {
    sidecar:
      'Container "{{container}}" looks like a helper that never ends, so this {{kind}} never completes: its pod runs on after the work is done.',
  },
  titles: { sidecar: 'Make it a native sidecar, which is stopped when the work is done' },
  visit: {
    pod({ spec, containers }, { report, located, version }) {
      const main = containers.filter(({ role }) => role === 'main');
      const helpers = main.filter(isHelper);
      if (main.length < 2 || helpers.length === main.length || main.some(stopsHelpers) || spec.at('containers').open)
        return;
      for (const helper of helpers) {
        const { value } = helper;
        const fixes: Fix[] = atLeast(version, '1.29') ? nativeSidecar(helper) : [];
        report({
          message: 'sidecar',
          at: value.at('name'),
          data: { container: showName(helper), kind: located.resource.kind },
          fixes,
        });
      }
    },
  },
});

function nativeSidecar({ value, pod: { spec } }: Container): Fix[] {
  const json = value.json() as { [key: string]: Plain } | undefined;
  const path = [...spec.path, 'initContainers'];
  // Written behind another key than the list that loses an item.
  const after = spec.entries().find(({ key }) => key !== 'containers')?.key;
  if (!json || (after === undefined && spec.at('initContainers').missing)) return [];
  const sidecar = { ...json, restartPolicy: 'Always' };
  const add: Operation = spec.at('initContainers').isSeq
    ? { op: 'append', path, value: sidecar }
    : { op: 'set', path, value: [sidecar], after: after ?? '' };
  return [{ class: 'review', title: 'sidecar', operations: [{ op: 'remove', path: value.path }, add] }];
}

const helperNames =
  /^(?:istio-proxy|linkerd-proxy|envoy|cloud-?sql-proxy|gce-proxy|vault-agent|fluent-?bit|fluentd|(?:otel|opentelemetry)-collector(?:-contrib|-k8s)?|otelcol|daprd|dapr|filebeat|promtail|vector|datadog-agent|consul-dataplane|jaeger-agent|oauth2-proxy)$/;

const isHelper = ({ name, value }: Container): boolean =>
  helperNames.test(name ?? '') || helperNames.test(imageName(value.at('image').text()) ?? '');

/** Whether a container is told to end a helper, or to end with the work. */
function stopsHelpers({ value }: Container): boolean {
  const words = [...value.at('command').items(), ...value.at('args').items()];
  return words.some(
    (word) => word.unknown || /quitquitquit|quit-endpoint|pkill|killall|\/shutdown|\bkill\b/.test(word.rawText() ?? ''),
  );
}
