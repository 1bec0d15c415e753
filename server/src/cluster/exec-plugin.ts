/**
 * Runs a login command (client-go exec credential plugin).
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isMap } from './kubeconfig-fields.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig.ts';
import { errorCode, failed, message, type ClusterError } from './problem.ts';
import { plainText } from './redact.ts';
import { windowsLaunch, type Launch } from './windows-command.ts';

/** What a login command gave. */
export interface ExecCredential {
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Epoch ms. */
  readonly expiresAt?: number;
}

export interface ExecOptions {
  readonly exec: ExecEntry;
  readonly cluster: ClusterEntry;
  /** PEM of the cluster's certificate authority, for commands that ask for it. */
  readonly ca?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds after which the command is stopped. */
  readonly timeLimit: number;
  readonly signal: AbortSignal;
  /** Removes credentials from what the command wrote. */
  readonly redact: (text: string) => string;
}

const maxOutputBytes = 1024 * 1024;

/** The KUBERNETES_EXEC_INFO that the command finds in its environment. */
function execInfo({ exec, cluster, ca }: ExecOptions): string {
  const info = {
    ...(cluster.server === undefined ? {} : { server: cluster.server }),
    ...(cluster.tlsServerName === undefined ? {} : { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.skipVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(cluster.proxyUrl === undefined ? {} : { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.execConfig === undefined ? {} : { config: cluster.execConfig }),
  };
  const spec = { interactive: false, ...(exec.provideClusterInfo ? { cluster: info } : {}) };
  return JSON.stringify({ kind: 'ExecCredential', apiVersion: exec.apiVersion, spec });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Always the same folder, never the workspace's: a missing one would look like a missing command. */
function workingFolder(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'] ?? homedir();
  return existsSync(home) ? home : tmpdir();
}

function run(options: ExecOptions): Promise<Ended> {
  const { exec, timeLimit, signal } = options;
  const named = Object.fromEntries(exec.env.map(({ name, value }) => [name, value]));
  const env = { ...options.env, ...named, KUBERNETES_EXEC_INFO: execInfo(options) };
  // A group of its own on POSIX: a plugin that hangs usually hangs in a child of its shell script.
  const detached = process.platform !== 'win32';
  return new Promise((resolve, reject) => {
    const asIs: Launch = { command: exec.command, args: exec.args, verbatim: false };
    const launch = detached ? asIs : windowsLaunch(exec.command, exec.args, env);
    const child = spawn(launch.command, launch.args, {
      cwd: workingFolder(options.env),
      env,
      detached,
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      windowsVerbatimArguments: launch.verbatim,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timedOut = false;
    const stop = (): void => {
      try {
        if (detached && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It ended in the meantime.
      }
      // A grandchild that left the group may hold the pipes open; they must not hold us.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, timeLimit);
    signal.addEventListener('abort', stop, { once: true });
    const collect = (into: Buffer[]) => {
      let size = 0;
      return (chunk: Buffer): void => {
        size += chunk.length;
        if (size <= maxOutputBytes) into.push(chunk);
      };
    };
    child.stdout.on('data', collect(out));
    child.stderr.on('data', collect(err));
    const settled = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    child.once('error', (error) => {
      settled();
      reject(error);
    });
    child.once('close', (code) => {
      settled();
      resolve({ code, timedOut, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

function parse(stdout: string, apiVersion: string): ExecCredential | string {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    return 'stdout is not JSON';
  }
  if (!isMap(value) || value['kind'] !== 'ExecCredential') return 'kind is not ExecCredential';
  if (value['apiVersion'] !== apiVersion) return `apiVersion is not ${apiVersion}`;
  const status = value['status'];
  if (!isMap(status)) return 'status is missing';
  const text = (key: string): string | undefined =>
    typeof status[key] === 'string' ? status[key] || undefined : undefined;
  const token = text('token');
  const certificate = text('clientCertificateData');
  const key = text('clientKeyData');
  if ((certificate === undefined) !== (key === undefined)) return 'clientCertificateData and clientKeyData go together';
  if (token === undefined && certificate === undefined) return 'status has neither a token nor a certificate';
  const expires = Date.parse(text('expirationTimestamp') ?? '');
  return {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(Number.isNaN(expires) ? {} : { expiresAt: expires }),
  };
}

function startProblem(exec: ExecEntry, error: unknown): ClusterError {
  const { command } = exec;
  const hint = exec.installHint ?? '';
  const remedy = message('cluster.remedy/install-plugin', { command, hint });
  const code = errorCode(error);
  if (code === 'ENOENT') return failed(message('cluster.exec/not-found', { command }), remedy);
  return failed(message('cluster.exec/start', { command, reason: code }), remedy);
}

/** Runs the command once, without a shell, without input, within the time limit. @throws ClusterError */
export async function runExecPlugin(options: ExecOptions): Promise<ExecCredential> {
  const { exec } = options;
  const { command } = exec;
  const remedy = message('cluster.remedy/run-plugin');
  // A connection that was closed in the meantime must not open a browser any more.
  if (options.signal.aborted) throw failed(message('cluster.exec/start', { command, reason: 'ABORT_ERR' }), remedy);
  if (exec.interactiveMode === 'Always') throw failed(message('cluster.exec/interactive', { command }), remedy);
  let ended: Ended;
  try {
    ended = await run(options);
  } catch (error) {
    throw startProblem(exec, error);
  }
  const stderr = plainText(options.redact(plainText(ended.stderr, maxOutputBytes)));
  if (ended.timedOut) {
    const seconds = Math.round(options.timeLimit / 100) / 10;
    throw failed(message('cluster.exec/timeout', { command, seconds, stderr }), remedy);
  }
  if (ended.code !== 0)
    throw failed(message('cluster.exec/failed', { command, code: ended.code ?? -1, stderr }), remedy);
  const credential = parse(ended.stdout, exec.apiVersion);
  if (typeof credential === 'string') {
    throw failed(message('cluster.exec/output', { command, reason: credential, stderr }), remedy);
  }
  return credential;
}
