/** What went wrong with a cluster connection, as a state with a cause and a way on. */
import type { ConnectionState, Message } from '../../../core/src/live/view.ts';
import type { ClusterMessageId } from './messages.en.ts';
import { maxTextBytes, plainText } from './redact.ts';

/** The states that a problem can put a connection into. */
export type ProblemState = Extract<ConnectionState, 'failed' | 'unreachable' | 'unauthorised' | 'forbidden'>;

/** A failure that can be shown: never without a cause and a way on. */
export interface Problem {
  readonly state: ProblemState;
  readonly problem: Message;
  readonly remedy: Message;
  /** False where a new attempt without a person's help is pointless or would run a login command again. */
  readonly retry: boolean;
  /** Seconds that the server asked to wait. */
  readonly retryAfter?: number;
}

/** Carries a problem through promises; its message holds ids only, never untrusted text. */
export class ClusterError extends Error {
  readonly detail: Problem;

  constructor(detail: Problem) {
    super(detail.problem.id);
    this.name = 'ClusterError';
    this.detail = detail;
  }
}

/** Builds a message; texts from outside are cut to 4 kB and freed of control sequences. */
export function message(id: ClusterMessageId, data: Readonly<Record<string, string | number>> = {}): Message {
  const entries = Object.entries(data).map(
    ([key, value]) => [key, typeof value === 'string' ? plainText(value, maxTextBytes) : value] as const,
  );
  return entries.length === 0 ? { id } : { id, data: Object.fromEntries(entries) };
}

/** A fault of the kubeconfig or of a login command: only a person can mend it. */
export function failed(problem: Message, remedy: Message): ClusterError {
  return new ClusterError({ state: 'failed', problem, remedy, retry: false });
}

/** Where a request went, for its messages. */
export interface Place {
  /** Address of the API server, without credentials. */
  readonly server: string;
  /** The kubeconfig that names it. */
  readonly file: string;
}

const wrongCa = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

const unreachable: Readonly<Record<string, ClusterMessageId>> = {
  ECONNREFUSED: 'cluster.unreachable/refused',
  ENOTFOUND: 'cluster.unreachable/name',
  EAI_AGAIN: 'cluster.unreachable/name',
  ETIMEDOUT: 'cluster.unreachable/timeout',
  EHOSTUNREACH: 'cluster.unreachable/network',
  ENETUNREACH: 'cluster.unreachable/network',
  ENETDOWN: 'cluster.unreachable/network',
  ECONNRESET: 'cluster.unreachable/reset',
  EPIPE: 'cluster.unreachable/reset',
  ECONNABORTED: 'cluster.unreachable/reset',
};

/** Error code of a node error; that of the first attempt where several addresses were tried. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Turns a failure of a socket or of TLS into a problem. Codes are those of node and OpenSSL. */
export function networkProblem(error: unknown, place: Place): ClusterError {
  if (error instanceof ClusterError) return error;
  const code = errorCode(error);
  const reason = error instanceof Error ? error.message : code;
  const { server, file } = place;
  const tls = (id: ClusterMessageId, remedy: Message): ClusterError =>
    new ClusterError({ state: 'failed', problem: message(id, { server, code, reason }), remedy, retry: true });
  const checkCa = message('cluster.remedy/check-ca', { file });
  const checkServer = message('cluster.remedy/check-server', { file });
  if (wrongCa.has(code)) return tls('cluster.tls/wrong-ca', checkCa);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return tls('cluster.tls/name', checkServer);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return tls('cluster.tls/expired', message('cluster.remedy/check-clock'));
  }
  // Faults while writing the handshake come as EPROTO, with what OpenSSL says in the text only.
  const said = code === 'EPROTO' ? reason.replaceAll(' ', '_').toUpperCase() : code;
  if (/ALERT|PEER_DID_NOT_RETURN/.test(said)) {
    return tls('cluster.tls/client-certificate', message('cluster.remedy/log-in'));
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/.test(said)) return tls('cluster.tls/not-tls', checkServer);
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code.startsWith('ERR_OSSL') || code === 'EPROTO') {
    return tls('cluster.tls/failed', checkCa);
  }
  const id = unreachable[code] ?? 'cluster.unreachable/other';
  return new ClusterError({
    state: 'unreachable',
    problem: message(id, { server, code }),
    remedy: checkServer,
    retry: true,
  });
}

/** The parts of a failed HTTP answer that tell what it means. */
export interface FailedAnswer {
  readonly status: number;
  /** `message` of the Status object, where the body was one. */
  readonly reason?: string;
  /** Seconds, from the Retry-After header or the Status object. */
  readonly retryAfter?: number;
}

/** Turns an HTTP status into a problem. */
export function httpProblem(answer: FailedAnswer, place: Place): ClusterError {
  const { status } = answer;
  const { server, file } = place;
  const reason = answer.reason ?? `HTTP ${status}`;
  const wait = answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter };
  const build = (state: ProblemState, id: ClusterMessageId, remedy: Message): ClusterError =>
    new ClusterError({ state, problem: message(id, { server, status, reason }), remedy, retry: true, ...wait });
  if (status === 401) return build('unauthorised', 'cluster.http/unauthorised', message('cluster.remedy/log-in'));
  if (status === 403) return build('forbidden', 'cluster.http/forbidden', message('cluster.remedy/ask-rights'));
  if (status === 429) return build('unreachable', 'cluster.http/throttled', message('cluster.remedy/wait'));
  if (status >= 500) return build('unreachable', 'cluster.http/server-error', message('cluster.remedy/wait'));
  return build('failed', 'cluster.http/not-kubernetes', message('cluster.remedy/check-server', { file }));
}
