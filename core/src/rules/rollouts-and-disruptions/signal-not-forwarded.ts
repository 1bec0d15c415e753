import type { ShellCommand } from '../../kube/command.ts';
import { programName, readWords, shellCommands } from '../../kube/command.ts';
import { readImage } from '../../kube/image.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { graceSeconds } from '../../kube/shutdown.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'signal-not-forwarded',
  capability: 'rollouts-and-disruptions',
  tier: 2,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'any',
  docs: {
    summary: 'A shell starts the program and does not pass on the signal to end.',
    why: 'A pod that has to go gets SIGTERM, which reaches the first process of the container. With "sh -c" that is the shell: it does not pass the signal on, and as the first process it ignores it. The program never learns that it should end, and every replacement of the pod waits for the whole grace period and then cuts off what it was doing. "exec" puts the program in place of the shell.',
    exemptions:
      'Scripts with exec, trap, wait, loops or background jobs; tini, dumb-init and the like; shareProcessNamespace; programs that only wait (sleep, tail). bash and the sh of Alpine images put the last command in their own place; the sh of Debian and Ubuntu images (dash) does not, and which of them an image has is a guess from its name.',
    links: ['concepts/workloads/pods/pod-lifecycle#pod-termination'],
  },
  explains: ['container-exit/grace-exceeded'],
  aliases: [],
  messages: {
    shell:
      'The first process of container "{{container}}" is a shell, which does not pass on the signal to end: "{{program}}" never hears of it, so each replacement of the pod waits for the whole grace period ({{grace}} s) and then kills it in the middle of its work.',
  },
  titles: { exec: 'Put "{{program}}" in place of the shell: exec' },
  visit: {
    container(container, { report }) {
      const shared = container.pod.spec.at('shareProcessNamespace');
      if (container.role === 'init' || (!shared.missing && shared.boolean() !== false)) return;
      const script = scriptOf(container);
      const last = script && foregroundProgram(script.text);
      if (!script || !last) return;
      const program = programName(last.words[0] ?? '');
      const grace = graceSeconds(container.pod.spec) ?? '…';
      report({
        message: 'shell',
        at: script.at,
        data: { container: showName(container), program, grace },
        fixes: fixes(script, last, program),
      });
    },
  },
});

interface Script {
  readonly at: Value;
  readonly text: string;
}

/** The script that the container's shell runs, if that shell stays the first process. */
function scriptOf({ value }: Container): Script | undefined {
  const command = value.at('command');
  const args = value.at('args');
  const items = [...command.items(), ...args.items()];
  const words = [...(readWords(command) ?? []), ...(args.missing ? [] : (readWords(args) ?? []))];
  if (command.missing || words.length !== items.length || command.open || args.open) return undefined;
  const [shell, flag, text] = words;
  const at = items[2];
  if (
    !/^(?:\/(?:usr\/)?bin\/)?(?:sh|dash)$/.test(shell ?? '') ||
    !/^-[a-z]*c$/.test(flag ?? '') ||
    text === undefined ||
    !at
  )
    return undefined;
  const image = value.at('image');
  return (image.templated && !image.missing) || replacesItself(image.text() ?? '') ? undefined : { at, text };
}

/** Images whose sh is that of busybox, which ends by becoming its last command. */
function replacesItself(image: string): boolean {
  const { name, tag = '' } = readImage(image);
  return /alpine|busybox/.test(`${name}:${tag}`);
}

/** What a shell does itself, and programs that do nothing that a signal would cut off. */
const harmless =
  /^(?:cd|set|export|echo|printf|true|false|:|\.|source|umask|ulimit|test|\[|\[\[|sleep|tail|exit|return|unset|alias|eval|shift|read|done|fi|esac|\}|\))$/;

/** Words of scripts that handle signals or do more than start one program. */
const busy =
  /(?:^|[\s;&|(])(?:exec|trap|wait|while|until|for|case|if|function|tini|dumb-init|gosu|su-exec|supervisord|s6-svscan|kill)(?=[\s;]|$)|<<|(?<![<>&])&(?![&>])/m;

/** The last command of a script, where it is the one program that the script is there to start. */
function foregroundProgram(script: string): ShellCommand | undefined {
  const text = script.replaceAll(/^[ \t]*#.*$/gm, '').replaceAll('&&', ';;');
  if (busy.test(text) || text.includes('|')) return undefined;
  const last = shellCommands(script).at(-1);
  const [program = ''] = last?.words ?? [];
  if (!last || program === '' || harmless.test(programName(program)) || /^[A-Za-z_]\w*=|[$`(){}]/.test(program))
    return undefined;
  return last;
}

/** A script of several lines is left to its author. */
function fixes({ at, text }: Script, { start }: ShellCommand, program: string): Fix[] {
  if (text.includes('\n')) return [];
  return [
    {
      class: 'review',
      title: 'exec',
      data: { program },
      operations: [{ op: 'set', path: at.path, value: `${text.slice(0, start)}exec ${text.slice(start)}` }],
    },
  ];
}
