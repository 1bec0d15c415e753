/**
 * Reads kubeconfig files as kubectl does: the files of KUBECONFIG in their order, the first definition of a name wins,
 * the first current context wins, relative paths belong to the folder of the file that names them.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { Message } from '../../../core/src/live/view.ts';
import { FieldError, fieldsOf, isMap, type Fields } from './kubeconfig-fields.ts';
import { errorCode, message } from './problem.ts';

/** Text that stands in the kubeconfig or in a file beside it. */
export interface Material {
  readonly data?: string;
  /** Absolute path; `data` wins where both are given. */
  readonly path?: string;
  /** The field that names it, for messages. */
  readonly field: string;
}

export interface ClusterEntry {
  readonly name: string;
  readonly file: string;
  readonly server?: string;
  readonly ca?: Material;
  readonly skipVerify: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  /** What the cluster entry hands to login commands (extension client.authentication.k8s.io/exec). */
  readonly execConfig?: unknown;
}

/** A login command (exec credential plugin). */
export interface ExecEntry {
  readonly apiVersion: string;
  /** Absolute where the kubeconfig gives a relative path; a bare name is looked up on the PATH. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
  readonly installHint?: string;
}

export interface UserEntry {
  readonly name: string;
  readonly file: string;
  readonly certificate?: Material;
  readonly key?: Material;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly exec?: ExecEntry;
  readonly authProvider?: { readonly name: string; readonly config: Readonly<Record<string, unknown>> };
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[]; readonly uid?: string };
}

export interface ContextEntry {
  readonly name: string;
  readonly file: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
}

/** All files merged. */
export interface KubeConfig {
  /** Files that were looked for, in order. */
  readonly files: readonly string[];
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly currentContext?: string;
  /** What is wrong with the files; what is well formed is usable all the same. */
  readonly problems: readonly Message[];
}

/** Where kubeconfigs are looked for. `explicit`: the person named one file, which must exist. */
export function kubeconfigFiles(explicit: string | undefined, env: NodeJS.ProcessEnv): readonly string[] {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  if (explicit !== undefined && explicit !== '') {
    return [resolve(explicit.startsWith('~/') ? join(home, explicit.slice(2)) : explicit)];
  }
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((part) => part !== '');
  if (named.length > 0) return [...new Set(named.map((part) => resolve(part)))];
  return [join(home, '.kube', 'config')];
}

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key loses its literal type
  (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };

function material(fields: Fields, key: string, folder: string): Material | undefined {
  const data = fields.base64(`${key}-data`);
  const path = fields.text(key);
  if (data !== undefined) return { data, field: `${fields.path}.${key}-data` };
  return path === undefined ? undefined : { path: resolve(folder, path), field: `${fields.path}.${key}` };
}

function readCluster(name: string, fields: Fields, file: string): ClusterEntry {
  const extensions = fields.list('extensions');
  const exec = extensions.find((item) => item.text('name') === 'client.authentication.k8s.io/exec');
  return {
    name,
    file,
    skipVerify: fields.flag('insecure-skip-tls-verify'),
    ...optional('server', fields.text('server')),
    ...optional('ca', material(fields, 'certificate-authority', dirname(file))),
    ...optional('tlsServerName', fields.text('tls-server-name')),
    ...optional('proxyUrl', fields.text('proxy-url')),
    ...optional('execConfig', exec?.raw('extension')),
  };
}

function readExec(fields: Fields, folder: string): ExecEntry {
  const command = fields.required('command');
  const isPath = /[\\/]/.test(command);
  return {
    apiVersion: fields.required('apiVersion'),
    command: isPath && !isAbsolute(command) ? resolve(folder, command) : command,
    args: fields.texts('args'),
    env: fields.list('env').map((item) => ({ name: item.required('name'), value: item.text('value') ?? '' })),
    provideClusterInfo: fields.flag('provideClusterInfo'),
    interactiveMode: fields.text('interactiveMode') ?? 'IfAvailable',
    ...optional('installHint', fields.text('installHint')),
  };
}

function readUser(name: string, fields: Fields, file: string): UserEntry {
  const folder = dirname(file);
  const exec = fields.map('exec');
  const provider = fields.map('auth-provider');
  const config = provider?.raw('config');
  const tokenFile = fields.text('tokenFile');
  const as = fields.text('as');
  return {
    name,
    file,
    ...optional('certificate', material(fields, 'client-certificate', folder)),
    ...optional('key', material(fields, 'client-key', folder)),
    ...optional('token', fields.text('token')),
    ...optional('tokenFile', tokenFile === undefined ? undefined : resolve(folder, tokenFile)),
    ...optional('username', fields.text('username')),
    ...optional('password', fields.text('password')),
    ...optional('exec', exec === undefined ? undefined : readExec(exec, folder)),
    ...optional(
      'authProvider',
      provider === undefined ? undefined : { name: provider.required('name'), config: isMap(config) ? config : {} },
    ),
    ...optional(
      'impersonate',
      as === undefined
        ? undefined
        : { user: as, groups: fields.texts('as-groups'), ...optional('uid', fields.text('as-uid')) },
    ),
  };
}

function readContext(name: string, fields: Fields, file: string): ContextEntry {
  return {
    name,
    file,
    cluster: fields.required('cluster'),
    // kubectl accepts a context without a user: such requests are anonymous.
    user: fields.text('user') ?? '',
    ...optional('namespace', fields.text('namespace')),
  };
}

/** Parses one file's text. `problems` receives what is wrong; parser messages never quote the text, which holds secrets. */
function parseFile(text: string, file: string, problems: Message[]): Fields | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'silent' });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    problems.push(message('cluster.kubeconfig/syntax', { file, line, reason: error.message }));
    return undefined;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    // Unknown aliases, and aliases of aliases that would grow without end.
    problems.push(message('cluster.kubeconfig/syntax', { file, line: 1, reason: String(thrown) }));
    return undefined;
  }
  // An empty file is an empty kubeconfig, also for kubectl.
  if (value === null || value === undefined) return undefined;
  return guarded(problems, () => fieldsOf(value, file, ''));
}

function guarded<Value>(problems: Message[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    problems.push(error.detail);
    return undefined;
  }
}

function mergeEntries<Entry>(
  into: Map<string, Entry>,
  source: { root: Fields; list: string; item: string; file: string; problems: Message[] },
  read: (name: string, fields: Fields, file: string) => Entry,
): void {
  const { root, list, item, file, problems } = source;
  const rows = guarded(problems, () => root.list(list)) ?? [];
  for (const row of rows) {
    guarded(problems, () => {
      const name = row.required('name');
      if (into.has(name)) return;
      into.set(name, read(name, row.map(item) ?? fieldsOf({}, file, `${row.path}.${item}`), file));
    });
  }
}

/** Reads and merges the files. Never throws: what is wrong is in `problems`. */
export async function loadKubeconfig(explicit: string | undefined, env: NodeJS.ProcessEnv): Promise<KubeConfig> {
  const files = kubeconfigFiles(explicit, env);
  const contexts = new Map<string, ContextEntry>();
  const clusters = new Map<string, ClusterEntry>();
  const users = new Map<string, UserEntry>();
  const problems: Message[] = [];
  const missing: string[] = [];
  let currentContext: string | undefined;
  for (const file of files) {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') missing.push(file);
      else problems.push(message('cluster.kubeconfig/unreadable', { file, reason: errorCode(error) }));
      continue;
    }
    const root = parseFile(text, file, problems);
    if (root === undefined) continue;
    mergeEntries(clusters, { root, list: 'clusters', item: 'cluster', file, problems }, readCluster);
    mergeEntries(users, { root, list: 'users', item: 'user', file, problems }, readUser);
    mergeEntries(contexts, { root, list: 'contexts', item: 'context', file, problems }, readContext);
    currentContext ??= guarded(problems, () => root.text('current-context'));
  }
  // kubectl skips missing files of a list; when nothing is left, the missing one is the story.
  if (missing.length === files.length) {
    const named = (explicit ?? '') !== '' || (env['KUBECONFIG'] ?? '') !== '';
    problems.push(
      message(named ? 'cluster.kubeconfig/missing' : 'cluster.kubeconfig/none', { file: missing.join(delimiter) }),
    );
  } else if (contexts.size === 0 && problems.length === 0) {
    problems.push(message('cluster.kubeconfig/empty', { file: files.join(delimiter) }));
  }
  return { files, contexts, clusters, users, problems, ...optional('currentContext', currentContext) };
}
