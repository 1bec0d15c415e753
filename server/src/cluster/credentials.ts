/** Credentials of a kubeconfig user: fetched when needed, renewed before they expire and once after a 401. */
import { readFile } from 'node:fs/promises';
import { runExecPlugin, type ExecCredential } from './exec-plugin.ts';
import type { Material, UserEntry } from './kubeconfig.ts';
import { oidcTokens, type OidcTokens } from './oidc.ts';
import { ClusterError, errorCode, failed, message } from './problem.ts';
import { bareAddress, type Redactor } from './redact.ts';
import type { Target } from './target.ts';

/** What a request carries to prove who asks. */
export interface Credentials {
  /** Differs between any two credentials of one source. */
  readonly version: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** PEM. */
  readonly certificate?: string;
  readonly key?: string;
}

export interface CredentialSource {
  /** Credentials that are valid for another minute at least, as far as is known. @throws ClusterError */
  get(): Promise<Credentials>;
  /** Called after a 401: other credentials than the rejected ones, or undefined when there are none to be had. */
  refresh(rejected: Credentials): Promise<Credentials | undefined>;
}

export interface CredentialOptions {
  readonly target: Target;
  /** PEM of the cluster's certificate authority. */
  readonly ca?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly redactor: Redactor;
  /** Milliseconds. */
  readonly execTimeLimit: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Told when a login command starts: it may wait for a person. */
  readonly onExec: (command: string) => void;
}

/** Renewal happens this long before the end, in ms: a request sent just in time would arrive too late. */
const renewAhead = 60_000;
/** Token files are rotated on disk by the cluster; ms between two looks, as in client-go. */
const fileAge = 10_000;
/** A login command that failed, or whose credentials were refused, is left alone this long, in ms. */
const execPause = 55_000;

/** Reads text that stands inline or in a file. @throws ClusterError naming the field and the file */
export async function readMaterial(material: Material | undefined, file: string): Promise<string | undefined> {
  if (material?.path === undefined) return material?.data;
  try {
    return await readFile(material.path, 'utf8');
  } catch (error) {
    const data = { file, field: material.field, path: material.path, reason: errorCode(error) };
    throw failed(message('cluster.kubeconfig/file-missing', data), message('cluster.remedy/edit-kubeconfig', { file }));
  }
}

/** What one look at a source gave. */
interface Fetched {
  readonly token?: string;
  readonly basic?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Epoch ms after which `get` looks again. */
  readonly until: number;
}

async function fetchExec(options: CredentialOptions, user: UserEntry): Promise<Fetched> {
  const { target, redactor, now } = options;
  if (user.exec === undefined) return { until: Infinity };
  options.onExec(user.exec.command);
  const credential: ExecCredential = await runExecPlugin({
    exec: user.exec,
    cluster: target.cluster,
    env: options.env,
    timeLimit: options.execTimeLimit,
    signal: options.signal,
    redact: (text) => redactor.redact(text),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  const { expiresAt, ...rest } = credential;
  // A credential that lives for less than the margin is used for half its life.
  const left = (expiresAt ?? Infinity) - now();
  return { ...rest, until: now() + (left > 2 * renewAhead ? left - renewAhead : Math.max(left / 2, 0)) };
}

/** Login commands that took the place of what client-go 1.26 removed; these providers wrote their tokens by themselves. */
const replacedBy: Readonly<Record<string, string>> = { azure: 'kubelogin', gcp: 'gke-gcloud-auth-plugin' };

/** Tokens that replaced those of a kubeconfig, for as long as its source lives. */
const renewed = new WeakMap<CredentialOptions, OidcTokens>();

/** The official client renews OIDC tokens, but knows neither an authority of the issuer's own nor proxies. */
function needsOwnRenewal(config: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): boolean {
  const ownAuthority = ['idp-certificate-authority', 'idp-certificate-authority-data'].some((key) => key in config);
  return ownAuthority || [env['HTTPS_PROXY'], env['https_proxy']].some((proxy) => proxy !== undefined && proxy !== '');
}

async function officialToken(
  { user, cluster }: Target,
  { name, config }: NonNullable<UserEntry['authProvider']>,
): Promise<string> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const official = new KubeConfig();
  official.loadFromClusterAndUser(
    { name: cluster.name, server: cluster.server, skipTLSVerify: cluster.skipVerify },
    { name: user.name, authProvider: { name, config } },
  );
  const request: { headers: Record<string, string> } = { headers: {} };
  await official.applyToHTTPSOptions(request);
  const token = /^bearer (.+)$/i.exec(request.headers['Authorization'] ?? '')?.[1];
  if (token === undefined) throw new Error('no token');
  return token;
}

/** OIDC is what is left of client-go's auth-provider field. */
async function fetchAuthProvider(options: CredentialOptions): Promise<Fetched> {
  const { target, now } = options;
  const { user } = target;
  const provider = user.authProvider;
  if (provider === undefined) return { until: Infinity };
  const plugin = replacedBy[provider.name];
  if (plugin !== undefined) {
    const data = { provider: provider.name, user: user.name };
    throw failed(
      message('cluster.kubeconfig/auth-provider-removed', data),
      message('cluster.remedy/use-plugin', { plugin }),
    );
  }
  try {
    if (provider.name !== 'oidc') throw new Error('it is not known');
    if (!needsOwnRenewal(provider.config, options.env)) {
      return { token: await officialToken(target, provider), until: now() + renewAhead };
    }
    const tokens = await oidcTokens({ ...options, config: provider.config }, renewed.get(options) ?? {});
    renewed.set(options, tokens);
    return { ...(tokens.idToken === undefined ? {} : { token: tokens.idToken }), until: now() + renewAhead };
  } catch (error) {
    const data = { provider: provider.name, user: user.name, reason: errorCode(error) };
    throw failed(message('cluster.kubeconfig/auth-provider', data), message('cluster.remedy/log-in'));
  }
}

async function fetchFiles({ target, now }: CredentialOptions): Promise<Fetched> {
  const { user } = target;
  const certificate = await readMaterial(user.certificate, user.file);
  const key = await readMaterial(user.key, user.file);
  const path = user.tokenFile;
  const fromFile = path === undefined ? undefined : await readMaterial({ path, field: 'tokenFile' }, user.file);
  const token = fromFile?.trim() ?? user.token;
  const basic = user.username === undefined ? undefined : `${user.username}:${user.password ?? ''}`;
  const files = [user.certificate?.path, user.key?.path, user.tokenFile].some((path) => path !== undefined);
  return {
    ...(token === undefined ? {} : { token }),
    ...(basic === undefined ? {} : { basic }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    until: files ? now() + fileAge : Infinity,
  };
}

async function fetchAll(options: CredentialOptions): Promise<Fetched> {
  const { user } = options.target;
  const own = await fetchFiles(options);
  // As in client-go, credentials that stand in the kubeconfig go before a login command.
  if (own.token !== undefined || own.basic !== undefined) return own;
  const other = user.exec === undefined ? await fetchAuthProvider(options) : await fetchExec(options, user);
  return { ...own, ...other, until: Math.min(own.until, other.until) };
}

function headersOf(user: UserEntry, fetched: Fetched): Credentials['headers'] {
  const { impersonate } = user;
  return {
    ...(fetched.basic === undefined ? {} : { authorization: `Basic ${Buffer.from(fetched.basic).toString('base64')}` }),
    ...(fetched.token === undefined ? {} : { authorization: `Bearer ${fetched.token}` }),
    ...(impersonate === undefined ? {} : { 'impersonate-user': impersonate.user }),
    ...(impersonate?.uid === undefined ? {} : { 'impersonate-uid': impersonate.uid }),
    ...(impersonate === undefined || impersonate.groups.length === 0
      ? {}
      : { 'impersonate-group': impersonate.groups }),
  };
}

/** Creates the source of one target's credentials. Requests that ask at the same time share one look and one command. */
export function createCredentialSource(options: CredentialOptions): CredentialSource {
  const { target, redactor, now } = options;
  let version = 0;
  let text = '';
  let current: Credentials | undefined;
  let until = 0;
  let pausedUntil = 0;
  let failure: ClusterError | undefined;
  let inFlight: Promise<Credentials> | undefined;

  const look = async (): Promise<Credentials> => {
    try {
      const fetched = await fetchAll(options);
      for (const secret of [fetched.token, fetched.basic, fetched.key]) redactor.remember(secret);
      if (fetched.basic !== undefined) redactor.remember(Buffer.from(fetched.basic).toString('base64'));
      const headers = headersOf(target.user, fetched);
      const { certificate, key } = fetched;
      const next = JSON.stringify([headers, certificate, key]);
      if (current === undefined || next !== text) {
        version += 1;
        current = {
          version,
          headers,
          ...(certificate === undefined ? {} : { certificate }),
          ...(key === undefined ? {} : { key }),
        };
        text = next;
      }
      until = fetched.until;
      failure = undefined;
      return current;
    } catch (error) {
      failure =
        error instanceof ClusterError
          ? error
          : failed(
              message('cluster.unreachable/other', {
                server: bareAddress(target.cluster.server),
                code: errorCode(error),
              }),
              message('cluster.remedy/reconnect'),
            );
      pausedUntil = now() + execPause;
      throw failure;
    } finally {
      inFlight = undefined;
    }
  };
  const lookOnce = (): Promise<Credentials> => (inFlight ??= look());

  return {
    async get() {
      if (current !== undefined && now() < until) return current;
      if (failure !== undefined && target.user.exec !== undefined && now() < pausedUntil) throw failure;
      return lookOnce();
    },
    async refresh(rejected) {
      if (current !== undefined && current.version !== rejected.version) return current;
      const isExec = target.user.exec !== undefined;
      if (isExec && now() < pausedUntil) return undefined;
      const fresh = await lookOnce();
      if (isExec) pausedUntil = now() + execPause;
      return fresh.version === rejected.version ? undefined : fresh;
    },
  };
}
