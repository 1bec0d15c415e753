import { callsOf, readWords, shellScript } from '../../kube/command.ts';
import { showName } from '../../kube/pod.ts';
import { readHooks } from '../../kube/probe.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'post-start-fragile',
  capability: 'container-restarts',
  tier: 2,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'A postStart hook relies on something that may not be there yet.',
    why: 'The hook runs at the same time as the process of the container, not after it is up, and nobody waits for other services either. When the hook fails, the container is killed, and the next start races in the same way: a crash loop that shows only on slow nodes.',
    exemptions: 'Hooks that try again, wait, or ignore failures (until, while, for, retry, wait-for, || true).',
    links: ['concepts/containers/container-lifecycle-hooks#hook-handler-execution'],
  },
  explains: ['post-start-failed/hook', 'container-exit/killed'],
  aliases: [],
  messages: {
    http: 'The postStart hook of container "{{container}}" sends an HTTP request while the container is still starting. When nobody answers yet, the hook fails and the container is killed: it may crash at every start.',
    exec: 'The postStart hook of container "{{container}}" runs {{program}} without trying again. It runs while the container and what it needs may not be up yet; when it fails, the container is killed: it may crash at every start.',
  },
  titles: { retry: 'Try again once a second, up to 30 times' },
  visit: {
    container(container, { report }) {
      if (container.role === 'init') return;
      const hook = readHooks(container.value).find(({ name }) => name === 'postStart');
      const [handler, ...others] = hook?.handlers ?? [];
      if (!handler || others.length > 0) return;
      const data = { container: showName(container) };
      if (handler.name === 'httpGet') report({ message: 'http', at: handler.value, data });
      if (handler.name !== 'exec') return;
      const at = handler.value.at('command');
      const words = readWords(at);
      const program = words && callsOf(words)[0]?.program;
      if (!words || program === undefined || words.some((word) => isPatient(word))) return;
      report({ message: 'exec', at, data: { ...data, program }, fixes: retry(words, at) });
    },
  },
});

const isPatient = (text: string): boolean =>
  /\b(?:until|while|for|retry|retries|wait-for|wait_for|wait4ports|dockerize)\b|--retry|--tries|\|\|\s*(?:true|:|exit 0|echo)|&\s*$/.test(
    text,
  );

/** A shell is there only where the hook uses one. */
function retry(words: readonly string[], at: Value): Fix[] {
  const script = shellScript(words)?.trim();
  if (script === undefined || script.includes('\n') || words.at(-1)?.trim() !== script) return [];
  const looped = `for try in $(seq ${tabStop(1, '30')}); do { ${script.replace(/;$/, '')}; } && exit 0; sleep 1; done; exit 1`;
  return [
    {
      class: 'template',
      title: 'retry',
      operations: [{ op: 'set', path: [...at.path, words.length - 1], value: looped }],
    },
  ];
}
