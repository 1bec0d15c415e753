/**
 * `npm start`: builds the extension, starts the demo cluster and opens VS Code on the sample shop, connected.
 *
 * usage: node scripts/demo.ts [--browser-only] [--speed N] [FOLDER]
 *   --browser-only  use the workbench in a browser even where a desktop VS Code is installed
 *   --speed N       let the story of the demo cluster run N times as fast
 *   FOLDER          open another folder than samples/shop
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { atExit, spawnGroup } from '../test/workbench/harness/processes.ts';
import { pageAddress, startServer } from '../test/workbench/harness/server.ts';

const root = path.dirname(import.meta.dirname);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'browser-only': { type: 'boolean' }, speed: { type: 'string' } },
});
const folder = path.resolve(positionals[0] ?? path.join(root, 'samples/shop'));
/** Connects and opens the dashboard, by the commands a person would use. */
const companion = path.join(root, 'scripts/demo-extension');
const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);

/** Whether a program can be started by its name. */
function onPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((each) => fs.existsSync(path.join(each, program)));
}

/** Starts the demo cluster; its kubeconfig lies outside the workspace, as a real one does. */
async function startCluster(kubeconfig: string): Promise<void> {
  const speed = values.speed ? ['--speed', values.speed] : [];
  const script = path.join(root, 'test/api-server/demo.ts');
  const cluster = spawnGroup(process.execPath, [script, '--kubeconfig', kubeconfig, ...speed]);
  await cluster.printed(/\n/, 60);
  if (!fs.existsSync(kubeconfig)) throw new Error(`the demo cluster wrote no kubeconfig:\n${cluster.log()}`);
  cluster.child.once('exit', () => console.error(`demo: the demo cluster ended:\n${cluster.log()}`));
}

/** A desktop VS Code with a profile of its own, until its window is closed. */
function openDesktop(profile: string, kubeconfig: string): Promise<void> {
  const args = ['--wait', '--new-window', '--disable-workspace-trust', '--user-data-dir', profile];
  const development = [root, companion].map((each) => `--extensionDevelopmentPath=${each}`);
  const code = spawn('code', [...args, ...development, folder], {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  atExit(() => code.kill());
  console.log('demo: VS Code opens; close its window or press Ctrl+C to end');
  return new Promise((resolve, reject) => {
    code.once('exit', () => resolve());
    code.once('error', reject);
  });
}

/** Serves one short address that leads to the long one of the workbench. */
function shortAddress(target: string): Promise<string> {
  const server = http.createServer((_request, response) => response.writeHead(302, { location: target }).end());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}

/** The workbench in a browser: for machines without a desktop VS Code, or without a screen. */
async function openInBrowser(kubeconfig: string): Promise<void> {
  const server = await startServer({
    env: { KUBECONFIG: kubeconfig },
    beside: [root, companion],
    allBuiltins: true,
    driven: false,
  });
  const address = await shortAddress(pageAddress(server, { folder }));
  console.log(`demo: open ${address} in a browser; press Ctrl+C to end`);
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (hasDisplay && onPath(opener)) spawn(opener, [address], { stdio: 'ignore' }).once('error', () => undefined);
}

execFileSync(process.execPath, [path.join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' });
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-demo-'));
atExit(() => fs.rmSync(scratch, { recursive: true, force: true }));
const kubeconfig = path.join(scratch, 'kubeconfig');
await startCluster(kubeconfig);
if (!values['browser-only'] && hasDisplay && onPath('code')) {
  await openDesktop(path.join(scratch, 'profile'), kubeconfig);
  process.exit(0);
}
await openInBrowser(kubeconfig);
