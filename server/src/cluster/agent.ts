/** The one keep-alive agent of a connection, built from certificates; a new one when they are renewed. */
import { X509Certificate } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, getCACertificates } from 'node:tls';
import { SocksProxyAgent } from 'socks-proxy-agent';
import type { Message } from '../../../core/src/live/view.ts';
import type { Credentials } from './credentials.ts';
import { errorCode, failed, message } from './problem.ts';
import { bareAddress } from './redact.ts';
import type { Target } from './target.ts';

/** What an agent is built from. */
export interface AgentOptions {
  readonly target: Target;
  /** PEM. */
  readonly ca?: string;
  readonly env: NodeJS.ProcessEnv;
}

const httpProxy = /^https?:/;
/** The scheme of client-go; names are resolved by the proxy, which this agent leaves to it for `socks5h` only. */
const socksProxy = /^socks5h?:/;

const loopback = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

/** Proxy settings for node's agent: the kubeconfig's, else those of the environment except for this machine. */
function proxyFor({ target, env }: AgentOptions): NodeJS.ProcessEnv | undefined {
  const { proxyUrl, server } = target.cluster;
  if (proxyUrl !== undefined) {
    return httpProxy.test(proxyUrl) ? { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl } : undefined;
  }
  return loopback.test(new URL(server).hostname) ? undefined : env;
}

/** Node before 22.15 cannot read the machine's store; its own list then has to do. */
function publicAuthorities(): { ca?: string[] } {
  if (typeof getCACertificates !== 'function') return {};
  return { ca: [...getCACertificates('default'), ...getCACertificates('system')] };
}

/** Things about the connection itself that are worth saying and stop nothing. */
export function connectionWarnings({ cluster }: Target): readonly Message[] {
  const server = bareAddress(cluster.server);
  const { proxyUrl } = cluster;
  const plain = cluster.server.startsWith('http://');
  return [
    ...(plain ? [message('cluster.tls/plain', { server })] : []),
    ...(cluster.skipVerify && !plain ? [message('cluster.tls/unverified', { server })] : []),
    ...(proxyUrl !== undefined && !httpProxy.test(proxyUrl) && !socksProxy.test(proxyUrl)
      ? [message('cluster.proxy/unsupported', { proxy: bareAddress(proxyUrl) })]
      : []),
  ];
}

/** Builds an agent. @throws ClusterError when a certificate or key is not usable */
export function createAgent(options: AgentOptions, credentials: Credentials): HttpAgent {
  const { target, ca } = options;
  const { cluster, context } = target;
  const proxyEnv = proxyFor(options);
  const common = {
    keepAlive: true,
    keepAliveMsecs: 30_000,
    maxSockets: Infinity,
    ...(proxyEnv === undefined ? {} : { proxyEnv }),
  };
  const socks = socksProxy.test(cluster.proxyUrl ?? '')
    ? cluster.proxyUrl?.replace(/^socks5h?:/, 'socks5h:')
    : undefined;
  if (cluster.server.startsWith('http://'))
    return socks === undefined ? new HttpAgent(common) : new SocksProxyAgent(socks, common);
  const identity = {
    // Without an authority of its own, a cluster may be signed by a public one or by one this machine trusts.
    // As in Go, whatever stands in the kubeconfig is trusted, an intermediate authority too.
    ...(ca === undefined ? publicAuthorities() : { ca, allowPartialTrustChain: true }),
    ...(credentials.certificate === undefined ? {} : { cert: credentials.certificate }),
    ...(credentials.key === undefined ? {} : { key: credentials.key }),
  };
  try {
    // A secure context takes an authority that it cannot read without a word.
    const readable = ca === undefined || new X509Certificate(ca).subject !== undefined;
    createSecureContext(readable ? identity : {});
  } catch (error) {
    const data = { context, reason: errorCode(error) };
    const file = credentials.certificate === undefined ? target.file : target.user.file;
    throw failed(
      message('cluster.kubeconfig/bad-certificate', data),
      message('cluster.remedy/edit-kubeconfig', { file }),
    );
  }
  const secure = {
    ...common,
    ...identity,
    rejectUnauthorized: !cluster.skipVerify,
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
  };
  return socks === undefined ? new HttpsAgent(secure) : new SocksProxyAgent(socks, secure);
}
