import { programName, programWords, readWords, shellCommands, shellScript } from '../../kube/command.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Probe } from '../../kube/probe.ts';
import { asksOneThing, probeNames, showHandler } from '../../kube/probe.ts';
import { proposeProbes } from '../../kube/proposal.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Plain } from '../../yaml/plain.ts';

export default defineRule({
  id: 'probe-always-succeeds',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'A probe runs a command that never fails.',
    why: 'An exec probe succeeds when its command ends with exit code 0. A command that always does, or a script that ends with one, asks nothing: a hang is never noticed, and the pod counts as ready while it is not. It also silences the question whether there is a probe. (An HTTP probe that is answered by a redirect to another host counts as a success too; the manifest does not show that.)',
    exemptions: 'Scripts that can end early with an exit code of their own.',
    links: ['concepts/workloads/pods/probes#probe-results'],
  },
  explains: [],
  aliases: ['kyverno:deny-commands-in-exec-probe'],
  messages: {
    command:
      'The {{probe}} of container "{{container}}" runs "{{command}}", which never fails, so it asks nothing: what it should notice goes unnoticed.',
    script:
      'The script of the {{probe}} of container "{{container}}" ends with "{{end}}", so its exit code is always 0, whatever was found before: the probe never fails.',
  },
  titles: {
    httpGet: 'Ask over HTTP on port {{port}} instead',
    tcpSocket: 'Connect to port {{port}} instead',
    grpc: 'Ask over gRPC on port {{port}} instead',
  },
  visit: {
    container(container, { report }) {
      if (container.role === 'init') return;
      for (const name of probeNames) {
        const probe = container.probe(name);
        if (probe?.handler?.name !== 'exec' || !asksOneThing(probe)) continue;
        const at = probe.handler.value.at('command');
        const words = readWords(at);
        if (!words) continue;
        const data = { probe: name, container: showName(container), command: showHandler(probe.handler) };
        const script = shellScript(words);
        const end = script === undefined ? undefined : sureEnd(script);
        if (script === undefined ? cannotFail(words) : end === '')
          report({ message: 'command', at, data, fixes: propose(container, probe) });
        else if (end !== undefined)
          report({ message: 'script', at, data: { ...data, end }, fixes: propose(container, probe) });
      }
    },
  },
});

const succeeding: ReadonlySet<string> = new Set([
  'true',
  ':',
  'echo',
  'printf',
  'date',
  'uptime',
  'whoami',
  'sleep',
  'hostname',
  'pwd',
]);

function cannotFail(words: readonly string[]): boolean {
  const [first = '', ...args] = words;
  const program = programName(first);
  if (succeeding.has(program)) return true;
  if (program === 'exit') return args[0] === undefined || args[0] === '0';
  // With a file or a process named, both can fail.
  return (
    (program === 'ls' || program === 'ps') &&
    args.every((arg) => /^-?[a-z]*$/i.test(arg) && (program === 'ps' || arg.startsWith('-'))) &&
    !args.includes('-p')
  );
}

/** The end of a script that always gives 0; empty where that is all of it, undefined where it can fail. */
function sureEnd(script: string): string | undefined {
  const commands = shellCommands(script);
  const last = commands.at(-1);
  if (!last || last.next === '&' || !cannotFail(last.words)) return undefined;
  const before = commands.slice(0, -1);
  if (before.length === 0) return '';
  const operator = before.at(-1)?.next ?? ';';
  if (operator === '&&' || before.some(({ words }) => canLeave(words))) return undefined;
  return `${operator} ${last.words.join(' ')}`;
}

/** Commands that end a script with a failure before its end. */
function canLeave(words: readonly string[]): boolean {
  const [program = '', ...args] = programWords(words);
  if (program === 'exit' || program === 'return') return !(args[0] === '0' || args[0] === undefined);
  return (
    program === 'kill' ||
    words.includes('exec') ||
    (program === 'set' && args.some((arg) => /^-\w*e|errexit/.test(arg)))
  );
}

function propose({ ports }: Container, { name, value }: Probe): Fix[] {
  const [port, ...others] = ports;
  const timing = value.json() as { [key: string]: Plain } | undefined;
  if (!port || others.length > 0 || !timing) return [];
  const { exec: _, ...rest } = timing;
  return proposeProbes(port, name === 'readinessProbe' ? '/readyz' : '/livez', rest).map(({ handler, probe }) => ({
    class: 'template',
    title: handler,
    data: { port: port.name ?? port.number ?? '' },
    operations: [{ op: 'set', path: value.path, value: probe }],
  }));
}
