import { readWords, shellCommands, shellScript } from '../../kube/command.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { probeNames, readHooks } from '../../kube/probe.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Plain } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'exec-command-malformed',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: 'all',
  needs: 'any',
  docs: {
    summary: 'The command of a probe, hook or container cannot be started as it is written.',
    why: 'Kubernetes starts the first word of a command as a program and hands it the others; no shell splits words or understands pipes and redirections, unless the command starts one. A probe whose command cannot be started is an error, and its result is thrown away: liveness never restarts the container, readiness never lets the pod into its Service. A hook that cannot be started fails, and after postStart the container is killed. A container whose command cannot be started never runs.',
    exemptions: 'Paths with a space in them; operators behind sh -c.',
    links: ['tasks/configure-pod-container/configure-liveness-readiness-startup-probes#define-a-liveness-command'],
  },
  explains: [
    'liveness-probe-failed/exec',
    'startup-probe-failed/exec',
    'post-start-failed/hook',
    'pre-stop-failed/hook',
    'container-exit/start-error',
    'readiness-lost/exec',
  ],
  aliases: [],
  messages: {
    words:
      'The command of the {{place}} of container "{{container}}" is one word with spaces in it, so a program called "{{command}}" is looked for. There is none, so it never works.',
    operators:
      'The command of the {{place}} of container "{{container}}" uses "{{operator}}", but no shell reads it: the program gets it as an argument, and the result is not what it looks like.',
    start:
      'The command of container "{{container}}" is one word with spaces in it, so a program called "{{command}}" is looked for. There is none: the container never starts.',
    text: 'The command of the {{place}} of container "{{container}}" is a text, but it has to be a list of words. The API server refuses this {{kind}}.',
    empty:
      'The command of the {{place}} of container "{{container}}" is an empty list. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: { split: 'Write each word as an item of its own', shell: 'Let a shell run it (sh -c)' },
  visit: {
    container(container, context) {
      if (container.role !== 'init') {
        for (const name of probeNames) {
          const probe = container.probe(name);
          if (probe) judge(container, name, probe.value.at('exec', 'command'), context);
        }
        for (const { name, value } of readHooks(container.value))
          judge(container, `${name} hook`, value.at('exec', 'command'), context);
      }
      judgeStart(container, context);
    },
  },
});

type Messages = 'words' | 'operators' | 'start' | 'text' | 'empty';

function judge(container: Container, place: string, at: Value, { report, located }: Context<Messages>): void {
  if (!at.exists || at.templated) return;
  const data = { container: showName(container), place, kind: located.resource.kind };
  const text = at.rawText();
  if (text !== undefined) return report({ message: 'text', at, data, severity: 'error', fixes: split(text, [], at) });
  if (at.isSeq && !at.open && at.items().length === 0) return report({ message: 'empty', at, data, severity: 'error' });
  const words = readWords(at);
  const [first = ''] = words ?? [];
  if (!words) return;
  if (isSeveralWords(first)) {
    report({ message: 'words', at, data: { ...data, command: short(first) }, fixes: split(first, words.slice(1), at) });
    return;
  }
  const operator = shellScript(words) === undefined ? operatorIn(words) : undefined;
  if (operator !== undefined)
    report({ message: 'operators', at, data: { ...data, operator }, fixes: shell(words, at) });
}

function judgeStart(container: Container, { report }: Context<Messages>): void {
  const at = container.value.at('command');
  const words = readWords(at);
  const [first = ''] = words ?? [];
  if (!words || !isSeveralWords(first)) return;
  report({
    message: 'start',
    at,
    data: { container: showName(container), command: short(first) },
    fixes: split(first, words.slice(1), at),
  });
}

/** A program with blanks in its name is a mistake, but a folder may have some. */
function isSeveralWords(word: string): boolean {
  const text = word.trim();
  if (!/\s/.test(text) || /^[A-Za-z]:\\/.test(text) || text.includes('$(')) return false;
  return !(text.startsWith('/') && /\s[^-/\s][^\s]*\//.test(text));
}

const operators = /^(?:\||\|\||&&|>|>>|<|\d?>>?(?:&\d|\/.*))$/;

/** An operator that stands where only a shell would understand it. */
function operatorIn(words: readonly string[]): string | undefined {
  const operator = words.slice(1).find((word) => operators.test(word));
  // $(NAME) is filled in by Kubernetes itself.
  return operator ?? words.map((word) => /\$\([^)]*\s[^)]*\)/.exec(word)?.[0]).find((found) => found !== undefined);
}

const hasOperators = (text: string): boolean => /[|&;<>`\n]|\$[({\w]/.test(text);

/** Words of a text; where only a shell can read it, a shell does. */
function split(text: string, rest: readonly string[], at: Value): Fix[] {
  if (hasOperators(text)) return rest.length > 0 ? [] : [fix('shell', ['sh', '-c', text], at)];
  const words = shellCommands(text).flatMap((command) => command.words);
  return words.length === 0 ? [] : [fix('split', [...words, ...rest], at)];
}

function shell(words: readonly string[], at: Value): Fix[] {
  const script = words
    .map((word) =>
      /^[\w./:=@%+,$(){}-]+$/.test(word) || operators.test(word) || word.includes('$(')
        ? word
        : `'${word.replaceAll("'", `'\\''`)}'`,
    )
    .join(' ');
  return [fix('shell', ['sh', '-c', script], at)];
}

const fix = (title: 'split' | 'shell', words: Plain, at: Value): Fix => ({
  class: title === 'split' ? 'safe' : 'review',
  title,
  operations: [{ op: 'set', path: at.path, value: words }],
});

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
