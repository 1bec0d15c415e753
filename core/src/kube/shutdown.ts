/** How long containers get to end: grace periods, preStop hooks, and the time that programs are told to drain for. */
import type { Value } from '../yaml/value.ts';
import { programsOf, programName, readWords } from './command.ts';
import type { Container } from './pod.ts';
import type { Hook } from './probe.ts';

/** Default of terminationGracePeriodSeconds (core/v1 PodSpec). */
const defaultGraceSeconds = 30;

/** Seconds between asking a pod to end and killing it; undefined where template text hides them. */
export function graceSeconds(spec: Value): number | undefined {
  const written = spec.at('terminationGracePeriodSeconds');
  return written.missing ? defaultGraceSeconds : written.number();
}

/** A wait in a hook. */
export interface Wait {
  /** `sleep`: the hook's own action, which the API server checks; `exec`: a command, which it does not. */
  readonly form: 'sleep' | 'exec';
  readonly at: Value;
  readonly seconds: number;
}

/** How long a hook sleeps at least; undefined when it does not, or it cannot be told. */
export function waitOf(hook: Hook): Wait | undefined {
  const [handler, ...others] = hook.handlers;
  if (!handler || others.length > 0) return undefined;
  if (handler.name === 'sleep') {
    const at = handler.value.at('seconds');
    const seconds = at.number();
    return seconds === undefined ? undefined : { form: 'sleep', at, seconds };
  }
  if (handler.name !== 'exec') return undefined;
  const at = handler.value.at('command');
  const words = readWords(at);
  if (!words) return undefined;
  const sleeps = programsOf(words).filter(([program]) => programName(program ?? '') === 'sleep');
  const seconds = sleeps.map((sleep) => sleepArguments(sleep.slice(1)));
  if (seconds.length === 0 || seconds.includes(undefined) || loops(words)) return undefined;
  return { form: 'exec', at, seconds: seconds.reduce<number>((sum, each) => sum + (each ?? 0), 0) };
}

/** In a loop or a branch the sum of all sleeps says nothing. */
const loops = (words: readonly string[]): boolean =>
  /(?:^|[\s;&|])(?:while|until|for|if|case|&&|\|\|)(?=[\s;]|$)/.test(words.join(' '));

/** What `sleep` is told: numbers with an optional unit, which add up. */
function sleepArguments(words: readonly string[]): number | undefined {
  const parts = words.map(durationSeconds);
  return parts.length === 0 || parts.includes(undefined)
    ? undefined
    : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `30`, `30s` or `1m`; undefined for anything else. */
export function durationSeconds(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? 1) : undefined;
}

/** A time that a program takes for its connections after it was asked to end. */
export interface Drain {
  readonly at: Value;
  /** Flag or variable that says so. */
  readonly name: string;
  readonly seconds: number;
}

/** Flags that count in seconds, and flags that take a duration with its unit. */
const flag =
  /^(?:(--(?:drain-time-s|graceful-timeout))|(--(?:drain-time|drain-timeout|shutdown-timeout|shutdown-grace-period|graceful-shutdown-timeout)))(?:=(.+))?$/;
const variable =
  /^(?:TERMINATION_DRAIN_DURATION_SECONDS|(?:GRACEFUL_)?SHUTDOWN_TIMEOUT_SECONDS|DRAIN_TIMEOUT_SECONDS)$/;

/** The longest drain that a container's flags or environment ask for; undefined where none is known. */
export function drainOf({ value }: Container): Drain | undefined {
  const found: Drain[] = [];
  for (const field of ['command', 'args']) {
    const words = value.at(field).items();
    for (const [index, word] of words.entries()) {
      const match = flag.exec(word.rawText() ?? '');
      const text = match?.[3] ?? words[index + 1]?.rawText() ?? '';
      const seconds = match && (match[1] !== undefined || /[smhd]$/.test(text)) ? durationSeconds(text) : undefined;
      if (match && seconds !== undefined) found.push({ at: word, name: match[1] ?? match[2] ?? '', seconds });
    }
  }
  for (const entry of value.at('env').items()) {
    const name = entry.at('name').text() ?? '';
    const seconds = variable.test(name) ? durationSeconds(entry.at('value').text() ?? '') : undefined;
    if (seconds !== undefined) found.push({ at: entry.at('value'), name, seconds });
  }
  return found.sort((a, b) => b.seconds - a.seconds)[0];
}
