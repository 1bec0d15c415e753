/**
 * The provider `oidc` of a user's auth-provider, all that is left of that field: an id token, and a refresh token for a
 * new one. The token endpoint is found by discovery (OpenID Connect Discovery 1.0); new tokens are kept in memory only.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-kubectl
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { isMap } from './kubeconfig-fields.ts';

export interface OidcOptions {
  /** `config` of the provider. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

export interface OidcTokens {
  readonly idToken?: string;
  readonly refreshToken?: string;
}

/** Milliseconds before its end from which on a token counts as expired, as in client-go. */
const skew = 10_000;
const timeLimit = 15_000;
const maxBytes = 1024 * 1024;

/** End of a JSON web token, epoch ms; never for one that does not say. */
function expiry(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isMap(claims) && typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** An answer of the issuer; errors carry a code and never a token. */
async function ask(
  address: string,
  { env, signal }: OidcOptions,
  ca: string | undefined,
  form?: { readonly body: URLSearchParams; readonly authorization?: string },
): Promise<Readonly<Record<string, unknown>>> {
  if (!address.startsWith('https://')) throw new Error('the issuer is not an https address');
  const agent = new Agent({ proxyEnv: env, ...(ca === undefined ? {} : { ca }) });
  const headers = {
    accept: 'application/json',
    ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(form?.authorization === undefined ? {} : { authorization: form.authorization }),
  };
  const method = form === undefined ? 'GET' : 'POST';
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeLimit)]);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(address, { agent, headers, method, signal: limit });
      sent.once('response', resolve).on('error', reject);
      sent.end(form?.body.toString());
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Error('the answer is too long');
      chunks.push(chunk);
    }
    const status = `HTTP ${response.statusCode ?? 0}`;
    let answer: unknown;
    try {
      answer = JSON.parse(Buffer.concat(chunks).toString());
    } catch {
      throw new Error(status);
    }
    if (response.statusCode !== 200) throw new Error((isMap(answer) && text(answer['error'])) || status);
    return isMap(answer) ? answer : {};
  } finally {
    agent.destroy();
  }
}

async function authority(config: OidcOptions['config']): Promise<string | undefined> {
  const data = text(config['idp-certificate-authority-data']);
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  const path = text(config['idp-certificate-authority']);
  return path === undefined ? undefined : readFile(path, 'utf8');
}

/** Tokens that are valid now: those given, or new ones for the refresh token. @throws Error with a reason to show */
export async function oidcTokens(options: OidcOptions, known: OidcTokens): Promise<OidcTokens> {
  const { config, now } = options;
  const idToken = known.idToken ?? text(config['id-token']);
  if (idToken !== undefined && expiry(idToken) - skew > now()) return { ...known, idToken };
  const refreshToken = known.refreshToken ?? text(config['refresh-token']);
  const [issuer, client] = [text(config['idp-issuer-url']), text(config['client-id'])];
  if (refreshToken === undefined) throw new Error('the id token has expired, and there is no refresh token');
  if (issuer === undefined || client === undefined) throw new Error('idp-issuer-url or client-id is missing');
  const ca = await authority(config);
  const discovered = await ask(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, options, ca);
  const endpoint = text(discovered['token_endpoint']);
  if (endpoint === undefined) throw new Error('the issuer names no token endpoint');
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: client });
  const secret = text(config['client-secret']);
  const pair = `${encodeURIComponent(client)}:${encodeURIComponent(secret ?? '')}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  const answer = await ask(endpoint, options, ca, secret === undefined ? { body } : { body, authorization });
  const fresh = text(answer['id_token']);
  if (fresh === undefined) throw new Error('the issuer gave no id token');
  return { idToken: fresh, refreshToken: text(answer['refresh_token']) ?? refreshToken };
}
