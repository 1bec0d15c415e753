/** Child processes in groups of their own, so that stopping one takes everything it started with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';

/** A started process and what it starts in turn. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything printed so far, both streams. */
  readonly log: () => string;
  /** Resolves with the match as soon as the output has one; rejects when the process ends or `seconds` have passed. */
  readonly printed: (pattern: RegExp, seconds: number) => Promise<RegExpExecArray>;
  /** Asks the group to end, ends it after three seconds, and waits for it. */
  readonly stop: () => Promise<void>;
}

const onExit = new Set<() => void>();
let listening = false;

/** Runs `action` when this process ends by itself, by `process.exit` or by a signal; returns how to take it back. */
export function atExit(action: () => void): () => void {
  onExit.add(action);
  if (!listening) {
    listening = true;
    process.once('exit', () => {
      for (const each of onExit) each();
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => process.exit(128 + os.constants.signals[signal]));
    }
  }
  return () => onExit.delete(action);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

/** Starts a program as the leader of a new process group; `echo` copies its output to ours. */
export function spawnGroup(
  file: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly echo?: boolean } = {},
): ProcessGroup {
  const { echo = false, ...rest } = options;
  const child = spawn(file, [...args], { ...rest, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const pid = child.pid ?? 0;
  let text = '';
  const waiting = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
    if (echo) process.stdout.write(chunk);
    for (const check of waiting) check();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      text += `${error.message}\n`;
      resolve();
    });
  });
  const kill = (): void => {
    if (pid) signalGroup(pid, 'SIGKILL');
  };
  const forget = atExit(kill);
  const printed = (pattern: RegExp, seconds: number): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${file} ${why} before it printed ${pattern}:\n${text}`));
      const timer = setTimeout(() => fail(`was silent for ${seconds} s`), seconds * 1000);
      const check = (): void => {
        const match = pattern.exec(text);
        if (!match) return;
        clearTimeout(timer);
        waiting.delete(check);
        resolve(match);
      };
      waiting.add(check);
      check();
      void gone.then(() => {
        clearTimeout(timer);
        fail('ended');
      });
    });
  const stop = async (): Promise<void> => {
    if (pid) signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(kill, 3000);
    await gone;
    clearTimeout(timer);
    // The leader has ended; what it left behind ends now.
    kill();
    forget();
  };
  return { child, pid, log: () => text, printed, stop };
}
