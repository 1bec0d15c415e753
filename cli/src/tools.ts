import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Buildable } from '../../core/src/workspace/rendered.ts';

/** What a tool printed, or why it did not. */
export type Built =
  | { readonly output: string }
  | { readonly failure: 'missing' | 'timeout' | 'large' | 'failed'; readonly command: string; readonly reason: string };

/** Longest that a tool may take, in milliseconds. */
const longest = 30_000;

/** Most that a tool may print, in bytes. */
const largest = 64 * 2 ** 20;

/** Builds a chart or kustomization with the tool for it: Helm, or kustomize, by itself or as a part of kubectl. */
export async function buildWith({ type, dir }: Buildable, timeout = longest): Promise<Built> {
  const folder = fileURLToPath(dir);
  if (type === 'chart') return run('helm', ['template', releaseName(folder), folder], timeout);
  const built = await run('kustomize', ['build', folder], timeout);
  return 'failure' in built && built.failure === 'missing' ? run('kubectl', ['kustomize', folder], timeout) : built;
}

/** Name for a release: the folder's, as far as Helm takes it. */
const releaseName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50) || 'release';

function run(tool: string, args: readonly string[], timeout: number): Promise<Built> {
  const command = [tool, ...args].join(' ');
  return new Promise((resolve) => {
    const child = execFile(
      tool,
      [...args],
      { timeout, maxBuffer: largest, killSignal: 'SIGKILL', encoding: 'utf8', windowsHide: true },
      (error, output, complaint) => {
        if (!error) resolve({ output });
        else if (error.code === 'ENOENT') resolve({ failure: 'missing', command, reason: '' });
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
