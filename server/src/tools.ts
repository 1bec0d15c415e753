import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Buildable } from '../../core/src/workspace/rendered.ts';
import { windowsLaunch } from './cluster/windows-command.ts';

/** What a tool printed, or why it did not. */
export type Built =
  | { readonly output: string }
  | {
      readonly failure: 'missing' | 'timeout' | 'large' | 'failed' | 'cancelled';
      readonly command: string;
      readonly reason: string;
    };

/** What a tool is held to. */
export interface Limits {
  /** Longest that it may take, milliseconds. */
  readonly timeout?: number;
  /** Most that it may print, bytes. */
  readonly bytes?: number;
  /** Ends it when nobody wants the answer any more. */
  readonly signal?: AbortSignal;
}

/** Longest that a tool may take, in milliseconds. */
const longest = 30_000;

/** Most that a tool may print, in bytes. */
const largest = 64 * 2 ** 20;

/** Builds a chart or kustomization with the tool for it: Helm, or kustomize, by itself or as a part of kubectl. */
export async function buildWith({ type, dir }: Buildable, limits: Limits = {}): Promise<Built> {
  const folder = fileURLToPath(dir);
  if (type === 'chart') return run('helm', ['template', releaseName(folder), folder], limits);
  const built = await run('kustomize', ['build', folder], limits);
  return 'failure' in built && built.failure === 'missing' ? run('kubectl', ['kustomize', folder], limits) : built;
}

/** Name for a release: the folder's, as far as Helm takes it. */
const releaseName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50) || 'release';

function run(tool: string, args: readonly string[], limits: Limits): Promise<Built> {
  const { timeout = longest, bytes = largest, signal } = limits;
  const command = [tool, ...args].join(' ');
  const missing = { failure: 'missing', command, reason: '' } as const;
  const launch =
    process.platform === 'win32' ? windowsLaunch(tool, args, process.env) : { command: tool, args, verbatim: false };
  // Windows would look for it in the working folder too, which may be one that somebody else filled.
  if (process.platform === 'win32' && launch.command === tool) return Promise.resolve(missing);
  return new Promise((resolve) => {
    const child = execFile(
      launch.command,
      [...launch.args],
      {
        timeout,
        maxBuffer: bytes,
        killSignal: 'SIGKILL',
        encoding: 'utf8',
        windowsHide: true,
        windowsVerbatimArguments: launch.verbatim,
        ...(signal && { signal }),
      },
      (error, output, complaint) => {
        if (!error) resolve({ output });
        else if (error.code === 'ABORT_ERR') resolve({ failure: 'cancelled', command, reason: '' });
        else if (error.code === 'ENOENT') resolve(missing);
        else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') resolve({ failure: 'large', command, reason: '' });
        else if (error.killed) resolve({ failure: 'timeout', command, reason: String(timeout / 1000) });
        else resolve({ failure: 'failed', command, reason: lastLine(complaint) || error.message });
      },
    );
    child.stdin?.end();
  });
}

/** What a tool says at last, which is mostly why it gave up. */
const lastLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '')
    ?.slice(0, 500) ?? '';
