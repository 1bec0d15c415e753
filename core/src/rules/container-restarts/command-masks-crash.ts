import type { ShellCommand } from '../../kube/command.ts';
import { programName, programWords, readWords, shellCommands, shellScript } from '../../kube/command.ts';
import { imageName } from '../../kube/image.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { tabStop } from '../../yaml/plain.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'command-masks-crash',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'The command of a container stays alive when the application in it has died.',
    why: 'The kubelet restarts a container when its first process ends. A shell that sleeps, waits for a log or starts the application over in a loop does not end, so a crash is never seen: nothing is restarted, counted or reported. The application should be the first process: the last command of the script, behind exec.',
    exemptions:
      'Scripts that only prepare something and then idle; loops that sleep between rounds, since the loop is the work; background processes that the script waits for; "app || true" at the end, which ends the container, so that it is restarted. Containers that only idle are info where their image is made for that.',
    links: ['concepts/workloads/pods/container-restarts#container-restarts'],
  },
  explains: ['readiness-lost/refused', 'readiness-lost/timeout'],
  aliases: [],
  messages: {
    after:
      'When "{{app}}" ends in container "{{container}}", the shell goes on with "{{keeper}}". Kubernetes sees a running container and never restarts it.',
    background:
      '"{{app}}" runs in the background of container "{{container}}" while "{{keeper}}" keeps the container alive. When it dies, Kubernetes sees a running container and never restarts it.',
    loop: 'A loop in container "{{container}}" starts "{{app}}" over when it ends. Kubernetes never sees the crash: no restart is counted, no back-off slows it down, nothing is reported.',
    idle: 'Container "{{container}}" only runs "{{keeper}}": whatever its image would do is not done, and nothing in it can fail or be restarted.',
  },
  titles: { exec: 'Let "{{app}}" be the process of the container (exec)' },
  visit: {
    container(container, { report }) {
      if (container.role === 'init') return;
      const { value } = container;
      const command = value.at('command');
      const args = value.at('args');
      if (command.unknown || args.unknown || command.missing) return;
      const head = readWords(command);
      const tail = args.missing ? [] : readWords(args);
      if (!head || !tail) return;
      const words = [...head, ...tail];
      const script = shellScript(words);
      const data = { container: showName(container) };
      if (script === undefined) {
        if (keepsAlive(words))
          report({ message: 'idle', at: command, data: { ...data, keeper: words.join(' ') }, ...mild(container) });
        return;
      }
      const masked = maskedIn(script);
      if (!masked) return;
      const index = words.indexOf(script);
      const at = index < head.length ? command.at(index) : args.at(index - head.length);
      const fixes = masked.fixed === undefined ? [] : fix(masked.app, masked.fixed, at);
      report({
        message: masked.how,
        at,
        data: { ...data, app: masked.app, keeper: masked.keeper },
        fixes,
        ...(masked.how === 'idle' && mild(container)),
      });
    },
  },
});

interface Masked {
  readonly how: 'after' | 'background' | 'loop' | 'idle';
  readonly app: string;
  readonly keeper: string;
  /** The script with the application as its last command; undefined where that is not plain. */
  readonly fixed: string | undefined;
}

function maskedIn(script: string): Masked | undefined {
  const commands = shellCommands(script);
  const looped = loopedIn(commands);
  if (looped) return { how: 'loop', app: show(looped.words), keeper: 'while', fixed: undefined };
  const last = commands.at(-1);
  if (!last || !keepsAlive(programWords(last.words))) return undefined;
  const keeper = show(last.words);
  const before = commands.slice(0, -1);
  if (before.length === 0) return { how: 'idle', app: '', keeper, fixed: undefined };
  // Inside a branch or a loop it cannot be told which of them runs.
  if (before.some(({ words }) => reserved.test(words[0] ?? '')) || before.some(({ words }) => words[0] === 'wait'))
    return undefined;
  const app = before.findLast(({ words, next }) => next !== '|' && isApplication(words));
  if (!app) return undefined;
  const how = app.next === '&' ? 'background' : 'after';
  const rest = before.slice(before.indexOf(app) + 1);
  const fixed =
    rest.length > 0 || app.words.includes('exec')
      ? undefined
      : `${script.slice(0, app.start)}exec ${script.slice(app.start, app.end)}`;
  return { how, app: show(app.words), keeper, fixed };
}

/** The application that an endless loop starts over, when the loop does nothing else. */
function loopedIn(commands: readonly ShellCommand[]): ShellCommand | undefined {
  const head = commands.findIndex(
    ({ words }) => words[0] === 'while' && (words[1] === 'true' || words[1] === ':' || words[1] === '1'),
  );
  const end = commands.findIndex(({ words }, index) => index > head && words[0] === 'done');
  if (head < 0 || end < 0) return undefined;
  const body = commands.slice(head + 1, end);
  if (
    body.some(({ words, next }) => next === '|' || next === '&' || (reserved.test(words[0] ?? '') && words[0] !== 'do'))
  )
    return undefined;
  const apps = body.filter(({ words }) => isApplication(words));
  const pause = body.map(({ words }) => programWords(words)).find(([program]) => program === 'sleep')?.[1];
  const short = pause === undefined || /^[0-5]?(?:\.\d+)?s?$/.test(pause);
  return apps.length === 1 && short ? apps[0] : undefined;
}

const reserved = /^(?:if|then|else|elif|fi|while|until|for|do|done|case|esac|\{|\}|\()$/;

/** Programs that prepare, ask or report something and end. */
const helpers =
  /^(?:echo|printf|mkdir|cp|mv|ln|chmod|chown|chgrp|export|set|unset|cd|source|\.|:|touch|rm|sysctl|mount|umount|trap|cat|sed|awk|grep|tee|test|\[|\[\[|apk|apt|apt-get|yum|dnf|pip3?|npm|curl|wget|tar|unzip|git|kubectl|modprobe|iptables.*|nsenter|chroot|ip|ifconfig|route|sleep|date|true|false|exit|env|id|ls|find|head|tail|ulimit|umask|shift|local|read|eval|install|dd|sync|hostname|nc|ping|nslookup|dig|openssl|keytool|systemctl|update-ca-certificates|useradd|adduser|groupadd|usermod|ldconfig|wait|kill|jq|yq|base64|getent|stat|df|du|mkfs.*|blkid|losetup|ethtool|swapoff|helm|aws|gcloud|gsutil|az|mc|fallocate|truncate|dmesg|uname|whoami|python3?|bash|sh)$/;

function isApplication(words: readonly string[]): boolean {
  const [first = ''] = programWords(words);
  const program = programName(first);
  // Interpreters are applications where they run a file; a variable can be anything.
  if (/^(?:python3?|bash|sh)$/.test(program))
    return /\.(?:py)$/.test(programWords(words)[1] ?? '') && program.startsWith('python');
  return (
    program !== '' &&
    !reserved.test(program) &&
    !helpers.test(program) &&
    !/[$`=]/.test(first) &&
    /^[\w./-]+$/.test(first)
  );
}

/** `sleep infinity` and what amounts to it. */
function keepsAlive([first = '', ...args]: readonly string[]): boolean {
  const program = programName(first);
  if (program === 'sleep')
    return (
      args.length === 1 && (/^(?:inf|infinity)$/.test(args[0] ?? '') || /^\d{8,}s?$|^\d{3,}d$/.test(args[0] ?? ''))
    );
  return program === 'tail' && args.some((arg) => /^-\w*[fF]/.test(arg) || arg === '--follow');
}

/** Images that people start to look around, or that hold a place. */
const idleImages =
  /busybox|pause|toolbox|debug|alpine|netshoot|dnsutils|ubuntu|debian|curl|tools|shell|cli|utils|sleep|jumpbox|kubectl/;

function mild({ value, name }: Container): { severity?: 'info' } {
  const image = imageName(value.at('image').text()) ?? '';
  return image === '' || idleImages.test(image) || idleImages.test(name ?? '') ? { severity: 'info' } : {};
}

const fix = (app: string, fixed: string, at: Value): Fix[] => [
  {
    class: 'template',
    title: 'exec',
    data: { app },
    operations: [{ op: 'set', path: at.path, value: tabStop(1, fixed) }],
  },
];

function show(words: readonly string[]): string {
  const text = words.filter((word) => word !== 'do').join(' ');
  return text.length > 50 ? `${text.slice(0, 49)}…` : text;
}
