import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Hook, Probe } from '../../kube/probe.ts';
import { isEmptyMap, probeNames, readHooks } from '../../kube/probe.ts';
import { proposeProbes } from '../../kube/proposal.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Plain } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'probe-handler-invalid',
  capability: 'container-restarts',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A probe or lifecycle hook does not have exactly one way to ask.',
    why: 'A probe has to name one of httpGet, tcpSocket, grpc and exec; a hook one of exec, httpGet, tcpSocket and sleep. With none of them, or with two, the API server refuses the pod. The schema allows it, so schema validators do not notice. Before Kubernetes 1.34 a StatefulSet is accepted as it is, and then each of its pods is refused: the StatefulSet stays without pods, and only an event says why.',
    exemptions:
      'Probes that a template fills in; init containers, which may not have probes at all; "lifecycle: {}", which is fine.',
    links: ['concepts/workloads/pods/probes#check-mechanisms'],
  },
  explains: ['failed-create/invalid'],
  aliases: [],
  messages: {
    none: 'The {{probe}} of container "{{container}}" does not say what to ask: it needs one of httpGet, tcpSocket, grpc or exec. The API server refuses pods like this, so the {{kind}} never runs.',
    several:
      'The {{probe}} of container "{{container}}" asks in {{count}} ways at once, {{handlers}}, but only one is allowed. The API server refuses pods like this, so the {{kind}} never runs.',
    empty:
      'The {{handler}} of the {{probe}} of container "{{container}}" is empty, so it asks nothing. The API server refuses pods like this, so the {{kind}} never runs.',
    hook: 'The {{probe}} hook of container "{{container}}" does not say what to do: it needs one of exec, httpGet, tcpSocket or sleep. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: {
    keep: 'Keep {{handler}} and remove {{others}}',
    httpGet: 'Ask over HTTP on port {{port}}',
    tcpSocket: 'Connect to port {{port}}',
    grpc: 'Ask over gRPC on port {{port}}',
  },
  visit: {
    container(container, { report, located, around }) {
      if (container.role === 'init') return;
      const { kind } = located.resource;
      const judge = (asked: Probe | Hook, isProbe: boolean): void => {
        const { value, name, handlers } = asked;
        if (!value.isMap || value.open) return;
        const data = { probe: name, container: showName(container), kind };
        const [only, ...others] = handlers;
        if (only === undefined) {
          if (around.patched(located, value)) return;
          report({
            message: isProbe ? 'none' : 'hook',
            at: value,
            data,
            fixes: isProbe ? propose(container, value) : [],
          });
        } else if (others.length > 0) {
          const names = handlers.map((handler) => handler.name).join(', ');
          report({
            message: 'several',
            at: value,
            data: { ...data, count: handlers.length, handlers: names },
            fixes: keepOne(asked),
          });
        } else if (isEmptyMap(only.value) && only.name !== 'sleep') {
          if (around.patched(located, only.value)) return;
          report({ message: 'empty', at: only.value, data: { ...data, handler: only.name } });
        }
      };
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (probe) judge(probe, true);
      }
      for (const hook of readHooks(container.value)) judge(hook, false);
    },
  },
});

/** One fix for each handler that could stay. */
function keepOne({ handlers, value }: Probe | Hook): Fix[] {
  return handlers
    .filter((kept) => !isEmptyMap(kept.value))
    .flatMap((kept): Fix[] => {
      const others = handlers.filter((handler) => handler !== kept);
      const data = { handler: kept.name, others: others.map(({ name }) => name).join(', ') };
      const [first, ...more] = others;
      if (!first) return [];
      if (more.length === 0)
        return [{ class: 'review', title: 'keep', data, operations: [{ op: 'remove', path: first.value.path }] }];
      // Neighbours that go together are one change: the map without them.
      const json = value.json() as { [key: string]: Plain } | undefined;
      if (!json) return [];
      const rest = Object.fromEntries(Object.entries(json).filter(([key]) => !others.some(({ name }) => name === key)));
      return [{ class: 'review', title: 'keep', data, operations: [{ op: 'set', path: value.path, value: rest }] }];
    });
}

function propose({ ports }: Container, probe: Value): Fix[] {
  const [port, ...others] = ports;
  if (!port || others.length > 0) return [];
  return proposeProbes(port, '/healthz').map(({ handler, probe: proposed }) => ({
    class: 'template',
    title: handler,
    data: { port: port.name ?? port.number ?? '' },
    operations: [{ op: 'set', path: [...probe.path, handler], value: proposed[handler] ?? {} }],
  }));
}
